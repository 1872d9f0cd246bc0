using NUnit.Framework;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Tests.Kernels;

/// <summary>What docs/determinism.md says about numbers at the ends of binary32. That kernels and their specifications
/// agree on such values is the battery's; here the values themselves are known.</summary>
public sealed unsafe class SpecialValueTests
{
    private const float Smallest = float.Epsilon;
    private const float SmallestNormal = 1.17549435e-38f;

    [Test]
    public void Subnormal_numbers_are_kept_by_every_kind_of_arithmetic()
    {
        const int n = 37;
        using var x = Filled(n, Smallest);
        using var normal = Filled(n, SmallestNormal);
        using var half = Filled(n, 0.5f);
        using var d = new GuardedBuffer(n);
        Assert.Multiple(() =>
        {
            Elementwise.Add(d.Data, x.Data, x.Data, n);
            Assert.That(d.Span.ToArray(), Is.All.EqualTo(2 * Smallest), "sum");
            Elementwise.Multiply(d.Data, normal.Data, half.Data, n);
            Assert.That(d.Span.ToArray(), Is.All.EqualTo(5.877472e-39f), "product");
            Elementwise.MultiplyAdd(d.Data, normal.Data, half.Data, x.Data, n);
            Assert.That(d.Span.ToArray(), Is.All.EqualTo(MathF.BitIncrement(5.877472e-39f)), "fused multiply-add");
            Elementwise.Exp(d.Data, Filled(n, -100f).Data, n);
            Assert.That(d.Span.ToArray(), Is.All.GreaterThan(0f).And.All.LessThan(SmallestNormal), "exponential");
            Assert.That(Reductions.Sum(x.Data, n), Is.EqualTo(n * Smallest), "reduction");
            Assert.That(Reductions.Dot(normal.Data, half.Data, n), Is.EqualTo(n * 5.877472e-39f), "inner product");
        });
    }

    [Test]
    public void Subnormal_numbers_are_kept_on_every_thread_of_a_team()
    {
        var g = new GraphBuilder();
        var shape = new Shape(new Axis("N", 60_000));
        g.Output("y", g.Multiply(g.Constant(SmallestNormal, shape), g.Input("x", shape)));
        using var team = new Team(3);
        using var program = Program.Compile(g, team);
        program.Input("x").Fill(0.25f);
        program.Run(0);
        Assert.That(program.Output("y").ToArray(), Is.All.EqualTo(2.938736e-39f));
    }

    [Test]
    public void An_overflow_is_an_infinity_and_goes_on_as_one()
    {
        const int n = 21;
        using var large = Filled(n, float.MaxValue);
        using var d = new GuardedBuffer(n);
        Elementwise.Add(d.Data, large.Data, large.Data, n);
        Assert.That(d.Span.ToArray(), Is.All.EqualTo(float.PositiveInfinity));
        Assert.That(Reductions.Sum(large.Data, n), Is.EqualTo(float.PositiveInfinity));
        Assert.That(Reductions.AllFinite(d.Data, n), Is.False);
        Elementwise.Subtract(d.Data, d.Data, d.Data, n);
        Assert.That(d.Span.ToArray(), Is.All.NaN);
    }

    [Test]
    public void A_NaN_passes_through_everything_that_could_hide_it()
    {
        const int n = 19;
        using var nan = Filled(n, float.NaN);
        using var one = Filled(n, 1f);
        using var d = new GuardedBuffer(n);
        Assert.Multiple(() =>
        {
            foreach (var swapped in new[] { false, true })
            {
                float* x = swapped ? one.Data : nan.Data, y = swapped ? nan.Data : one.Data;
                Elementwise.Minimum(d.Data, x, y, n);
                Assert.That(d.Span.ToArray(), Is.All.NaN, $"minimum, {swapped}");
                Elementwise.Maximum(d.Data, x, y, n);
                Assert.That(d.Span.ToArray(), Is.All.NaN, $"maximum, {swapped}");
            }
            Elementwise.Clamp(d.Data, nan.Data, -1f, 1f, n);
            Assert.That(d.Span.ToArray(), Is.All.NaN, "clamp");
            Elementwise.Relu(d.Data, nan.Data, n);
            Assert.That(d.Span.ToArray(), Is.All.NaN, "rectifier");
            Elementwise.GreaterThan(d.Data, nan.Data, one.Data, n);
            Assert.That(d.Span.ToArray(), Is.All.EqualTo(0f), "a comparison is false");
            Assert.That(Reductions.AbsoluteMaximum(nan.Data, n), Is.NaN, "largest magnitude");
        });
    }

    private static GuardedBuffer Filled(int n, float value) => new([.. Enumerable.Repeat(value, n)], 3);
}
