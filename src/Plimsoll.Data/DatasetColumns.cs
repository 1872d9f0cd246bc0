namespace Plimsoll.Data;

/// <summary>
/// Where the seven arrays of a dataset lie. Memory of our own is pinned and starts at a multiple of 64 bytes,
/// so that pointers into it stay valid and vector loads from their start are aligned.
/// </summary>
internal sealed unsafe class DatasetColumns
{
    public required int Count { get; set; }

    public required int ObservationSize { get; init; }

    public required int ActionSize { get; init; }

    public required float* Observations { get; init; }

    public required float* NextObservations { get; init; }

    public required float* Actions { get; init; }

    public required float* Rewards { get; init; }

    public required float* Costs { get; init; }

    public required float* Terminals { get; init; }

    public required float* Timeouts { get; init; }

    /// <summary>What keeps the memory alive.</summary>
    public required object Owner { get; init; }

    /// <summary>Fresh memory, not cleared.</summary>
    public static DatasetColumns Allocate(int count, int observationSize, int actionSize)
    {
        var arrays = new List<float[]>(7);
        return new DatasetColumns
        {
            Count = count,
            ObservationSize = observationSize,
            ActionSize = actionSize,
            Observations = Aligned((long)count * observationSize, arrays),
            NextObservations = Aligned((long)count * observationSize, arrays),
            Actions = Aligned((long)count * actionSize, arrays),
            Rewards = Aligned(count, arrays),
            Costs = Aligned(count, arrays),
            Terminals = Aligned(count, arrays),
            Timeouts = Aligned(count, arrays),
            Owner = arrays,
        };
    }

    /// <summary>The same memory, without the rows from here on.</summary>
    public DatasetColumns First(int rows)
    {
        var first = (DatasetColumns)MemberwiseClone();
        first.Count = rows;
        return first;
    }

    public long Bytes(string key) => (long)Count * sizeof(float) * key switch
    {
        DatasetKeys.Observations or DatasetKeys.NextObservations => ObservationSize,
        DatasetKeys.Actions => ActionSize,
        _ => 1,
    };

    public float* Pointer(string key) => key switch
    {
        DatasetKeys.Observations => Observations,
        DatasetKeys.NextObservations => NextObservations,
        DatasetKeys.Actions => Actions,
        DatasetKeys.Rewards => Rewards,
        DatasetKeys.Costs => Costs,
        DatasetKeys.Terminals => Terminals,
        DatasetKeys.Timeouts => Timeouts,
        _ => throw new ArgumentOutOfRangeException(nameof(key), key, "A dataset has no such array."),
    };

    /// <summary>Copies rows of another dataset of the same sizes.</summary>
    public void CopyRows(DatasetColumns source, int sourceRow, int row, int rows)
    {
        Copy(source.Observations, Observations, ObservationSize);
        Copy(source.NextObservations, NextObservations, ObservationSize);
        Copy(source.Actions, Actions, ActionSize);
        Copy(source.Rewards, Rewards, 1);
        Copy(source.Costs, Costs, 1);
        Copy(source.Terminals, Terminals, 1);
        Copy(source.Timeouts, Timeouts, 1);

        void Copy(float* from, float* to, int width) => new ReadOnlySpan<float>(
            from + ((long)sourceRow * width), checked(rows * width))
            .CopyTo(new Span<float>(to + ((long)row * width), checked(rows * width)));
    }

    private static float* Aligned(long length, List<float[]> arrays)
    {
        const int floatsOfALine = SafetensorsWriter.Alignment / sizeof(float);
        var array =
            GC.AllocateUninitializedArray<float>(checked((int)(length + floatsOfALine)), pinned: true);
        arrays.Add(array);
        fixed (float* start = array)
        {
            // Pinned for good: the address outlives this statement.
            var address =
                ((nuint)start + SafetensorsWriter.Alignment - 1) & ~(nuint)(SafetensorsWriter.Alignment - 1);
            return (float*)address;
        }
    }
}
