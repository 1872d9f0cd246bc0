using NUnit.Framework;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;
using static Plimsoll.Numerics.Tests.Graph.Graphs;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>Axes that do not fit are refused while the graph is built, with the axes in the message.</summary>
public sealed class AxisTests
{
    private static readonly Axis O = new("O", 5);
    private static readonly Axis One = new("Q", 1);

    private static readonly Dictionary<string, (Func<GraphBuilder, object?> Build, string Message)> Mistakes = new()
    {
        ["other size"] = (g => Of(g, B) + Of(g, B with { Size = 7 }), "add of [B=6] and [B=7]"),
        ["other name, same size"] = (g => Of(g, B, K) * Of(g, B, O), "multiply of [B=6, K=5] and [B=6, O=5]"),
        ["column against vector"] = (g => Of(g, B, One) - Of(g, B), "subtract of [B=6, Q=1] and [B=6]"),
        ["scalar against vector"] = (g => g.Minimum(Of(g), Of(g, B)), "minimum of [] and [B=6]"),
        ["transposed"] = (g => Of(g, B, K) / Of(g, K, B), "divide of [B=6, K=5] and [K=5, B=6]"),
        ["mask of another shape"] = (g => g.Select(Of(g, B), Of(g, K), Of(g, K)), "select of [B=6] and [K=5]"),
        ["branches of other shapes"] = (g => g.Select(Of(g, B), Of(g, B), Of(g, K)), "select of [B=6] and [K=5]"),
        ["inner product"] = (g => g.Dot(Of(g, B), Of(g, K)), "dot of [B=6] and [K=5]"),
        ["lists of inner products"] = (g => g.Dot([Of(g, B)], []), "dot of 1 and 0 arrays"),
        ["weight of another input"] = (
            g => g.Linear(Of(g, B, K), Of(g, O, E), null), "the last axis of x is K=5, the weight takes O=5"),
        ["bias of another output"] = (g => g.Linear(Of(g, B, K), Of(g, K, O), Of(g, K)), "a bias is [O]"),
        ["vector into a layer"] = (g => g.Linear(Of(g, K), Of(g, K, O), null), "x is [B, I]"),
        ["other ensemble"] = (
            g => g.Linear(Of(g, E with { Size = 2 }, B, K), Of(g, E, K, O), null), "the ensemble axes differ"),
        ["column of other rows"] = (g => g.TimesColumn(Of(g, B, K), Of(g, K)), "times-column of [B=6, K=5] and [K=5]"),
        ["vector as a scalar"] = (g => g.TimesScalar(Of(g, B), Of(g, B)), "is not a scalar"),
        ["broadcast of a vector"] = (g => g.Broadcast(Of(g, B), new Shape(B, K)), "is not a scalar"),
        ["broadcast along an axis that is there"] = (g => g.BroadcastLeading(Of(g, B), B), "axis names repeat"),
        ["reshape to another count"] = (g => g.Reshape(Of(g, B), new Shape(K)), "[B=6] cannot be seen as [K=5]"),
        ["squeeze of a wide axis"] = (g => g.Squeeze(Of(g, B, K)), "is not of size 1"),
        ["concatenation of other rows"] = (g => g.Concat("C", Of(g, B, K), Of(g, E, K)), "all axes but the last"),
        ["columns beyond the last"] = (g => g.Columns(Of(g, B, K), 4, new Axis("C", 2)), "columns 4..6 do not lie in"),
        ["member beyond the last"] = (g => g.Member(Of(g, E, B), 3), "[E=3, B=6] has no member 3"),
        ["gain of another width"] = (g => g.LayerNorm(Of(g, B, K), Of(g, B), Of(g, B)), "layer norm of [B=6, K=5]"),
        ["softmax of a scalar"] = (g => g.Softmax(Of(g)), "softmax of a scalar"),
        ["product over other axes"] = (g => g.MatMul(Of(g, B, K), Of(g, O, E)), "x is summed over K=5, y over O=5"),
        ["product over other sequences"] = (
            g => g.MatMul(Of(g, E, B, K), Of(g, E with { Size = 2 }, K, O)), "the leading axes E=3 and E=2 differ"),
        ["product of a vector"] = (g => g.MatMul(Of(g, K), Of(g, K)), "both are [.., rows, columns]"),
        ["product with an axis twice"] = (g => g.MatMul(Of(g, B, K), Of(g, B, K), true), "axis names repeat"),
        ["transpose of a vector"] = (g => g.Transpose(Of(g, B)), "has no two axes to swap"),
        ["row of another width"] = (g => g.AddRow(Of(g, B, K), Of(g, O)), "add-row of [B=6, K=5] and [O=5]"),
        ["matrix as a row"] = (g => g.TimesRow(Of(g, B, K), Of(g, B, K)), "the row must have the last axis of x alone"),
        ["members beyond the last"] = (
            g => g.SliceLeading(Of(g, E, B), 2, new Axis("S", 2)), "members 2..4 do not lie in"),
        ["join of other rows"] = (g => g.ConcatLeading("C", Of(g, E, B), Of(g, E, K)), "all axes but the first"),
        ["join of nothing"] = (g => g.ConcatLeading("C"), "concat of no arrays"),
        ["stack of other shapes"] = (g => g.StackLeading("C", Of(g, B), Of(g, K)), "stack of [B=6] and [K=5]"),
        ["merge of a vector"] = (g => g.MergeLeading(Of(g, B), "F"), "has no two leading axes to merge"),
        ["split into other sizes"] = (g => g.SplitLeading(Of(g, B), K, E), "does not split into K=5 and E=3"),
        ["loss that is no scalar"] = (g => g.Gradients(Of(g, B), Of(g, B)), "a loss is a scalar"),
        ["upstream of another shape"] = (
            g => g.VectorJacobian(Of(g, B), Of(g, K), Of(g, B)), "the upstream gradient [K=5] does not fit"),
        ["metric that is no scalar"] = (g => Do(() => g.Record("m", Of(g, B))), "metric m must be a scalar"),
        ["host function of a vector"] = (g => g.ScalarFunction("f", _ => 0f, Of(g, B)), "is not a scalar"),
    };

