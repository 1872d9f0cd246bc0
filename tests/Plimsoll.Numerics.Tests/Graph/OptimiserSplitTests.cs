using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;
using static Plimsoll.Numerics.Tests.Graph.Graphs;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>One instruction over all arrays of an optimiser equals a kernel an array, to the bit, however it is cut.
/// </summary>
public sealed unsafe class OptimiserSplitTests
{
    private const int Steps = 3;

    private static readonly Gen<int[]> Sizes =
        Gen.OneOf(Gen.Choose(1, 40), Gen.Choose(2000, 9000)).ArrayOf().Where(s => s.Length is > 0 and < 9);

    [FsCheck.NUnit.Property(MaxTest = 60)]
    public Property Any_arrays_on_any_number_of_threads_are_updated_as_one_by_one() =>
        Prop.ForAll(Sizes.ToArbitrary(), Gen.Choose(1, 4).ToArbitrary(), (sizes, threads) =>
            Together(sizes, threads).SequenceEqual(OneByOne(sizes)));

    private static int[] Together(int[] sizes, int threads)
    {
        using var state = new TrainingState();
        var (weights, gradients, targets) = Arrays(state, sizes);
        var g = new GraphBuilder();
        g.Adam(
            new AdamOptimiser(state, "adam", weights, 0.1f), [.. gradients.Select(g.Read)],
            g.PerStep("rate", s => 0.01f / (1 + s)), g.Constant(0.5f));
        g.Polyak(targets, weights, 0.25f);
        using var team = new Team(threads);
        using var program = Program.Compile(g, team);
        program.Run(0, Steps);
        return [.. weights.Concat(targets).SelectMany(a => Bits(a.Values))];
    }

    private static int[] OneByOne(int[] sizes)
    {
        using var state = new TrainingState();
        var (weights, gradients, targets) = Arrays(state, sizes);
        for (var i = 0; i < sizes.Length; i++)
        {
            var (first, second) = (new float[sizes[i]], new float[sizes[i]]);
            double power1 = 1, power2 = 1;
            for (var step = 0; step < Steps; step++)
            {
                power1 *= 0.9f;
                power2 *= 0.999f;
                fixed (float* m = first, v = second)
                    Optimisers.Adam(
                        weights[i].Pointer, m, v, gradients[i].Pointer, sizes[i], 0.01f / (1 + step), 0.9f, 0.999f, 1e-8f,
                        (float)(1 - power1), (float)(1 - power2), 0.1f, 0.5f);
                Optimisers.Polyak(targets[i].Pointer, weights[i].Pointer, sizes[i], 0.25f);
            }
        }
        return [.. weights.Concat(targets).SelectMany(a => Bits(a.Values))];
    }

    private static (StateArray[] Weights, StateArray[] Gradients, StateArray[] Targets) Arrays(
        TrainingState state, int[] sizes)
    {
        StateArray[] Named(string name) =>
            [.. sizes.Select((size, i) => state.Normal($"{name} {i}", new Shape(new Axis($"P{i}", size))))];

        return (Named("weight"), Named("gradient"), Named("target"));
    }
}
