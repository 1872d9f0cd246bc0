using Plimsoll.Numerics.Graph.Operations;

namespace Plimsoll.Numerics.Graph;

public sealed partial class GraphBuilder
{
    /// <summary>[A, B, ..] seen as [AB, ..]: what works on rows, such as <see cref="Linear"/>, then takes sequences
    /// [B, T, D] too. <see cref="SplitLeading"/> is the way back. No copy.</summary>
    /// <param name="name">Name of the joint axis.</param>
    public Node MergeLeading(Node x, string name)
    {
        if (x.Shape.Rank < 2) throw new ShapeException($"{x.Shape} has no two leading axes to merge");
        var merged = new Axis(name, checked(x.Shape[0].Size * x.Shape[1].Size));
        return Reshape(x, new Shape([merged, .. x.Shape.Axes.Skip(2)]));
    }

    /// <summary>[AB, ..] seen as [A, B, ..]. No copy.</summary>
    public Node SplitLeading(Node x, Axis first, Axis second)
    {
        if (x.Shape.Rank < 1 || x.Shape[0].Size != (long)first.Size * second.Size)
            throw new ShapeException($"the leading axis of {x.Shape} does not split into {first} and {second}");
        return Reshape(x, new Shape([first, second, .. x.Shape.Axes.Skip(1)]));
    }

    /// <summary>Joins arrays [Ai, ..] along the leading axis: to [ΣA, ..].</summary>
    /// <param name="axis">Name of the joint axis.</param>
    public Node ConcatLeading(string axis, params Node[] parts)
    {
        if (parts.Length == 0) throw new ShapeException("concat of no arrays");
        foreach (var part in parts)
        {
            if (part.Shape.Rank == 0 || !part.Shape.WithoutFirst().Equals(parts[0].Shape.WithoutFirst()))
                throw new ShapeException(
                    $"concat along the leading axis of {parts[0].Shape} and {part.Shape}: all axes but the first must be equal");
        }
        var joint = new Axis(axis, parts.Sum(p => p.Shape[0].Size));
        return Make(new ConcatLeading(axis), parts, parts[0].Shape.WithoutFirst().Prepend(joint));
    }

    /// <summary>Arrays of one shape [..] as the members of a new leading axis: [A, ..].</summary>
    /// <param name="axis">Name of the new axis; its size is the number of arrays.</param>
    public Node StackLeading(string axis, params Node[] parts)
    {
        foreach (var part in parts) Same("stack", parts[0], part);
        return ConcatLeading(axis, [.. parts.Select(p => Reshape(p, p.Shape.Prepend(new Axis(axis, 1))))]);
    }

    /// <summary>Members [start, start + axis.Size) of the leading axis: [A, ..] to [axis, ..]. No copy.</summary>
    public Node SliceLeading(Node x, int start, Axis axis)
    {
        if (x.Shape.Rank == 0 || start < 0 || (long)start + axis.Size > x.Shape[0].Size)
            throw new ShapeException($"members {start}..{(long)start + axis.Size} do not lie in {x.Shape}");
        return Make(new SliceLeading(start, axis), [x], x.Shape.WithoutFirst().Prepend(axis));
    }
}
