using FsCheck;
using NUnit.Framework;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Tests.Kernels;

namespace Plimsoll.Numerics.Tests.Random;

[TestFixture]
public sealed unsafe class PhiloxTests
{
    private static readonly StreamAddress Address = new(0xFEDCBA9876543210, 0x9ABCDEF0, 513);

    // The known answers that come with Random123 (kat_vectors, philox4x32 10).
    [TestCase(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [TestCase(
        0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu,
        0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [TestCase(
        0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u,
        0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void A_block_equals_the_published_answer(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint x0, uint x1, uint x2, uint x3) =>
        Assert.That(Philox.Block(c0, c1, c2, c3, k0, k1), Is.EqualTo((x0, x1, x2, x3)));

    [FsCheck.NUnit.Property(MaxTest = 100)]
    public void Any_part_of_any_draw_equals_the_reference_element_by_element(
        NonNegativeInt start, PositiveInt length, ulong key, uint stream, ushort member, ulong step)
    {
        var address = new StreamAddress(key, stream, member);
        ulong bounded = step & 0xFFFFFFFFFFFF;
        int first = start.Get * 37;
        int n = length.Get * 3;
        using var d = new GuardedBuffer(n, n % 5);
        Philox.Uniform(d.Data, first, n, address, bounded);
        Check(e => ReferencePhilox.Uniform(e, address, bounded), "uniform");
        Philox.Normal(d.Data, first, n, address, bounded);
        Check(e => ReferencePhilox.Normal(e, address, bounded), "normal");
        Philox.KeepMask(d.Data, first, n, 0.8f, address, bounded);
        Check(e => ReferencePhilox.KeepMask(e, 0.8f, address, bounded), "keep mask");
        Philox.Indices((int*)d.Data, first, n, 977, address, bounded);
        Check(e => BitConverter.Int32BitsToSingle(ReferencePhilox.Index(e, 977, address, bounded)), "indices");

        void Check(Func<long, float> expected, string what)
        {
            for (int i = 0; i < n; i++)
            {
                Assert.That(
                    BitConverter.SingleToInt32Bits(d.Span[i]),
                    Is.EqualTo(BitConverter.SingleToInt32Bits(expected(first + i))), $"{what} {first + i}");
            }
        }
    }

    [Test]
    public void Key_stream_member_and_step_each_change_the_draw()
    {
        uint[] words =
        [
            ReferencePhilox.Word(0, Address, 1),
            ReferencePhilox.Word(0, Address with { Key = Address.Key + 1 }, 1),
            ReferencePhilox.Word(0, Address with { Key = Address.Key ^ 1UL << 40 }, 1),
            ReferencePhilox.Word(0, Address with { Stream = Address.Stream + 1 }, 1),
            ReferencePhilox.Word(0, Address with { Member = Address.Member + 1 }, 1),
            ReferencePhilox.Word(0, Address, 2),
            ReferencePhilox.Word(0, Address, 1 + (1UL << 32)),
            ReferencePhilox.Word(1, Address, 1),
            ReferencePhilox.Word(16, Address, 1),
            ReferencePhilox.Word(64, Address, 1),
        ];
        Assert.That(words.Distinct().Count(), Is.EqualTo(words.Length));
    }

    [Test]
    public void Uniform_draws_follow_the_uniform_law()
    {
        double[] draws = Draw((d, n) => Philox.Uniform(d, 0, n, Address, 11));
        // Five standard errors of the mean (sqrt(1/12/n)) and of the variance (sqrt(1/180/n)).
        Assert.That(draws.Average(), Is.EqualTo(0.5).Within(5 * Math.Sqrt(1.0 / 12 / draws.Length)));
        Assert.That(Variance(draws), Is.EqualTo(1.0 / 12).Within(5 * Math.Sqrt(1.0 / 180 / draws.Length)));
        Assert.That(Kolmogorov(draws, x => x), Is.InRange(0, 1.95));
        Assert.That(draws.Min(), Is.GreaterThan(0.0));
        Assert.That(draws.Max(), Is.LessThan(1.0));
    }

    [Test]
    public void Normal_draws_follow_the_normal_law_and_pairs_are_uncorrelated()
    {
        double[] draws = Draw((d, n) => Philox.Normal(d, 0, n, Address, 12));
        Assert.That(draws.Average(), Is.EqualTo(0.0).Within(5 / Math.Sqrt(draws.Length)));
        Assert.That(Variance(draws), Is.EqualTo(1.0).Within(5 * Math.Sqrt(2.0 / draws.Length)));
        // Kurtosis 3, standard error sqrt(96/n) for the fourth moment.
        Assert.That(draws.Average(x => x * x * x * x), Is.EqualTo(3.0).Within(5 * Math.Sqrt(96.0 / draws.Length)));
        double products = Enumerable.Range(0, draws.Length - 16).Average(i => draws[i] * draws[i + 16]);
        Assert.That(products, Is.EqualTo(0.0).Within(5 / Math.Sqrt(draws.Length)));
        Assert.That(Kolmogorov(draws, NormalDistribution), Is.InRange(0, 1.95));
    }

    [Test]
    public void A_keep_mask_has_mean_one_and_keeps_everything_at_one()
    {
        double[] draws = Draw((d, n) => Philox.KeepMask(d, 0, n, 0.75f, Address, 13));
        Assert.That(draws.Distinct(), Is.EquivalentTo(new[] { 0.0, (double)(1f / 0.75f) }));
        Assert.That(draws.Average(), Is.EqualTo(1.0).Within(5 * Math.Sqrt(1 / 3.0 / draws.Length)));
        Assert.That(Draw((d, n) => Philox.KeepMask(d, 0, n, 1f, Address, 13)), Is.All.EqualTo(1.0));
    }

    [Test]
    public void Indices_cover_their_range_evenly()
    {
        const int bound = 10, n = 100_000;
        int[] counts = new int[bound];
        int[] draws = new int[n];
        fixed (int* d = draws)
        {
            Philox.Indices(d, 0, n, bound, Address, 14);
        }

        foreach (int draw in draws)
        {
            counts[draw]++;
        }

        // Chi-squared with 9 degrees of freedom: 27.9 is exceeded once in a thousand.
        double statistic = counts.Sum(c => (c - n / (double)bound) * (c - n / (double)bound) / (n / (double)bound));
        Assert.That(statistic, Is.InRange(0, 27.9));
    }

    private delegate void Filler(float* d, int n);

    private static double[] Draw(Filler fill)
    {
        var draws = new float[100_000];
        fixed (float* d = draws)
        {
            fill(d, draws.Length);
        }

        return [.. draws.Select(x => (double)x)];
    }

    private static double Variance(double[] draws)
    {
        double mean = draws.Average();
        return draws.Average(x => (x - mean) * (x - mean));
    }

    // sqrt(n) times the largest distance between the distribution functions; 1.95 is exceeded once in a thousand.
    internal static double Kolmogorov(double[] draws, Func<double, double> distribution)
    {
        double[] sorted = [.. draws.Order()];
        double worst = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            double p = distribution(sorted[i]);
            worst = Math.Max(worst, Math.Max((i + 1.0) / sorted.Length - p, p - (double)i / sorted.Length));
        }

        return worst * Math.Sqrt(sorted.Length);
    }

    // Abramowitz and Stegun 26.2.17, absolute error below 7.5e-8.
    internal static double NormalDistribution(double x)
    {
        double t = 1 / (1 + 0.2316419 * Math.Abs(x));
        double tail = Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI) * t * (0.319381530 + t * (-0.356563782
            + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
        return x > 0 ? 1 - tail : tail;
    }
}
