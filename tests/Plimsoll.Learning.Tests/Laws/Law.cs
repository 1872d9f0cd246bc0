using FsCheck;
using FsCheck.Fluent;
using Plimsoll.Learning.Tabular;

namespace Plimsoll.Learning.Tests.Laws;

/// <summary>A property over the inputs of <see cref="Inputs"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LawAttribute : FsCheck.NUnit.PropertyAttribute
{
    public LawAttribute() => Arbitrary = [typeof(Inputs)];
}

/// <summary>A number strictly between 0 and 1.</summary>
public sealed record Fraction(double Value);

/// <summary>A moderate number of either sign, zero and ties included.</summary>
public sealed record Moderate(double Value);

/// <summary>A number between 0.001 and 1000, evenly by size.</summary>
public sealed record Scale(double Value);

/// <summary>From 1 to 1000.</summary>
public sealed record Length(int Value);

/// <summary>From one to nine moderate numbers.</summary>
public sealed record Sample(double[] Values)
{
    public override string ToString() => $"sample {string.Join(", ", Values)}";
}

/// <summary>Two vectors of the same length, of very different sizes, whose angle covers all of [0, 180]
/// degrees.</summary>
public sealed record Gradients(double[] Reward, double[] Cost)
{
    public override string ToString() =>
        $"reward ({string.Join(", ", Reward)}), cost ({string.Join(", ", Cost)})";
}

/// <summary>A random process of 2 to 5 states and 2 to 4 actions with two full-support policies.</summary>
public sealed record Process(FiniteCmdp Mdp, double[,] Policy, double[,] Behaviour, int Seed)
{
    public static Process FromSeed(int seed)
    {
        var random = new Random(seed);
        double Uniform() => 1.0 - random.NextDouble();
        var states = random.Next(2, 6);
        var actions = random.Next(2, 5);
        var discount = new[] { 0.5, 0.9, 0.95 }[random.Next(3)];
        var mdp = RandomCmdp.Create(states, actions, discount, Uniform);
        return new Process(
            mdp,
            RandomCmdp.Policy(states, actions, Uniform),
            RandomCmdp.Policy(states, actions, Uniform),
            seed);
    }

    public override string ToString() => $"process of seed {Seed}";
}

public static class Inputs
{
    public static Arbitrary<Fraction> Fractions() =>
        Gen.Choose(1, 999_999).Select(i => new Fraction(i / 1e6)).ToArbitrary();

    public static Arbitrary<Moderate> Moderates() =>
        Gen.Choose(-800, 800).Select(i => new Moderate(i / 64.0)).ToArbitrary();

    public static Arbitrary<Scale> Scales() =>
        Gen.Choose(-3000, 3000).Select(i => new Scale(Math.Pow(10.0, i / 1000.0))).ToArbitrary();

    public static Arbitrary<Length> Lengths() => Gen.Choose(1, 1000).Select(i => new Length(i)).ToArbitrary();

    public static Arbitrary<Sample> Samples() =>
        (from n in Gen.Choose(1, 9)
         from values in Gen.Choose(-640, 640).Select(i => i / 64.0).ArrayOf(n)
         select new Sample(values)).ToArbitrary();

    public static Arbitrary<Process> Processes() =>
        Gen.Choose(0, int.MaxValue).Select(Process.FromSeed).ToArbitrary();

    public static Arbitrary<Gradients> GradientPairs() =>
        (from seed in Gen.Choose(0, int.MaxValue)
         from degrees in Gen.Choose(1, 179)
         select PairAt(seed, degrees * Math.PI / 180.0)).ToArbitrary();

    // Two random directions, the second turned to the wanted angle, so that conflicts are as frequent as
    // accord.
    private static Gradients PairAt(int seed, double angle)
    {
        var random = new Random(seed);
        var n = random.Next(2, 7);
        var first = Enumerable.Range(0, n).Select(_ => random.NextDouble() - 0.5).ToArray();
        var other = Enumerable.Range(0, n).Select(_ => random.NextDouble() - 0.5).ToArray();
        var e = Times(1.0 / Math.Sqrt(Dot(first, first)), first);
        var across = Plus(other, Times(-Dot(other, e), e));
        var f = Times(1.0 / Math.Sqrt(Dot(across, across)), across);
        var size = Math.Pow(10.0, 4.0 * random.NextDouble() - 2.0);
        var ratio = Math.Pow(10.0, 4.0 * random.NextDouble() - 2.0);
        return new Gradients(
            Times(size, e), Times(size * ratio, Plus(Times(Math.Cos(angle), e), Times(Math.Sin(angle), f))));
    }

    public static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();

    public static double[] Plus(double[] x, double[] y) => x.Zip(y, (a, b) => a + b).ToArray();

    public static double[] Times(double a, double[] x) => x.Select(v => a * v).ToArray();
}
