using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Artifacts;

/// <summary>An array that somebody else's program has named, row by row.</summary>
public sealed record NamedArray(IReadOnlyList<long> Shape, float[] Values);

/// <summary>
/// The deterministic side of an actor trained with OSRL, an MLP of the state with ReLU between its layers. Its form
/// follows from its arrays' names, PyTorch's, with or without <c>actor.</c> before them:
/// <list type="bullet">
/// <item><c>pi.*</c>: tanh(MLP(s)) (BC).</item>
/// <item><c>net.*</c> and <c>mu_layer</c>: tanh(μ(s)), the mean of a squashed Gaussian (CPQ, BEAR-Lag,
/// COptiDICE).</item>
/// <item><c>mu_net.*</c>, <c>action_low</c> and <c>action_high</c>: low + (high - low) sigmoid(MLP(s)).</item>
/// </list>
/// Shapes: s [B, S], a [B, A].
/// </summary>
public sealed class OsrlActor : IPolicy
{
    private readonly Mlp network;
    private readonly StateArray? low, range;

    private OsrlActor(Mlp network, StateArray? low, StateArray? range) =>
        (this.network, this.low, this.range) = (network, low, range);

    public int ObservationSize => network.Widths[0].Size;

    public int ActionSize => network.Widths[^1].Size;

    /// <inheritdoc/>
    public Node Act(GraphBuilder g, Node observation)
    {
        var last = network.Forward(g, observation);
        return low is null || range is null
            ? g.Tanh(last)
            : g.AddRow(g.TimesRow(g.Sigmoid(last), g.Read(range)), g.Read(low));
    }

    /// <summary>Puts an actor's weights into a state, which must live as long as it.</summary>
    /// <param name="arrays">All arrays of the file, by name; critics and such among them are left alone.</param>
    /// <param name="state">Gets the weights.</param>
    /// <returns>The actor, or null and a problem.</returns>
    internal static OsrlActor? Read(
        IReadOnlyDictionary<string, NamedArray> arrays, TrainingState state, out PolicyProblem? problem)
    {
        var prefix = arrays.Keys.Any(name => name.StartsWith("actor.", StringComparison.Ordinal)) ? "actor." : "";
        string[] heads = [.. new[] { "pi", "net", "mu_net" }.Where(name => arrays.ContainsKey(Weight(prefix + name, 0)))];
        problem = heads.Length == 1 ? null : new PolicyProblem.UnknownForm([.. arrays.Keys.Order(StringComparer.Ordinal)]);
        if (problem is not null) return null;

        List<string> layers = [];
        for (var l = 0; arrays.ContainsKey(Weight(prefix + heads[0], l)); l += 2) layers.Add($"{prefix}{heads[0]}.{l}");
        if (heads[0] == "net") layers.Add(prefix + "mu_layer");
        problem = layers.Select((name, l) => WrongLayer(arrays, name, l == 0 ? null : layers[l - 1]))
            .FirstOrDefault(found => found is not null);
        if (problem is not null) return null;

        var sizes = layers.ConvertAll(name => (int)arrays[name + ".weight"].Shape[0]);
        var inputs = (int)arrays[layers[0] + ".weight"].Shape[1];
        var network = Mlp.Declare(
            state, "osrl", new Axis("S", inputs), sizes[..^1], new Axis("A", sizes[^1]), null);
        for (var l = 0; l < layers.Count; l++)
        {
            Transpose(arrays[layers[l] + ".weight"], network.Parameters[2 * l].Values);
            arrays[layers[l] + ".bias"].Values.CopyTo(network.Parameters[2 * l + 1].Values);
        }
        if (heads[0] != "mu_net") return new OsrlActor(network, null, null);

        problem = WrongBounds(arrays, prefix + "action_low", sizes[^1])
            ?? WrongBounds(arrays, prefix + "action_high", sizes[^1]);
        if (problem is not null) return null;
        var row = new Shape(new Axis("A", sizes[^1]));
        var (low, range) = (state.Add("osrl/low", row), state.Add("osrl/range", row));
        arrays[prefix + "action_low"].Values.CopyTo(low.Values);
        for (var a = 0; a < sizes[^1]; a++)
            range.Values[a] = arrays[prefix + "action_high"].Values[a] - low.Values[a];
        return new OsrlActor(network, low, range);
    }

    private static string Weight(string head, int layer) => $"{head}.{layer}.weight";

    /// <summary>PyTorch keeps [O, I] where x W takes [I, O].</summary>
    private static void Transpose(NamedArray from, Span<float> to)
    {
        var (outputs, inputs) = ((int)from.Shape[0], (int)from.Shape[1]);
        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++) to[i * outputs + o] = from.Values[o * inputs + i];
        }
    }

    /// <param name="arrays">The file.</param>
    /// <param name="layer">A layer.</param>
    /// <param name="before">The one whose outputs it takes; null for the first.</param>
    private static PolicyProblem? WrongLayer(
        IReadOnlyDictionary<string, NamedArray> arrays, string layer, string? before)
    {
        if (Wrong(arrays, layer + ".weight", shape => shape.Count == 2 && Fits(shape[1]), Expected()) is { } problem)
            return problem;
        var outputs = arrays[layer + ".weight"].Shape[0];
        return Wrong(arrays, layer + ".bias", shape => shape.SequenceEqual([outputs]), $"[{outputs}]");

        string Expected() => before is null ? "[outputs, inputs]" : $"[outputs, {Outputs(before)}]";

        bool Fits(long inputs) => before is null || inputs == Outputs(before);

        long Outputs(string name) => arrays[name + ".weight"].Shape[0];
    }

    private static PolicyProblem? WrongBounds(
        IReadOnlyDictionary<string, NamedArray> arrays, string name, int actions) =>
        Wrong(arrays, name, shape => shape.Aggregate(1L, (product, size) => product * size) == actions, $"[1, {actions}]");

    private static PolicyProblem? Wrong(
        IReadOnlyDictionary<string, NamedArray> arrays, string name, Func<IReadOnlyList<long>, bool> fits,
        string expected)
    {
        if (!arrays.TryGetValue(name, out var array)) return new PolicyProblem.ArrayMissing(name);
        if (array.Values.Length == 0 || !fits(array.Shape))
            return new PolicyProblem.WrongShape(name, array.Shape, expected);
        return array.Values.All(float.IsFinite) ? null : new PolicyProblem.NotFinite(name);
    }
}
