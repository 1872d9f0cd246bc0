using Plimsoll.Numerics.Graph;

namespace Plimsoll.Numerics.Runtime;

/// <summary>A read-only table of a dataset, [N, K] or [N], that stays where it is (a memory-mapped file)
/// and from which a graph gathers rows.</summary>
public sealed unsafe class Table
{
    /// <param name="name">For messages and the printed plan.</param>
    /// <param name="pointer">First element; must outlive every program that uses the table.</param>
    /// <param name="rows">N, at least 1.</param>
    /// <param name="column">The axis K; null for one number a row.</param>
    /// <param name="owner">Kept alive by every program that uses the table, so that the garbage collector does
    /// not take what the pointer points to. Disposing it early is still the caller's mistake.</param>
    public Table(string name, float* pointer, int rows, Axis? column, object? owner = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        Owner = owner;
        Name = name;
        Pointer = pointer;
        Rows = rows;
        Column = column;
    }

    public string Name { get; }

    public int Rows { get; }

    public Axis? Column { get; }

    internal float* Pointer { get; }

    internal object? Owner { get; }
}