    [TestCaseSource(nameof(Names))]
    public void Axes_that_do_not_fit_are_refused(string name)
    {
        var (build, message) = Mistakes[name];
        Assert.That(() => build(new GraphBuilder()), Throws.TypeOf<ShapeException>().With.Message.Contains(message));
    }

    [Test]
    public void Updates_refuse_gradients_of_another_shape()
    {
        using var state = new TrainingState();
        var (w, other) = (state.Add("w", new Shape(B)), state.Add("v", new Shape(K)));
        var g = new GraphBuilder();
        var adam = new AdamOptimiser(state, "adam", [w]);
        var rate = g.Constant(1f);
        Assert.Multiple(() =>
        {
            Refuses(() => g.Adam(adam, [Of(g, K)], rate), "gradient [K=5] does not fit w [B=6]");
            Refuses(() => g.Adam(adam, [], rate), "0 gradients for 1 parameters");
            Refuses(() => g.Sgd([w], [Of(g, K)], rate), "gradient [K=5] does not fit w [B=6]");
            Refuses(() => g.Polyak([w], [other], 0.5f), "Polyak: w [B=6] and v [K=5]");
            Refuses(() => g.Polyak([w], [], 0.5f), "as many targets as sources");
            Refuses(() => state.GetOrAdd("w", new Shape(K)), "w is [B=6], not [K=5]");
        });
    }

    [Test]
    public void Shapes_refuse_empty_axes_and_names_that_repeat()
    {
        Refuses(() => _ = new Shape(new Axis("B", 0)), "axis B has size 0; every axis needs at least one element");
        Refuses(() => _ = new Shape(B, B), "axis names repeat in [B=6, B=6]");
    }

    private static Node Of(GraphBuilder g, params Axis[] axes) => g.Constant(1f, new Shape(axes));

    private static object? Do(Action action)
    {
        action();
        return null;
    }

    private static void Refuses(Action action, string message) =>
        Assert.That(action, Throws.TypeOf<ShapeException>().With.Message.Contains(message));

    private static IEnumerable<string> Names() => Mistakes.Keys;
}
