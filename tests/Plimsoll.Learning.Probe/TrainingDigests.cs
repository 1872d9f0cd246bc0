using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Probe;

/// <summary>SHA-256 of all that each training program carries after 200 steps, one line a program and size; after 5
/// steps for those of <see cref="NetworkPrograms"/>.</summary>
public static class TrainingDigests
{
    private const int Steps = 200;

    /// <summary>
    /// Small, and meeting every path of the products: widths below 8 (actions, values), from 8 to 33, odd ones beside
    /// multiples of vectors, depths beyond a block of 256 forward (deep) and over the batch (long), batches above and
    /// below 64. Only wide has instructions large enough to be split over threads.
    /// </summary>
    public static IReadOnlyList<ProgramSizes> Sizes { get; } =
    [
        new("narrow", [9], new(5, 1, 3, 3, 0.1f), 5, 1, Steps),
        new("odd", [17, 10], new(9, 1, 7, 5, 0.1f), 65, 2, Steps),
        new("deep", [258, 8], new(65, 1, 3, 2, 0.25f), 3, 1, Steps),
        new("long", [8], new(3, 1, 3, 2, 0.1f), 261, 1, Steps),
        new("wide", [40, 24], new(24, 1, 16, 8, 0.1f), 300, 2, Steps),
    ];

    /// <summary>Stands for the programs of <see cref="NetworkPrograms"/>, which have one size of their own and run few
    /// steps: the transformer is slow without vectors.</summary>
    public const string Networks = "networks";

    private const int NetworkSteps = 5;

    /// <param name="chosen">Sizes by name.</param>
    public static IEnumerable<string> Lines(int threads, IReadOnlyCollection<string> chosen)
    {
        using var data = TrainingTable.Data();
        using var starts = StateTable.Starts(data);
        using var team = new Team(threads);
        foreach (var sizes in Sizes.Where(s => chosen.Contains(s.Name)))
        {
            foreach (var name in TrainingTable.Names)
            {
                using var training = TrainingTable.Of(name)(
                    sizes, new DatasetTables(data), starts, RandomRoot.Of(0, name), team);
                training.Advance(0, Steps);
                yield return $"{name} | {sizes.Name} | {Digest(training.Carried)}";
            }
        }
        if (!chosen.Contains(Networks)) yield break;
        foreach (var (name, build) in NetworkPrograms.All)
        {
            using var training = build(RandomRoot.Of(0, name), team);
            training.Advance(0, NetworkSteps);
            yield return $"{name} | {Networks} | {Digest(training.Carried)}";
        }
    }

    /// <summary>Empties the logs of points.</summary>
    private static string Digest(Carried carried)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var array in carried.State.Arrays)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{array.Name} {array.Shape}\n"));
            hash.AppendData(MemoryMarshal.AsBytes(array.Values));
        }
        foreach (var counter in carried.State.Counters)
            hash.AppendData(Encoding.UTF8.GetBytes($"{counter.Name} {counter.Value}\n"));
        foreach (var metric in carried.Accumulators)
        {
            hash.AppendData(BitConverter.GetBytes(metric.Last));
            hash.AppendData(BitConverter.GetBytes(metric.Sum));
            hash.AppendData(BitConverter.GetBytes(metric.Count));
        }
        var curves = new TrainingCurves();
        foreach (var log in carried.Points) log.MoveTo(curves);
        foreach (var name in curves.Names)
        {
            var (steps, values) = curves[name];
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {steps.Count}\n"));
            hash.AppendData(MemoryMarshal.AsBytes<float>(steps.ToArray()));
            hash.AppendData(MemoryMarshal.AsBytes<float>(values.ToArray()));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
