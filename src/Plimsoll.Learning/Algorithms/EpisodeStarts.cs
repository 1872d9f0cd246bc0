using System.Runtime.InteropServices;
using Plimsoll.Data;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Algorithms;

/// <summary>First observations of all trajectories of a dataset, [M, S], as a table of its own.</summary>
public sealed unsafe class EpisodeStarts : IDisposable
{
    private readonly float* memory;

    public EpisodeStarts(Dataset dataset)
    {
        var (count, size) = (dataset.Trajectories.Count, dataset.ObservationSize);
        memory = (float*)NativeMemory.AlignedAlloc((nuint)(sizeof(float) * count * size), 64);
        for (var i = 0; i < count; i++)
        {
            dataset.Observations.Slice(dataset.Trajectories[i].Start * size, size)
                .CopyTo(new Span<float>(memory + (nint)i * size, size));
        }
        Table = new Table("episode starts", memory, count, new Axis("S", size));
    }

    internal Table Table { get; }

    public void Dispose() => NativeMemory.AlignedFree(memory);
}
