using Plimsoll.Numerics.Graph.Operations;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Numerics.Graph;

public sealed partial class GraphBuilder
{
    /// <summary>
    /// act(x W + b). x [B, I] or [E, B, I]; W [I, O] or [E, I, O]; b [O] or [E, O] or none. A shared x with
    /// member weights gives [E, B, O].
    /// </summary>
    public Node Linear(Node x, Node weight, Node? bias, Activation activation = Activation.None)
    {
        var shape = Operations.Linear.Infer(x.Shape, weight.Shape, bias?.Shape);
        return Make(new Linear(activation), bias is null ? [x, weight] : [x, weight, bias], shape);
    }

    /// <summary>Layer normalisation over the last axis (eps 1e-5); gain and offset [H].</summary>
    public Node LayerNorm(Node x, Node gain, Node offset)
    {
        if (x.Shape.Rank == 0 || gain.Shape.Rank != 1 || gain.Shape.Count != x.Shape.Columns || !gain.Shape.Equals(offset.Shape))
            throw new ShapeException($"layer norm of {x.Shape} with gain {gain.Shape} and offset {offset.Shape}");
        return Make(new LayerNorm(), [x, gain, offset], x.Shape);
    }

    /// <summary>Uniform draws on the open interval (0, 1), addressed by (stream, step, element).</summary>
    public Node Uniform(StreamAddress stream, Shape shape) =>
        Make(new RandomDraw(DrawKind.Uniform, stream, 0f), [], shape);

    /// <summary>Standard normal draws, addressed likewise.</summary>
    public Node Normal(StreamAddress stream, Shape shape) =>
        Make(new RandomDraw(DrawKind.Normal, stream, 0f), [], shape);

    /// <summary>Dropout mask: 1/keep with probability keep in (0, 1], else 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probability lies outside of (0, 1].</exception>
    public Node KeepMask(StreamAddress stream, Shape shape, float keep)
    {
        if (!(keep is > 0f and <= 1f))
            throw new ArgumentOutOfRangeException(nameof(keep), keep, "the probability to keep lies in (0, 1]");
        return Make(new RandomDraw(DrawKind.KeepMask, stream, keep), [], shape);
    }

    /// <summary>B row numbers drawn with replacement from 0..bound-1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no row to draw.</exception>
    public RowIndices Rows(StreamAddress stream, Axis batch, int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        return new(Make(new DrawRows(stream, bound), [], new Shape(batch)));
    }

    /// <summary>Rows of a table: row numbers [..] to [.., K], or to [..] for a table of one column.</summary>
    /// <exception cref="ShapeException">The row numbers may reach beyond the table.</exception>
    public Node Gather(Table table, RowIndices rows)
    {
        if (rows.Bound > table.Rows)
            throw new ShapeException($"gather from {table.Rows} rows of {table.Name}: the row numbers go up to {rows.Bound - 1}");
        var shape = rows.Node.Shape;
        return Make(new Gather(table), [rows.Node], table.Column is { } column ? shape.Append(column) : shape);
    }

    /// <summary>All rows of a table: [N, K] with the batch axis B = N, or [N].</summary>
    public Node Read(Table table)
    {
        var batch = new Axis("B", table.Rows);
        return Make(new WholeTable(table), [], table.Column is { } column ? new Shape(batch, column) : new Shape(batch));
    }

    /// <summary>One Adam or AdamW step on each parameter. Gradients stand in the order of the parameters.</summary>
    public void Adam(AdamOptimiser optimiser, Node[] gradients, Node learningRate, Node? gradientScale = null)
    {
        optimiser.Check(gradients);
        Node[] inputs = [.. gradients, learningRate, gradientScale ?? Constant(1f)];
        RefuseUpdatedInputs("adam", optimiser.Parameters, [.. optimiser.FirstMoments, .. optimiser.SecondMoments], inputs);
        Make(new AdvanceCounter(optimiser), [], Shape.Scalar);
        Make(new AdamStep(optimiser), inputs, Shape.Scalar);
        foreach (var array in optimiser.Parameters.Concat(optimiser.FirstMoments).Concat(optimiser.SecondMoments))
            Touch(array);
    }

