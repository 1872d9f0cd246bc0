using System.Runtime.InteropServices;
using Plimsoll.Data;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Algorithms;

/// <summary>Chosen observations of a dataset, [M, S], as a table of its own. Dispose it after the programs that
/// read it.</summary>
public sealed unsafe class StateTable : IDisposable
{
    private readonly Table table;
    private float* memory;

    private StateTable(Dataset dataset, IReadOnlyList<int> rows)
    {
        var size = dataset.ObservationSize;
        memory = (float*)NativeMemory.AlignedAlloc((nuint)sizeof(float) * (nuint)rows.Count * (nuint)size, 64);
        for (var i = 0; i < rows.Count; i++)
        {
            dataset.Observations.Slice(rows[i] * size, size).CopyTo(new Span<float>(memory + (nint)i * size, size));
        }
        table = new Table("states", memory, rows.Count, new Axis("S", size), this);
    }

    internal Table Table
    {
        get
        {
            ObjectDisposedException.ThrowIf(memory == null, this);
            return table;
        }
    }

    /// <summary>First observations of all trajectories.</summary>
    public static StateTable Starts(Dataset dataset) => new(dataset, [.. dataset.Trajectories.Select(t => t.Start)]);

    /// <summary>All observations of the trajectories whose cost is within a limit; null when there is none.</summary>
    public static StateTable? Within(Dataset dataset, double costLimit)
    {
        var rows = dataset.Trajectories
            .Where(t => t.IsWithin(costLimit))
            .SelectMany(t => Enumerable.Range(t.Start, t.Length))
            .ToList();
        return rows.Count == 0 ? null : new StateTable(dataset, rows);
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(memory);
        memory = null;
    }
}
