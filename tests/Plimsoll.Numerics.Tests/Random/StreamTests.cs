using NUnit.Framework;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Numerics.Tests.Random;

[TestFixture]
public sealed unsafe class StreamTests
{
    [Test]
    public void Streams_follow_from_seed_stage_role_and_member_alone()
    {
        StreamAddress stream = RandomRoot.Of(7, "train").Stream("critic", 2);
        Assert.That(RandomRoot.Of(7, "train").Stream("critic", 2), Is.EqualTo(stream));
        Assert.That(RandomRoot.Of(8, "train").Stream("critic", 2).Key, Is.Not.EqualTo(stream.Key));
        Assert.That(RandomRoot.Of(7, "evaluate").Stream("critic", 2).Key, Is.Not.EqualTo(stream.Key));
        Assert.That(RandomRoot.Of(7, "train").Stream("actor", 2).Stream, Is.Not.EqualTo(stream.Stream));
        Assert.That(stream.Member, Is.EqualTo(2u));
    }

    [Test]
    public void The_derivation_of_keys_stays_as_documented()
    {
        // First bytes of sha256("plimsoll/random/1\n-3\ntrain") and of sha256("plimsoll/stream/1\nnoise").
        StreamAddress stream = RandomRoot.Of(-3, "train").Stream("noise");
        Assert.That(stream.Key.ToString("x16"), Is.EqualTo("f18444bb1c6ed861"));
        Assert.That(stream.Stream.ToString("x8"), Is.EqualTo("1961af9d"));
    }

    [TestCase(-1)]
    [TestCase(65536)]
    public void A_member_outside_16_bits_is_refused(int member) =>
        Assert.That(
            () => RandomRoot.Of(1, "train").Stream("critic", member), Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void Sequential_draws_repeat_for_the_same_address_and_follow_their_laws()
    {
        StreamAddress address = RandomRoot.Of(5, "generate").Stream("layout");
        var first = new SequentialRandom(address, 3);
        var second = new SequentialRandom(address, 3);
        double[] uniforms = [.. Enumerable.Range(0, 20_000).Select(_ => first.NextUniform())];
        double[] again = [.. Enumerable.Range(0, 20_000).Select(_ => second.NextUniform())];
        Assert.That(uniforms, Is.EqualTo(again));
        double[] normals = [.. Enumerable.Range(0, 20_000).Select(_ => first.NextNormal())];
        Assert.That(PhiloxTests.Kolmogorov(uniforms, x => x), Is.InRange(0, 1.95));
        Assert.That(PhiloxTests.Kolmogorov(normals, PhiloxTests.NormalDistribution), Is.InRange(0, 1.95));
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++)
        {
            counts[first.NextIndex(7)]++;
        }

        // Five standard deviations of a count: sqrt(70000 * 6 / 49).
        Assert.That(counts, Is.All.EqualTo(10_000).Within(463));
        Assert.That(() => first.NextIndex(0), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [TestCase(17, 5)]
    [TestCase(256, 64)]
    public void Initial_weights_fill_their_interval_and_no_more(int inputs, int outputs)
    {
        StreamAddress stream = RandomRoot.Of(1, "train").Stream("actor/initialise");
        float[] w = new float[inputs * outputs];
        float[] b = new float[outputs];
        fixed (float* pw = w, pb = b)
        {
            Initialisers.TorchLinearDefault(pw, pb, inputs, outputs, stream);
            CheckInterval(w, 1 / Math.Sqrt(inputs));
            Assert.That(b.Max(MathF.Abs), Is.LessThan(1 / Math.Sqrt(inputs)));
            Assert.That(b.Distinct().Count(), Is.EqualTo(outputs));
            Initialisers.KaimingUniformRelu(pw, pb, inputs, outputs, stream);
            CheckInterval(w, Math.Sqrt(6.0 / inputs));
            Assert.That(b, Is.All.EqualTo(0f));
        }

        static void CheckInterval(float[] w, double bound)
        {
            Assert.That(w.Max(MathF.Abs), Is.LessThanOrEqualTo(bound * 1.0000001).And.GreaterThan(0.9 * bound));
            // The variance of a uniform law is bound^2 / 3.
            double variance = w.Average(x => (double)x * x);
            Assert.That(variance, Is.EqualTo(bound * bound / 3).Within(5 * bound * bound * 0.3 / Math.Sqrt(w.Length)));
        }
    }
}
