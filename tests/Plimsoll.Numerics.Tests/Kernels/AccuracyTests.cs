using NUnit.Framework;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Tests.Kernels;

/// <summary>
/// The scalar specifications against binary64 functions of the C library, whose own error is far below one binary32
/// ulp. Arguments step through the bit patterns of binary32, so every exponent is met. The bounds are those that the
/// documentation of <see cref="Scalar"/> states.
/// </summary>
[TestFixture]
public sealed class AccuracyTests
{
    // Prime, so that low mantissa bits vary; about 860,000 arguments in all.
    private const uint Stride = 5_003;

    private static IEnumerable<TestCaseData> Functions()
    {
        const float all = float.MaxValue;
        yield return Case("Exp", Scalar.Exp, Math.Exp, -all, all, 1.1);
        yield return Case("Log", Scalar.Log, Math.Log, float.Epsilon, all, 1.0);
        yield return Case("Tanh", Scalar.Tanh, Math.Tanh, -all, all, 1.5);
        yield return Case("Sin", Scalar.Sin, Math.Sin, -all, all, 2.0);
        yield return Case("Cos", Scalar.Cos, Math.Cos, -all, all, 2.0);
        yield return Case("Sigmoid", Scalar.Sigmoid, x => 1 / (1 + Math.Exp(-x)), -87f, all, 2.5);
        yield return Case("Softplus", Scalar.Softplus, Softplus, -87f, all, 3.0);
        yield return Case("Mish", Scalar.Mish, x => x * Math.Tanh(Softplus(x)), -80f, all, 5.0);
        yield return Case("Gelu", Scalar.Gelu, x => x * NormalDistribution.Below(x), -12.8f, all, 4.5);
        yield return Case("Silu", Scalar.Silu, x => x / (1 + Math.Exp(-x)), -87f, all, 3.0);
    }

    [TestCaseSource(nameof(Functions))]
    public void The_largest_error_is_within_the_stated_bound(
        Func<float, float> actual, Func<double, double> exact, float low, float high, double bound)
    {
        double worst = 0;
        float where = 0;
        for (ulong bits = 0; bits <= uint.MaxValue; bits += Stride)
        {
            float x = BitConverter.UInt32BitsToSingle((uint)bits);
            if (!(x >= low && x <= high))
            {
                continue;
            }

            double error = Ulps(actual(x), exact(x));
            if (!(error <= worst))
            {
                worst = error;
                where = x;
            }
        }

        TestContext.Out.WriteLine($"largest error {worst:F3} ulp at {where:R}");
        Assert.That(worst, Is.InRange(0, bound), $"at {where:R}");
    }

    [Test]
    public void The_derivative_of_Mish_is_accurate_to_a_few_roundings_of_its_largest_term()
    {
        double worst = 0;
        for (float x = -100f; x <= 100f; x += 0.00137f)
        {
            double t = Math.Tanh(Softplus(x));
            double exact = t + x * (1 - t * t) / (1 + Math.Exp(-x));
            double size = Math.Abs(t) + Math.Abs(x * (1 - t * t) / (1 + Math.Exp(-x)));
            worst = Math.Max(worst, Math.Abs(Scalar.MishDerivative(x) - exact) / (size + 1e-37));
        }

        // 12 units of 2^-24.
        Assert.That(worst, Is.InRange(0, 12 * 5.97e-8));
    }

    [Test]
    public void The_derivatives_of_gates_are_accurate_to_a_few_roundings_of_their_largest_term()
    {
        double gelu = 0;
        double silu = 0;
        for (float x = -100f; x <= 100f; x += 0.00137f)
        {
            double density = Math.Exp(-(double)x * x / 2) / Math.Sqrt(2 * Math.PI);
            Take(ref gelu, Scalar.GeluDerivative(x), NormalDistribution.Below(x), x * density);
            double s = 1 / (1 + Math.Exp(-x));
            Take(ref silu, Scalar.SiluDerivative(x), s, x * s / (1 + Math.Exp(x)));
        }

        TestContext.Out.WriteLine($"{gelu / 5.97e-8:F2} and {silu / 5.97e-8:F2} units of 2^-24");
        Assert.That(gelu, Is.InRange(0, 8 * 5.97e-8));
        Assert.That(silu, Is.InRange(0, 8 * 5.97e-8));

        static void Take(ref double worst, float actual, double first, double second) =>
            worst = Math.Max(
                worst, Math.Abs(actual - first - second) / (Math.Abs(first) + Math.Abs(second) + 1e-36));
    }

