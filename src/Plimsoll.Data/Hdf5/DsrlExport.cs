using System.Globalization;

namespace Plimsoll.Data;

/// <summary>
/// Writes a dataset in DSRL's HDF5 layout: flat binary32 arrays with shuffle and gzip, end markers as 0 and
/// 1, the task, the horizon and the source facts as attributes of the root.
/// </summary>
public static unsafe class DsrlExport
{
    internal const string TaskAttribute = "task";
    internal const string HorizonAttribute = "horizon";

    /// <param name="dataset">What to write.</param>
    /// <param name="path">Where to; a file that is there is replaced once the new one is whole.</param>
    /// <param name="libraryCandidates">Names of the HDF5 library to try; null for the known ones.</param>
    public static ExportOutcome Write(
        Dataset dataset, string path, IReadOnlyList<string>? libraryCandidates = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Hdf5Library.TryLoad(libraryCandidates, out var tried) is not { } library)
        {
            return new ExportOutcome.Refused(new DatasetProblem.LibraryMissing(path, tried));
        }

        return FileReplacement.Write(path, file =>
        {
            lock (Hdf5Library.Gate)
            {
                var writer = Hdf5Writer.TryCreate(library, file);
                var written = writer is not null && WriteAll(writer, dataset);
                var closed = writer is not null && writer.Close();
                GC.KeepAlive(dataset);
                return written && closed ? null : "the HDF5 library could not write it";
            }
        });
    }

    private static bool WriteAll(Hdf5Writer writer, Dataset dataset)
    {
        var columns = dataset.Columns;
        var count = (ulong)columns.Count;
        var width = (ulong)columns.ObservationSize;
        return writer.Write(DatasetKeys.Observations, [count, width], columns.Observations)
            && writer.Write(DatasetKeys.NextObservations, [count, width], columns.NextObservations)
            && writer.Write(DatasetKeys.Actions, [count, (ulong)columns.ActionSize], columns.Actions)
            && writer.Write(DatasetKeys.Rewards, [count], columns.Rewards)
            && writer.Write(DatasetKeys.Costs, [count], columns.Costs)
            && writer.Write(DatasetKeys.Terminals, [count], columns.Terminals)
            && writer.Write(DatasetKeys.Timeouts, [count], columns.Timeouts)
            && writer.WriteText(TaskAttribute, dataset.Metadata.Task)
            && writer.WriteText(
                HorizonAttribute, dataset.Metadata.Horizon.ToString(CultureInfo.InvariantCulture))
            && dataset.Metadata.Facts
                .Where(fact => fact.Key is not (TaskAttribute or HorizonAttribute))
                .All(fact => writer.WriteText(fact.Key, fact.Value));
    }
}
