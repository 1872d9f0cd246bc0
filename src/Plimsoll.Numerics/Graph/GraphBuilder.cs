using Plimsoll.Numerics.Graph.Operations;
using Plimsoll.Numerics.State;

namespace Plimsoll.Numerics.Graph;

/// <summary>
/// Builds one training step as a static graph. Nodes run in the order of their creation; effects
/// (optimiser steps, target updates) therefore happen where they are written. Reading a variable after an
/// update reads the new values; a node that would still need the old ones is refused.
/// </summary>
public sealed partial class GraphBuilder
{
    private readonly List<Node> nodes = [];
    private readonly Dictionary<Key, Node> shared = [];
    private readonly Dictionary<StateArray, int> versions = [];

    internal IReadOnlyList<Node> Nodes => nodes;

    /// <summary>The current value of an array of the state.</summary>
    public Node Read(StateArray array) =>
        Make(new Variable(array, versions.GetValueOrDefault(array)), [], array.Shape);

    public Node Constant(float value, Shape shape) => Make(new Constant(value), [], shape);

    public Node Constant(float value) => Constant(value, Shape.Scalar);

    /// <summary>A number that the host computes for every step, such as a learning rate.</summary>
    public Node PerStep(string name, Func<long, float> value) => Make(new PerStep(name, value), [], Shape.Scalar);

    /// <summary>A pure host function of scalars. The array is reused between steps; do not keep it.</summary>
    public Node ScalarFunction(string name, Func<float[], float> function, params Node[] scalars)
    {
        foreach (var scalar in scalars)
        {
            if (scalar.Shape.Rank != 0) throw new ShapeException($"{name}: {scalar} is not a scalar");
        }
        return Make(new ScalarMap(name, function), scalars, Shape.Scalar);
    }

    /// <summary>A buffer, zero at first, that the host fills before a run, by name
    /// (<see cref="Runtime.Program.Input"/>). Names are unique within a program.</summary>
    public Node Input(string name, Shape shape) => Make(new HostInput(name), [], shape);

    /// <summary>Gradients of a scalar loss, one of each target's shape; zero where the loss does not depend on the
    /// target. Targets may be any nodes but constants, which are folded; nothing flows on through a <see cref="Detach"/>, which may be a target.</summary>
    /// <exception cref="ArgumentException">A target is a constant.</exception>
    /// <exception cref="ShapeException">The loss is not a scalar.</exception>
    /// <exception cref="NotSupportedException">A second-order gradient that the core does not have.</exception>
    public Node[] Gradients(Node loss, params IReadOnlyList<Node> targets) =>
        Backpropagation.Run(this, loss, null, targets);

    /// <summary>Gradients of sum(upstream * output): a vector-Jacobian product. The upstream gradient has the output's
    /// shape and counts as constant.</summary>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public Node[] VectorJacobian(Node output, Node upstream, params IReadOnlyList<Node> targets) =>
        Backpropagation.Run(this, output, upstream, targets);

    /// <summary>Writes a scalar's value where the host can read it (<see cref="Runtime.Program.Metric"/>).</summary>
    public void Record(string name, Node scalar)
    {
        if (scalar.Shape.Rank != 0) throw new ShapeException($"metric {name} must be a scalar; {scalar} is not");
        Make(new RecordMetric(name), [scalar], Shape.Scalar);
    }

    /// <summary>Copies a node's value to where the host can read it (<see cref="Runtime.Program.Output"/>). Names are
    /// unique within a program.</summary>
    public void Output(string name, Node node) => Make(new HostOutput(name), [node], node.Shape);

    internal Node Make(Operation operation, Node[] inputs, Shape shape)
    {
        foreach (var input in inputs)
        {
            if (!ReferenceEquals(input.Graph, this))
                throw new ArgumentException($"{input} belongs to another graph");
            if (Root(input).Operation is Variable variable && variable.Version != versions.GetValueOrDefault(variable.Array))
                throw new InvalidOperationException(
                    $"{operation.Name} needs {variable.Array.Name} as it was before its update; " +
                    "read it again or move the operation before the update");
        }
        if (Folded(operation, inputs, shape) is { } value) return Constant(value, shape);
        var key = new Key(operation, inputs, shape);
        if (!operation.IsUnique && shared.TryGetValue(key, out var existing)) return existing;
        var node = new Node(this, nodes.Count, operation, inputs, shape);
        nodes.Add(node);
        if (!operation.IsUnique) shared[key] = node;
        return node;
    }

    /// <summary>The value of an operation on constants alone; null where it is better computed: a constant keeps its
    /// memory throughout, so none is made that is much larger than what it comes from.</summary>
    private static float? Folded(Operation operation, Node[] inputs, Shape shape)
    {
        const int small = 4096;
        if (inputs.Length == 0 || operation.IsEffect) return null;
        if (shape.Count > Math.Max(small, inputs.Max(input => input.Shape.Count))) return null;
        var values = new float[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Operation is not Constant constant) return null;
            values[i] = constant.Value;
        }
        return operation.OfConstants(values);
    }

    /// <summary>Marks an array as changed: later reads see a new version.</summary>
    internal void Touch(StateArray array) => versions[array] = versions.GetValueOrDefault(array) + 1;

    /// <summary>The node that owns the memory behind a view.</summary>
    internal static Node Root(Node node)
    {
        while (node.Operation.IsView) node = node.Inputs[0];
        return node;
    }

    private static void Same(string operation, Node x, Node y)
    {
        if (!x.Shape.Equals(y.Shape))
            throw new ShapeException($"{operation} of {x.Shape} and {y.Shape}: shapes must be equal, axis by axis");
    }

    /// <summary>The shape belongs to it: leaves such as constants and draws have nothing else to differ by.</summary>
    private readonly struct Key(Operation operation, Node[] inputs, Shape shape) : IEquatable<Key>
    {
        private readonly Operation operation = operation;
        private readonly Node[] inputs = inputs;
        private readonly Shape shape = shape;

        public bool Equals(Key other) =>
            operation.Equals(other.operation) && shape.Equals(other.shape) && inputs.AsSpan().SequenceEqual(other.inputs);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(operation);
            hash.Add(shape);
            foreach (var input in inputs) hash.Add(input.Id);
            return hash.ToHashCode();
        }
    }
}
