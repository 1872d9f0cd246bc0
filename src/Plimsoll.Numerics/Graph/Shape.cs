namespace Plimsoll.Numerics.Graph;

/// <summary>One axis of an array: a name from the field's alphabet (B batch, S state, A action,
/// E ensemble member, H hidden) and a size.</summary>
public readonly record struct Axis(string Name, int Size)
{
    /// <summary>The same axis under another name; sizes are kept.</summary>
    public Axis As(string name) => this with { Name = name };

    public override string ToString() => $"{Name}={Size}";
}

/// <summary>An ordered list of named axes, row-major. Two shapes are equal when names and sizes are:
/// a [B] mixed with a [B,1] is a build error and never a broadcast.</summary>
public sealed class Shape : IEquatable<Shape>
{
    private readonly Axis[] axes;

    public static readonly Shape Scalar = new();

    public Shape(params Axis[] axes)
    {
        foreach (var axis in axes)
        {
            if (axis.Size < 1)
                throw new ShapeException($"axis {axis.Name} has size {axis.Size}; every axis needs at least one element");
        }
        if (axes.Select(a => a.Name).Distinct().Count() != axes.Length)
            throw new ShapeException($"axis names repeat in [{string.Join(", ", axes)}]");
        this.axes = axes;
        Count = 1;
        foreach (var axis in axes) Count = checked(Count * axis.Size);
    }

    public IReadOnlyList<Axis> Axes => axes;

    public int Rank => axes.Length;

    /// <summary>Number of elements.</summary>
    public int Count { get; }

    public Axis this[Index index] => axes[index];

    /// <summary>Size of the last axis; 1 for a scalar.</summary>
    public int Columns => Rank == 0 ? 1 : axes[^1].Size;

    /// <summary>Product of all axes but the last.</summary>
    public int Rows => Count / Columns;

    public Shape WithoutLast() => new(axes[..^1]);

    public Shape WithoutFirst() => new(axes[1..]);

    public Shape WithLast(Axis last) => new([.. axes[..^1], last]);

    public Shape Append(Axis last) => new([.. axes, last]);

    public Shape Prepend(Axis first) => new([first, .. axes]);

    public bool Equals(Shape? other) => other is not null && axes.AsSpan().SequenceEqual(other.axes);

    public override bool Equals(object? obj) => Equals(obj as Shape);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var axis in axes) hash.Add(axis);
        return hash.ToHashCode();
    }

    public override string ToString() => $"[{string.Join(", ", axes)}]";
}

/// <summary>Axes that do not fit. Thrown while a graph is built, never while it runs.</summary>
public sealed class ShapeException(string message) : ArgumentException(message);
