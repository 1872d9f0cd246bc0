using Plimsoll.Numerics.Graph.Operations;

namespace Plimsoll.Numerics.Graph;

public sealed partial class GraphBuilder
{
    /// <summary>The same memory under another shape with as many elements.</summary>
    public Node Reshape(Node x, Shape shape)
    {
        if (shape.Count != x.Shape.Count) throw new ShapeException($"{x.Shape} cannot be seen as {shape}");
        return shape.Equals(x.Shape) ? x : Make(new Reshape(shape), [x], shape);
    }

    /// <summary>[.., 1] seen as [..].</summary>
    public Node Squeeze(Node x)
    {
        if (x.Shape.Columns != 1) throw new ShapeException($"the last axis of {x.Shape} is not of size 1");
        return Reshape(x, x.Shape.WithoutLast());
    }

    /// <summary>[..] seen as [.., 1].</summary>
    public Node Unsqueeze(Node x, string axis) => Reshape(x, x.Shape.Append(new Axis(axis, 1)));

    /// <summary>Joins arrays [.., B, Ki] along the last axis.</summary>
    public Node Concat(string axis, params Node[] parts)
    {
        if (parts.Length == 0) throw new ShapeException("concat of nothing");
        var rows = Rowed("concat", parts[0]).Shape.WithoutLast();
        foreach (var part in parts)
        {
            if (part.Shape.Rank != parts[0].Shape.Rank || !part.Shape.WithoutLast().Equals(rows))
                throw new ShapeException($"concat of {parts[0].Shape} and {part.Shape}: all axes but the last must be equal");
        }
        return Make(new Concat(axis), parts, rows.Append(new Axis(axis, parts.Sum(p => p.Shape.Columns))));
    }

    /// <summary>Columns [start, start + axis.Size) of the last axis.</summary>
    public Node Columns(Node x, int start, Axis axis)
    {
        if (start < 0 || start + (long)axis.Size > Rowed("columns", x).Shape.Columns)
            throw new ShapeException($"columns {start}..{start + axis.Size} do not lie in {x.Shape}");
        return Make(new Columns(start, axis), [x], x.Shape.WithLast(axis));
    }

    /// <summary>Member e of the leading axis: [E, ..] to [..].</summary>
    public Node Member(Node x, int member)
    {
        if (x.Shape.Rank == 0 || member < 0 || member >= x.Shape[0].Size)
            throw new ShapeException($"{x.Shape} has no member {member}");
        return Make(new Member(member), [x], x.Shape.WithoutFirst());
    }

    /// <summary>A scalar repeated over a shape.</summary>
    public Node Broadcast(Node scalar, Shape shape)
    {
        if (scalar.Shape.Rank != 0) throw new ShapeException($"{scalar} is not a scalar");
        return shape.Rank == 0 ? scalar : Make(new BroadcastScalar(shape), [scalar], shape);
    }

    /// <summary>c [.., B] repeated along a new last axis.</summary>
    public Node BroadcastColumn(Node column, Axis last) =>
        Make(new BroadcastColumn(last), [column], column.Shape.Append(last));

    /// <summary>x [..] repeated along a new first axis, such as ensemble members.</summary>
    public Node BroadcastLeading(Node x, Axis first) =>
        Make(new BroadcastLeading(first), [x], x.Shape.Prepend(first));

    /// <summary>Sum of all elements, by the fixed tree.</summary>
    public Node Sum(Node x) => x.Shape.Rank == 0 ? x : Make(new SumAll(), [x], Shape.Scalar);

    /// <summary>Mean of all elements: the sum by the fixed tree, times 1/n.</summary>
    public Node Mean(Node x) => Scale(Sum(x), 1f / x.Shape.Count);

    /// <summary>Sum over the last axis: [.., B, K] to [.., B].</summary>
    public Node SumLast(Node x) => Make(new SumLast(), [Rowed("sum", x)], x.Shape.WithoutLast());

    /// <summary>Sum over the leading axis, members in ascending order: [E, ..] to [..].</summary>
    public Node SumLeading(Node x) => Make(new SumLeading(), [Rowed("sum", x)], x.Shape.WithoutFirst());

    /// <summary>Mean over the leading axis: [E, ..] to [..].</summary>
    public Node MeanLeading(Node x) => Scale(SumLeading(x), 1f / x.Shape[0].Size);

    /// <summary>Smallest member: [E, ..] to [..].</summary>
    public Node MinLeading(Node x) => Fold(x, Minimum);

    /// <summary>Largest member: [E, ..] to [..].</summary>
    public Node MaxLeading(Node x) => Fold(x, Maximum);

    /// <summary>Population standard deviation over the leading axis: [E, ..] to [..]. Its gradient is NaN where all
    /// members agree.</summary>
    public Node DeviationLeading(Node x) =>
        Sqrt(MeanLeading(Square(x - BroadcastLeading(MeanLeading(x), x.Shape[0]))));

    /// <summary>Sum over corresponding arrays of their inner products, in list order.</summary>
    public Node Dot(IReadOnlyList<Node> xs, IReadOnlyList<Node> ys)
    {
        if (xs.Count != ys.Count || xs.Count == 0)
            throw new ShapeException($"dot of {xs.Count} and {ys.Count} arrays");
        return xs.Zip(ys, Dot).Aggregate(Add);
    }

    /// <summary>Inner product over all elements, by the fixed tree.</summary>
    public Node Dot(Node x, Node y)
    {
        Same("dot", x, y);
        return Make(new Dot(), [x, y], Shape.Scalar);
    }

    private Node Fold(Node x, Func<Node, Node, Node> combine)
    {
        var result = Member(x, 0);
        for (var e = 1; e < x.Shape[0].Size; e++) result = combine(result, Member(x, e));
        return result;
    }
}
