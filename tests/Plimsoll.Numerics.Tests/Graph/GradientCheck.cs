using NUnit.Framework;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>
/// Compares reverse-mode gradients with central differences of the same binary32 program. The step 2^-8
/// balances truncation (h²) against rounding (2^-24 / h) for functions of order one; the tolerance follows.
/// </summary>
internal static class GradientCheck
{
    private const float Step = 1f / 256f;
    private const double Tolerance = 2e-2;

    internal delegate Node Loss(GraphBuilder g, Node[] inputs);

    /// <param name="values">Start values of each input, in its order.</param>
    internal static void Check(Loss build, params (Shape Shape, float[] Values)[] values)
    {
        using var state = new TrainingState();
        var arrays = values.Select((v, i) => state.Add($"x{i}", v.Shape)).ToArray();
        for (var i = 0; i < arrays.Length; i++) values[i].Values.CopyTo(arrays[i].Values);

        var g = new GraphBuilder();
        var inputs = arrays.Select(g.Read).ToArray();
        var loss = build(g, inputs);
        g.Output("loss", loss);
        var gradients = g.Gradients(loss, inputs);
        for (var i = 0; i < gradients.Length; i++) g.Output($"gradient{i}", gradients[i]);
        using var team = new Team(1);
        using var program = Program.Compile(g, team);

        program.Run(0);
        var analytic = gradients.Select((_, i) => program.Output($"gradient{i}").ToArray()).ToArray();
        for (var i = 0; i < arrays.Length; i++)
        {
            for (var j = 0; j < arrays[i].Values.Length; j++)
            {
                var numeric = Difference(program, arrays[i], j);
                var scale = Math.Max(1, Math.Abs(numeric));
                Assert.That(
                    Math.Abs(analytic[i][j] - numeric), Is.LessThan(Tolerance * scale),
                    $"input {i}, element {j}: gradient {analytic[i][j]}, central difference {numeric}");
            }
        }
    }

    private static double Difference(Program program, StateArray array, int element)
    {
        var kept = array.Values[element];
        array.Values[element] = kept + Step;
        program.Run(0);
        double above = program.Output("loss")[0];
        array.Values[element] = kept - Step;
        program.Run(0);
        double below = program.Output("loss")[0];
        array.Values[element] = kept;
        return (above - below) / (2 * Step);
    }
}
