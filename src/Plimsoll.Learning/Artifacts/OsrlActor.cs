using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Artifacts;

/// <summary>The arrays of somebody else's program, by name.</summary>
/// <param name="Names">All of them, those that belong to no actor too.</param>
/// <param name="IsNumbers">Whether an array can be read as weights.</param>
/// <param name="Shape">Its lengths.</param>
/// <param name="Read">Its elements, row by row. Only what the actor needs is read.</param>
internal sealed record NamedArrays(
    IReadOnlyList<string> Names, Func<string, bool> IsNumbers, Func<string, IReadOnlyList<long>> Shape,
    Func<string, float[]> Read)
{
    internal bool Contains(string name) => Names.Contains(name);
}

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
public sealed class OsrlActor : IMarkovPolicy
{
    private readonly Mlp network;
    private readonly StateArray? low, range;

    private OsrlActor(Mlp network, StateArray? low, StateArray? range) =>
        (this.network, this.low, this.range) = (network, low, range);

    public int ObservationSize => network.Widths[0].Size;

    public int ActionSize => network.Widths[^1].Size;

    /// <summary>The least and the largest value of each component of an action, [A].</summary>
    public (float[] Low, float[] High) Bounds
    {
        get
        {
            var (least, largest) = (new float[ActionSize], new float[ActionSize]);
            for (var a = 0; a < ActionSize; a++)
            {
                least[a] = low is null ? -1f : low.Values[a];
                largest[a] = low is null || range is null ? 1f : low.Values[a] + range.Values[a];
            }
            return (least, largest);
        }
    }

    /// <inheritdoc/>
    public Node Act(GraphBuilder g, Node observation, Node? normals = null)
    {
        var last = network.Forward(g, observation);
        return low is null || range is null
            ? g.Tanh(last)
            : g.AddRow(g.TimesRow(g.Sigmoid(last), g.Read(range)), g.Read(low));
    }

    /// <summary>Puts an actor's weights into a state, which must live as long as it.</summary>
    /// <param name="arrays">All arrays of the file; critics and such among them are left alone.</param>
    /// <param name="state">Gets the weights.</param>
    /// <returns>The actor, or null and a problem.</returns>
    internal static OsrlActor? Read(
        NamedArrays arrays, TrainingState state, out PolicyProblem? problem)
    {
        var prefix = arrays.Names.Any(name => name.StartsWith("actor.", StringComparison.Ordinal)) ? "actor." : "";
        string[] heads = [.. new[] { "pi", "net", "mu_net" }.Where(name => arrays.Contains(Weight(prefix + name, 0)))];
        problem = heads.Length == 1 ? null : new PolicyProblem.UnknownForm([.. arrays.Names.Order(StringComparer.Ordinal)]);
        if (problem is not null) return null;

        // Names and shapes first: what a file claims in them must hold before anything is read or made.
        List<string> layers = [];
        for (var l = 0; arrays.Contains(Weight(prefix + heads[0], l)); l += 2) layers.Add($"{prefix}{heads[0]}.{l}");
        if (heads[0] == "net") layers.Add(prefix + "mu_layer");
        problem = layers.Select((name, l) => WrongLayer(arrays, name, l == 0 ? null : layers[l - 1]))
            .FirstOrDefault(found => found is not null);
        if (problem is not null) return null;
        string[] bounds = heads[0] == "mu_net" ? [prefix + "action_low", prefix + "action_high"] : [];
        var actions = arrays.Shape(layers[^1] + ".weight")[0];
        problem = bounds.Select(name => WrongBounds(arrays, name, actions)).FirstOrDefault(found => found is not null);
        if (problem is not null) return null;

        string[] used = [.. layers.SelectMany(name => new[] { name + ".weight", name + ".bias" }), .. bounds];
        var values = used.ToDictionary(name => name, arrays.Read);
        problem = used.FirstOrDefault(name => !values[name].All(float.IsFinite)) is { } broken
            ? new PolicyProblem.NotFinite(broken)
            : null;
        if (problem is not null) return null;

        var sizes = layers.ConvertAll(name => values[name + ".bias"].Length);
        var inputs = values[layers[0] + ".weight"].Length / sizes[0];
        var network = Mlp.Declare(
            state, "osrl", new Axis("S", inputs), sizes[..^1], new Axis("A", sizes[^1]), null);
        for (var l = 0; l < layers.Count; l++)
        {
            Transpose(values[layers[l] + ".weight"], sizes[l], network.Parameters[2 * l].Values);
            values[layers[l] + ".bias"].CopyTo(network.Parameters[2 * l + 1].Values);
        }
        if (bounds is not [var lowest, var highest]) return new OsrlActor(network, null, null);

        var row = new Shape(new Axis("A", sizes[^1]));
        var (low, range) = (state.Add("osrl/low", row), state.Add("osrl/range", row));
        values[lowest].CopyTo(low.Values);
        for (var a = 0; a < sizes[^1]; a++) range.Values[a] = values[highest][a] - low.Values[a];
        return new OsrlActor(network, low, range);
    }

    private static string Weight(string head, int layer) => $"{head}.{layer}.weight";

    /// <summary>PyTorch keeps [O, I] where x W takes [I, O].</summary>
    private static void Transpose(float[] from, int outputs, Span<float> to)
    {
        var inputs = from.Length / outputs;
        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++) to[i * outputs + o] = from[o * inputs + i];
        }
    }

    /// <param name="arrays">The file.</param>
    /// <param name="layer">A layer.</param>
    /// <param name="before">The one whose outputs it takes; null for the first.</param>
    private static PolicyProblem? WrongLayer(NamedArrays arrays, string layer, string? before)
    {
        if (Wrong(arrays, layer + ".weight", shape => shape.Count == 2 && Fits(shape[1]), Expected()) is { } problem)
            return problem;
        var outputs = arrays.Shape(layer + ".weight")[0];
        return Wrong(arrays, layer + ".bias", shape => shape.SequenceEqual([outputs]), $"[{outputs}]");

        string Expected() => before is null ? "[outputs, inputs]" : $"[outputs, {Outputs(before)}]";

        bool Fits(long inputs) => before is null || inputs == Outputs(before);

        long Outputs(string name) => arrays.Shape(name + ".weight")[0];
    }

    private static PolicyProblem? WrongBounds(NamedArrays arrays, string name, long actions) =>
        Wrong(arrays, name, shape => shape.Aggregate(1L, (product, size) => product * size) == actions, $"[1, {actions}]");

    private static PolicyProblem? Wrong(
        NamedArrays arrays, string name, Func<IReadOnlyList<long>, bool> fits, string expected)
    {
        if (!arrays.Contains(name)) return new PolicyProblem.ArrayMissing(name);
        if (!arrays.IsNumbers(name)) return new PolicyProblem.NotNumbers(name);
        var shape = arrays.Shape(name);
        return shape.Contains(0) || !fits(shape) ? new PolicyProblem.WrongShape(name, shape, expected) : null;
    }
}
