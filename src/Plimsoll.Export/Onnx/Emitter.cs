using System.Globalization;
using Plimsoll.Export.Onnx.Schema;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Graph.Operations;

namespace Plimsoll.Export.Onnx;

/// <summary>
/// Writes the nodes of an ONNX graph one after another, and what they need besides: weights, numbers and lists of whole
/// numbers as initialisers, each once. Names and order follow from the graph alone.
/// </summary>
internal sealed class Emitter(BatchGraph graph)
{
    /// <summary>Constants up to this many numbers are written out; larger ones are one number that is repeated when
    /// the model runs.</summary>
    private const int MostWrittenOut = 4096;

    private readonly Names names = new();
    private readonly List<OnnxNode> nodes = [];
    private readonly List<OnnxTensor> initialisers = [];
    private readonly Dictionary<string, string> shared = new(StringComparer.Ordinal);
    private readonly Dictionary<Node, string> values = [];

    internal IReadOnlyList<OnnxNode> Nodes => nodes;

    internal IReadOnlyList<OnnxTensor> Initialisers => initialisers;

    /// <summary>The input whose first axis is the batch.</summary>
    private string? batched;

    /// <summary>Reserves the name of an input or output.</summary>
    internal string Reserve(string name) => names.New(name);

    /// <summary>Says what a node of the graph is called in the file.</summary>
    internal void Define(Node node, string name)
    {
        values[node] = name;
        if (node.Operation is HostInput) batched ??= name;
    }

    /// <summary>The array of a node, of its full shape.</summary>
    internal string Of(Node node)
    {
        if (values.TryGetValue(node, out var name)) return name;
        return values[node] = node.Operation switch
        {
            Constant constant => Filled(constant.Value, node),
            Variable variable => Weights(variable),
            _ => throw new InvalidOperationException($"{node} is needed before it is there"),
        };
    }

    /// <summary>As <see cref="Of"/>, but a constant is a single number: for operators that repeat one.</summary>
    internal string Repeatable(Node node) => node.Operation is Constant constant ? Number(constant.Value) : Of(node);

    /// <summary>Adds a node of one output.</summary>
    internal string Add(string kind, IReadOnlyList<string> inputs, params OnnxAttribute[] attributes)
    {
        var output = names.New(kind.ToLowerInvariant());
        Add(kind, inputs, output, attributes);
        return output;
    }

    /// <summary>Adds a node whose output has a reserved name.</summary>
    internal void Add(string kind, IReadOnlyList<string> inputs, string output, params OnnxAttribute[] attributes) =>
        nodes.Add(new OnnxNode(kind, $"node_{output}", inputs, output, attributes));

    /// <summary>A binary32 without axes.</summary>
    internal string Number(float value)
    {
        var bits = BitConverter.SingleToInt32Bits(value);
        return Shared($"float {bits:x8}", () => OnnxTensor.Of(names.New("number"), [], [value]));
    }

    /// <summary>A whole number without axes.</summary>
    internal string Index(long value) =>
        Shared(Key("index", [value]), () => OnnxTensor.Of(names.New("index"), [], new[] { value }));

    /// <summary>A list of whole numbers.</summary>
    internal string List(params long[] numbers) =>
        Shared(Key("list", numbers), () => OnnxTensor.Of(names.New("list"), [numbers.Length], numbers));

    /// <summary>[T, T]: whether query t sees key u, u at most t.</summary>
    internal string Causal(int tokens) => Shared(Key("causal", [tokens]), () =>
    {
        var visible = new bool[tokens * tokens];
        for (var i = 0; i < visible.Length; i++) visible[i] = i % tokens <= i / tokens;
        return OnnxTensor.Of(names.New("causal"), [tokens, tokens], visible);
    });

    internal Extent[] Extents(Node node) => graph.Extents(node);

    /// <summary>The sizes of a node's axes as a list: known, or put together from the batch when the model runs.
    /// </summary>
    internal string Sizes(Node node)
    {
        var extents = Extents(node);
        if (extents.All(extent => !extent.IsPerBatch)) return List([.. extents.Select(extent => (long)extent.Number)]);
        var key = "sizes " + string.Join(',', extents.Select(extent => extent.ToString()));
        if (shared.TryGetValue(key, out var known)) return known;
        string[] parts = [.. extents.Select(extent => extent.IsPerBatch ? Batch(extent.Number) : List(extent.Number))];
        return shared[key] = parts.Length == 1
            ? parts[0]
            : Add("Concat", parts, new OnnxAttribute.Number("axis", 0));
    }

    /// <summary>[k B].</summary>
    private string Batch(int times)
    {
        const string key = "batch";
        if (!shared.TryGetValue(key, out var one))
        {
            one = shared[key] = Add(
                "Shape", [batched!], new OnnxAttribute.Number("start", 0), new OnnxAttribute.Number("end", 1));
        }
        if (times == 1) return one;
        var many = Key(key, [times]);
        return shared.TryGetValue(many, out var known)
            ? known
            : shared[many] = Add("Mul", [one, List(times)]);
    }

    private string Filled(float value, Node node)
    {
        if (node.Shape.Rank == 0) return Number(value);
        if (node.Shape.Count > MostWrittenOut || Extents(node).Any(extent => extent.IsPerBatch))
            return Add("Expand", [Number(value), Sizes(node)]);
        var numbers = new float[node.Shape.Count];
        Array.Fill(numbers, value);
        var tensor = OnnxTensor.Of(names.New("filled"), [.. node.Shape.Axes.Select(axis => (long)axis.Size)], numbers);
        initialisers.Add(tensor);
        return tensor.Name;
    }

    private string Weights(Variable variable)
    {
        var array = variable.Array;
        var tensor = OnnxTensor.Of(
            names.New(array.Name), [.. array.Shape.Axes.Select(axis => (long)axis.Size)], array.Values,
            $"{array.Name} {array.Shape}");
        initialisers.Add(tensor);
        return tensor.Name;
    }

    private string Shared(string key, Func<OnnxTensor> make)
    {
        if (shared.TryGetValue(key, out var known)) return known;
        var tensor = make();
        initialisers.Add(tensor);
        return shared[key] = tensor.Name;
    }

    private static string Key(string kind, long[] numbers) =>
        $"{kind} {string.Join(',', numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)))}";
}
