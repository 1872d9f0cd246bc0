using NUnit.Framework;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Tests;

/// <summary>Against the C library (within 1 unit in the last place) and, where that cancels, decimal
/// series.</summary>
public sealed class ScalarDoubleTests
{
    // Ours promises 1e-15; the reference's own half unit is 1.1e-16.
    private const double Relative = 1.2e-15;

    [Test]
    public void Exp_has_a_relative_error_below_1e_15()
    {
        for (var i = -70_000; i <= 70_900; i += 7)
        {
            var x = i / 100.0 + 1e-4;
            Assert.That(
                ScalarDouble.Exp(x), Is.EqualTo(Math.Exp(x)).Within(Relative * Math.Exp(x)), $"exp {x}");
        }
    }

    [Test]
    public void Exp_at_its_edges()
    {
        Assert.That(ScalarDouble.Exp(0.0), Is.EqualTo(1.0));
        Assert.That(ScalarDouble.Exp(710.0), Is.EqualTo(double.PositiveInfinity));
        Assert.That(ScalarDouble.Exp(double.PositiveInfinity), Is.EqualTo(double.PositiveInfinity));
        Assert.That(ScalarDouble.Exp(-746.0), Is.EqualTo(0.0));
        Assert.That(ScalarDouble.Exp(double.NegativeInfinity), Is.EqualTo(0.0));
        Assert.That(ScalarDouble.Exp(double.NaN), Is.NaN);
        // Subnormal results have few bits: within two of the smallest step.
        Assert.That(ScalarDouble.Exp(-740.0), Is.EqualTo(Math.Exp(-740.0)).Within(2 * double.Epsilon));
        Assert.That(ScalarDouble.Exp(709.7), Is.EqualTo(Math.Exp(709.7)).Within(Relative * Math.Exp(709.7)));
    }

    [Test]
    public void Expm1_keeps_its_digits_near_0()
    {
        for (var i = 0; i <= 400; i++)
        {
            // 1e-12 to 1 by size: the decimal series has 28 places, so at least 16 digits.
            var size = (decimal)Math.Pow(10.0, -12.0 + i * 0.03);
            foreach (var x in new[] { size, -size })
            {
                var exact = (double)DecimalExpM1(x);
                // The argument itself is rounded to binary64 on the way: one more half unit.
                Assert.That(ScalarDouble.Expm1((double)x), Is.EqualTo(exact).Within(
                    Relative * Math.Abs(exact)), $"{x}");
            }
        }
    }

    [Test]
    public void Expm1_far_from_0_is_exp_less_1()
    {
        for (var x = 1.0; x < 700.0; x += 0.37)
        {
            Assert.That(
                ScalarDouble.Expm1(x), Is.EqualTo(Math.Exp(x) - 1.0).Within(Relative * Math.Exp(x)), $"{x}");
            Assert.That(ScalarDouble.Expm1(-x), Is.EqualTo(Math.Exp(-x) - 1.0).Within(Relative), $"{-x}");
        }
        Assert.That(ScalarDouble.Expm1(0.0), Is.EqualTo(0.0));
        Assert.That(ScalarDouble.Expm1(double.NaN), Is.NaN);
        Assert.That(ScalarDouble.Expm1(double.PositiveInfinity), Is.EqualTo(double.PositiveInfinity));
        Assert.That(ScalarDouble.Expm1(double.NegativeInfinity), Is.EqualTo(-1.0));
    }

    [Test]
    public void Log_has_a_relative_error_below_1e_15()
    {
        for (var i = -3000; i <= 3000; i++)
        {
            var wide = Math.Pow(10.0, i / 10.0 + 0.01);
            var near = 1.0 + i * 1e-5 + 1e-9;
            Assert.That(ScalarDouble.Log(wide), Is.EqualTo(Math.Log(wide)).Within(
                Relative * Math.Abs(Math.Log(wide))));
            Assert.That(ScalarDouble.Log(near), Is.EqualTo(Math.Log(near)).Within(
                Relative * Math.Abs(Math.Log(near))));
        }
    }

    [Test]
    public void Log_at_its_edges()
    {
        Assert.That(ScalarDouble.Log(1.0), Is.EqualTo(0.0));
        Assert.That(ScalarDouble.Log(0.0), Is.EqualTo(double.NegativeInfinity));
        Assert.That(ScalarDouble.Log(-1.0), Is.NaN);
        Assert.That(ScalarDouble.Log(double.NaN), Is.NaN);
        Assert.That(ScalarDouble.Log(double.PositiveInfinity), Is.EqualTo(double.PositiveInfinity));
        Assert.That(ScalarDouble.Log(double.Epsilon), Is.EqualTo(Math.Log(double.Epsilon)).Within(1e-12));
    }

    [Test]
    public void Cos_has_an_absolute_error_below_1e_15()
    {
        for (var i = -40_000; i <= 40_000; i++)
        {
            var x = i * 0.01 + 3e-4;
            Assert.That(ScalarDouble.Cos(x), Is.EqualTo(Math.Cos(x)).Within(1e-15), $"cos {x}");
        }
        Assert.That(ScalarDouble.Cos(999_999.5), Is.EqualTo(Math.Cos(999_999.5)).Within(1e-15));
        Assert.That(ScalarDouble.Cos(0.0), Is.EqualTo(1.0));
        Assert.That(ScalarDouble.Cos(Math.PI), Is.EqualTo(-1.0));
        Assert.That(ScalarDouble.Cos(2e6), Is.NaN);
    }

    private static decimal DecimalExpM1(decimal x)
    {
        // The double nearest to x, so that both sides see the same argument.
        x = (decimal)(double)x;
        decimal sum = 0, term = 1;
        for (var n = 1; n < 40; n++)
        {
            term *= x / n;
            sum += term;
        }
        return sum;
    }
}
