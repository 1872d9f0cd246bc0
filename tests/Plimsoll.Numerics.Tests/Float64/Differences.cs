using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Graph.Operations;
using Plimsoll.Numerics.State;

namespace Plimsoll.Numerics.Tests.Float64;

/// <summary>
/// Derivatives of a graph by differences of its binary64 evaluation: five points, so that truncation is of
/// order h⁴ and what remains is the rounding of the function, about 1e-16 |f| / h. Nodes that stop gradients
/// are held at their values at the base point.
/// </summary>
internal sealed class Differences
{
    /// <summary>Largest first: a smaller one is taken where a kink lies between the points of a larger one.</summary>
    private static readonly double[] Steps = [1e-4, 1e-5, 1e-6];

    private readonly GraphBuilder graph;
    private readonly Float64State state;
    private readonly long step;
    private readonly Func<Evaluation, double> loss;
    private readonly Dictionary<Node, double[]> frozen;
    private readonly Evaluation.InputValues? inputs;

    internal Differences(GraphBuilder graph, Float64State state, Func<Evaluation, double> loss, long step = 0)
        : this(graph, state, _ => loss, step)
    {
    }

    /// <param name="loss">From the evaluation at the point itself: what is constant there stays so.</param>
    /// <param name="inputs">What the host gives; null where the graph has no inputs.</param>
    internal Differences(
        GraphBuilder graph, Float64State state, Func<Evaluation, Func<Evaluation, double>> loss, long step,
        Evaluation.InputValues? inputs = null)
    {
        (this.graph, this.state, this.step, this.inputs) = (graph, state, step, inputs);
        Base = Evaluation.Run(graph, state.Copy(), step, inputs: inputs);
        this.loss = loss(Base);
        frozen = Evaluation.Live(graph).Where(n => n.Operation is Detach).ToDictionary(n => n, n => Base[n]);
    }

    /// <summary>At the point itself.</summary>
    internal Evaluation Base { get; }

    /// <summary>The derivative of the loss along a direction of one array, and how far rounding may put it
    /// off; null where the function has a kink too near.</summary>
    internal (double Slope, double Rounding)? Along(StateArray array, double[] direction)
    {
        foreach (var h in Steps)
        {
            var at = new double[5];
            var smooth = true;
            for (var i = -2; i <= 2 && smooth; i++)
            {
                if (i == 0) continue;
                var moved = state.Copy();
                var shift = i * h;
                moved[array] = [.. moved[array].Zip(direction, (x, d) => x + shift * d)];
                var evaluation = Evaluation.Run(graph, moved, step, frozen, inputs);
                smooth = evaluation.Decisions == Base.Decisions;
                at[i + 2] = loss(evaluation);
            }
            if (!smooth) continue;
            var slope = (at[0] - 8 * at[1] + 8 * at[3] - at[4]) / (12 * h);
            // NaN would equal a gradient of NaN.
            if (!double.IsFinite(slope))
                throw new NotFiniteNumberException($"{array.Name}: the slope is {slope}", slope);
            return (slope, 1e-14 * (1 + Math.Abs(at[1])) / h);
        }
        return null;
    }
}