    [Test]
    public void Limits_are_those_of_the_functions()
    {
        const float inf = float.PositiveInfinity;
        Assert.Multiple(() =>
        {
            Assert.That(Scalar.Exp(-inf), Is.EqualTo(0f));
            Assert.That(Scalar.Exp(inf), Is.EqualTo(inf));
            Assert.That(Scalar.Exp(0f), Is.EqualTo(1f));
            Assert.That(Scalar.Log(0f), Is.EqualTo(-inf));
            Assert.That(Scalar.Log(inf), Is.EqualTo(inf));
            Assert.That(Scalar.Log(-1f), Is.NaN);
            Assert.That(Scalar.Log(1f), Is.EqualTo(0f));
            Assert.That(Scalar.Tanh(-inf), Is.EqualTo(-1f));
            Assert.That(Scalar.Sigmoid(-inf), Is.EqualTo(0f));
            Assert.That(Scalar.Softplus(inf), Is.EqualTo(inf));
            Assert.That(Scalar.Softplus(-inf), Is.EqualTo(0f));
            Assert.That(Scalar.Mish(-inf), Is.EqualTo(0f));
            Assert.That(Scalar.Mish(1e30f), Is.EqualTo(1e30f));
            Assert.That(Scalar.MishDerivative(1e30f), Is.EqualTo(1f));
            Assert.That(Scalar.MishDerivative(-inf), Is.EqualTo(0f));
            Assert.That(Scalar.Gelu(-inf), Is.EqualTo(0f));
            Assert.That(Scalar.Gelu(inf), Is.EqualTo(inf));
            Assert.That(Scalar.GeluDerivative(-inf), Is.EqualTo(0f));
            Assert.That(Scalar.GeluDerivative(inf), Is.EqualTo(1f));
            Assert.That(Scalar.Gelu(float.NaN), Is.NaN);
            Assert.That(Scalar.Silu(-inf), Is.EqualTo(0f));
            Assert.That(Scalar.Silu(inf), Is.EqualTo(inf));
            Assert.That(Scalar.SiluDerivative(-inf), Is.EqualTo(0f));
            Assert.That(Scalar.SiluDerivative(inf), Is.EqualTo(1f));
            Assert.That(Scalar.Sin(inf), Is.NaN);
            Assert.That(Scalar.Cos(-inf), Is.NaN);
            Assert.That(Scalar.Sin(-0f), Is.EqualTo(0f));
            Assert.That(Scalar.Sin(float.Epsilon), Is.EqualTo(float.Epsilon));
            Assert.That(Scalar.Tanh(-float.Epsilon), Is.EqualTo(-float.Epsilon));
        });
    }

    [TestCase("Exp", -745.0, 709.7)]
    [TestCase("Log", 1e-320, 1e300)]
    [TestCase("Expm1", -40.0, 40.0)]
    [TestCase("Sin", -1e4, 1e4)]
    [TestCase("Cos", -1e4, 1e4)]
    public void Binary64_functions_are_good_to_1e15_relative(string name, double low, double high)
    {
        (Func<double, double> actual, Func<double, double> exact) = name switch
        {
            "Exp" => ((Func<double, double>)ScalarDouble.Exp, (Func<double, double>)Math.Exp),
            "Log" => (ScalarDouble.Log, Math.Log),
            "Expm1" => (ScalarDouble.Expm1, Expm1),
            "Sin" => (ScalarDouble.Sin, Math.Sin),
            _ => (ScalarDouble.Cos, Math.Cos),
        };
        double worst = 0;
        var random = new System.Random(5);
        for (int i = 0; i < 200_000; i++)
        {
            double x = i % 2 == 0
                ? low + (high - low) * random.NextDouble()
                : Math.ScaleB(random.NextDouble() - (low < 0 ? 0.5 : 0), -random.Next(30));
            double expected = exact(x);
            double size = Math.Max(Math.Abs(expected), 2.3e-308);
            worst = Math.Max(worst, Math.Abs(actual(x) - expected) / size);
        }

        TestContext.Out.WriteLine($"largest relative error {worst:E2}");
        Assert.That(worst, Is.InRange(0, 1e-15));
    }

    private static TestCaseData Case(
        string name, Func<float, float> actual, Func<double, double> exact, float low, float high, double bound) =>
        new TestCaseData(actual, exact, low, high, bound).SetArgDisplayNames(name);

    private static double Softplus(double x) => Math.Max(x, 0) + Log1p(Math.Exp(-Math.Abs(x)));

    // Kahan's correction; the library has no log1p.
    private static double Log1p(double u)
    {
        double w = 1 + u;
        return w == 1 ? u : Math.Log(w) * (u / (w - 1));
    }

    // Exact to about 2e-16 below 0.5 by the hyperbolic sine: e^x - 1 = 2 e^(x/2) sinh(x/2).
    private static double Expm1(double x) =>
        Math.Abs(x) < 0.5 ? 2 * Math.Exp(x / 2) * Math.Sinh(x / 2) : Math.Exp(x) - 1;

    private static double Ulps(float actual, double exact)
    {
        float rounded = (float)exact;
        if (float.IsInfinity(rounded) || float.IsNaN(rounded))
        {
            return Equality.SameBits(actual, rounded) || actual == float.MaxValue ? 0 : double.PositiveInfinity;
        }

        double spacing = Math.ScaleB(1, Math.Max(Math.ILogB(exact == 0 ? 1e-45 : exact), -126) - 23);
        return Math.Abs(actual - exact) / spacing;
    }
}