    /// <summary>One step of an optimiser down the gradient of a scalar loss with respect to its parameters.</summary>
    public void Minimise(AdamOptimiser optimiser, Node loss, Node learningRate) =>
        Adam(optimiser, Gradients(loss, [.. optimiser.Parameters.Select(Read)]), learningRate);

    /// <summary>p &lt;- p - learningRate * scale * gradient, for each parameter.</summary>
    public void Sgd(IReadOnlyList<StateArray> parameters, Node[] gradients, Node learningRate, Node? gradientScale = null)
    {
        if (gradients.Length != parameters.Count)
            throw new ShapeException($"{gradients.Length} gradients for {parameters.Count} parameters");
        for (var i = 0; i < gradients.Length; i++)
        {
            if (!parameters[i].Shape.Equals(gradients[i].Shape))
                throw new ShapeException($"gradient {gradients[i].Shape} does not fit {parameters[i].Name} {parameters[i].Shape}");
            Make(new SgdStep(parameters[i]), [gradients[i], learningRate, gradientScale ?? Constant(1f)], gradients[i].Shape);
            Touch(parameters[i]);
        }
    }

    /// <summary>target &lt;- target + rate (source - target), array by array, all of them at once.</summary>
    /// <exception cref="InvalidOperationException">An array is a target twice, or a target and another's source.
    /// </exception>
    public void Polyak(IReadOnlyList<StateArray> targets, IReadOnlyList<StateArray> sources, float rate)
    {
        if (targets.Count != sources.Count) throw new ShapeException("Polyak: as many targets as sources");
        if (targets.Count == 0) return;
        for (var i = 0; i < targets.Count; i++)
        {
            if (!sources[i].Shape.Equals(targets[i].Shape))
                throw new ShapeException(
                    $"Polyak: {targets[i].Name} {targets[i].Shape} and {sources[i].Name} {sources[i].Shape}");
        }
        Node[] inputs = [.. sources.Select(Read)];
        RefuseUpdatedInputs("polyak", targets, [], inputs);
        Make(new PolyakStep(targets, rate), inputs, Shape.Scalar);
        foreach (var target in targets) Touch(target);
    }

    /// <summary>The arrays are updated side by side, so none may be an input of another one's update; input i may be
    /// array i itself, none one of the others that change with them.</summary>
    private static void RefuseUpdatedInputs(
        string operation, IReadOnlyList<StateArray> updated, IReadOnlyList<StateArray> others, Node[] inputs)
    {
        if (updated.GroupBy(array => array).FirstOrDefault(same => same.Count() > 1) is { Key: var twice })
            throw new InvalidOperationException($"{operation} would update {twice.Name} twice at once");
        for (var i = 0; i < inputs.Length; i++)
        {
            if (Root(inputs[i]).Operation is not Variable { Array: var array }) continue;
            if (updated.Where((other, k) => k != i && other == array).Any() || others.Contains(array))
                throw new InvalidOperationException(
                    $"{operation} would read {array.Name} while it updates it; let one {operation} follow the other");
        }
    }

    /// <summary>min(1, limit / (norm + 1e-6)): the factor that clips gradients by their global norm.</summary>
    public Node ClipFactor(Node[] gradients, float limit)
    {
        var norm = Sqrt(Dot(gradients, gradients)) + 1e-6f;
        return Minimum(Constant(1f), Constant(limit) / norm);
    }
}

/// <summary>Row numbers, kept apart from numbers so that they cannot be added or multiplied.</summary>
public sealed class RowIndices
{
    internal RowIndices(Node node) => Node = node;

    internal Node Node { get; }

    /// <summary>Every number lies below it.</summary>
    internal int Bound => Node.Operation switch
    {
        DrawRows draw => draw.Bound,
        ToRows converted => converted.Bound,
        WindowRows window => window.Bound,
        var other => throw new InvalidOperationException($"{other.Name} gives no row numbers"),
    };
}
