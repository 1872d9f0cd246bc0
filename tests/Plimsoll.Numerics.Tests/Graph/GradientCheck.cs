using NUnit.Framework;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;
using Plimsoll.Numerics.Tests.Float64;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>
/// Compares reverse-mode gradients, evaluated in binary64, with differences of the binary64 function: the
/// formulae are right to <see cref="Formula"/>. Then the binary32 program with the binary64 one: its
/// arithmetic is right to <see cref="Arithmetic"/>.
/// </summary>
internal static class GradientCheck
{
    /// <summary>Relative; a wrong formula is off by order one, differences by 1e-9 of their terms.</summary>
    internal const double Formula = 1e-6;

    /// <summary>24 roundings of the largest element of an array, and of 1 where all are smaller: these graphs are a
    /// few operations deep. The largest measured is 6.3, through attention.</summary>
    internal const double Arithmetic = 24.0 / (1 << 24);

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

        var differences = new Differences(g, new Float64State(state), e => e.Outputs["loss"][0]);
        for (var i = 0; i < arrays.Length; i++) Check(differences, arrays[i],
            differences.Base.Outputs[$"gradient{i}"]);

        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        program.Run(0);
        foreach (var (name, exact) in differences.Base.Outputs) Close(program.Output(name), exact, Arithmetic, name);
    }

    /// <summary>The gradient of one array, element by element.</summary>
    private static void Check(Differences differences, StateArray array, double[] gradient)
    {
        for (var j = 0; j < gradient.Length; j++)
        {
            var direction = new double[gradient.Length];
            direction[j] = 1;
            var found = differences.Along(array, direction);
            Assert.That(found, Is.Not.Null, $"{array.Name}, element {j}: choose values farther from a kink");
            var (slope, rounding) = found!.Value;
            Assert.That(
                gradient[j], Is.EqualTo(slope).Within(Formula * Math.Abs(slope) + rounding),
                $"{array.Name}, element {j}: the gradient is not the difference quotient");
        }
    }

    /// <summary>Within a bound relative to the largest magnitude of the array, and to 1 where all are
    /// smaller.</summary>
    internal static void Close(ReadOnlySpan<float> actual, double[] exact, double bound, string what)
    {
        var scale = Math.Max(1, exact.Max(Math.Abs));
        for (var i = 0; i < exact.Length; i++)
        {
            if (!(Math.Abs(actual[i] - exact[i]) <= bound * scale))
                Assert.Fail($"{what}, element {i}: {actual[i]:R} is off {exact[i]:R} by {Math.Abs(actual[i] - exact[i]) / scale:E2} of {scale:G4}");
        }
    }
}
