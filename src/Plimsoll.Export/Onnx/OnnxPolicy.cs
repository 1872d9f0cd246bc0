using Plimsoll.Export.Onnx.Mapping;
using Plimsoll.Export.Onnx.Schema;
using Plimsoll.Export.Policies;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Graph.Operations;

namespace Plimsoll.Export.Onnx;

/// <summary>What came of writing a policy as ONNX.</summary>
public abstract record OnnxOutcome
{
    private OnnxOutcome()
    {
    }

    /// <param name="Bytes">The file.</param>
    /// <param name="FixedBatch">The only batch size B that it takes; null: any.</param>
    public sealed record Written(ReadOnlyMemory<byte> Bytes, int? FixedBatch) : OnnxOutcome;

    public sealed record Refused(ExportProblem Problem) : OnnxOutcome;
}

/// <summary>
/// Policies as ONNX models, operator set 17: the graph that acts here, operation by operation, with the weights in
/// it. Inputs <c>observation</c> [B, S] and, where the policy draws, <c>normals</c> [B, Z]; output <c>action</c>
/// [B, A]; all binary32. A policy over windows takes <c>return_to_go</c>, <c>cost_to_go</c>, <c>time</c>, <c>mask</c>
/// [B, K], <c>observation</c> [B, K, S] and <c>past_action</c> [B, K, A]. The bytes follow from the policy and its
/// origin alone. Another runtime adds in another order, so that its actions differ in the last bits: by less than 1e-5
/// for networks of usual weights, except where two candidates are worth the same to that many digits.
/// </summary>
public static class OnnxPolicy
{
    /// <summary>Bytes of the largest message of Protocol Buffers, less what is not weights.</summary>
    internal const long MostBytes = int.MaxValue - (1L << 24);

    public static OnnxOutcome Write(IPolicy policy, PolicyOrigin origin)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(origin);
        if (PolicyGraph.Of(policy) is not { } described)
            return new OnnxOutcome.Refused(new ExportProblem.UnknownPolicy(policy.GetType().Name));
        var graph = BatchGraph.Of(described.Build);
        var weights = graph.Nodes.Select(node => node.Operation).OfType<Variable>()
            .Sum(variable => (long)sizeof(float) * variable.Array.Shape.Count);
        if (weights > MostBytes) return new OnnxOutcome.Refused(new ExportProblem.TooLarge(weights, MostBytes));

        var emitter = new Emitter(graph);
        var output = emitter.Reserve(PolicyGraph.ActionName);
        var inputs = new List<OnnxValue>();
        foreach (var node in graph.Nodes)
        {
            if (node.Operation is not HostInput input) continue;
            emitter.Define(node, emitter.Reserve(input.Key));
            inputs.Add(Value(graph, node, input.Key, described.Inputs[input.Key]));
        }
        if (Unmapped(emitter, graph) is { } unmapped)
            return new OnnxOutcome.Refused(
                new ExportProblem.NoMapping(unmapped.Operation.Name, Shown(graph, unmapped)));
        var result = graph.Nodes[^1];
        emitter.Add("Identity", [emitter.Of(result)], output);

        var facts = PolicyFacts.Of(policy);
        var model = new OnnxModel(
            origin.Version, Words(facts, origin, graph.FixedBatch), facts.Metadata(origin),
            new OnnxGraph(
                "policy", $"{facts.Kind}: axes B batch, S observation, A action, Z normals, K steps of a window.",
                emitter.Nodes, emitter.Initialisers, inputs,
                [Value(graph, result, PolicyGraph.ActionName, described.Action)]));
        return new OnnxOutcome.Written(model.ToBytes(), graph.FixedBatch);
    }

    /// <summary>Writes all nodes; gives the first that has no mapping.</summary>
    private static Node? Unmapped(Emitter emitter, BatchGraph graph)
    {
        foreach (var node in graph.Nodes)
        {
            // Written where they are needed, and in the form that is needed.
            if (node.Operation is HostInput or Variable or Constant) continue;
            if (OperationMap.Emit(emitter, node) is not { } name) return node;
            emitter.Define(node, name);
        }
        return null;
    }

    private static OnnxValue Value(BatchGraph graph, Node node, string name, string words) => new(
        name, ElementType.Float,
        Dimensions(graph, node), words);

    private static OnnxDimension[] Dimensions(BatchGraph graph, Node node) =>
    [
        .. graph.Extents(node).Select(extent => extent switch
        {
            { IsPerBatch: false } => new OnnxDimension(extent.Number),
            { Number: 1 } => new OnnxDimension(0, "B"),
            _ => new OnnxDimension(0, $"{extent.Number}B"),
        }),
    ];

    private static string Shown(BatchGraph graph, Node node) => $"[{string.Join(", ", Dimensions(graph, node))}]";

    private static string Words(PolicyFacts facts, PolicyOrigin origin, int? fixedBatch)
    {
        var task = origin.Task is null ? "" : $" for the task {origin.Task}";
        var batch = fixedBatch is null ? "any batch size B" : $"B = {fixedBatch} only";
        return $"A {facts.Kind}{task}, S = {facts.ObservationSize}, A = {facts.ActionSize}, {batch}. "
            + "Equal inputs give equal actions. What inputs mean is said at each input.";
    }
}
