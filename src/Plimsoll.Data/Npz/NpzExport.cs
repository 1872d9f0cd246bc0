using System.Globalization;

namespace Plimsoll.Data;

/// <summary>
/// Writes a dataset in DSRL's layout as npz: flat binary32 arrays, end markers as 0 and 1; the task, the horizon and
/// the source facts as arrays of one text.
/// </summary>
public static class NpzExport
{
    /// <param name="dataset">What to write.</param>
    /// <param name="path">Where to; a file that is there is replaced once the new one is whole.</param>
    public static ExportOutcome Write(Dataset dataset, string path)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FileReplacement.Write(path, file =>
        {
            WriteAll(dataset, file);
            return null;
        });
    }

    private static void WriteAll(Dataset dataset, string path)
    {
        using var writer = new NpzWriter(path);
        long count = dataset.Count;
        writer.Add(DatasetKeys.Observations, [count, dataset.ObservationSize], dataset.Observations);
        writer.Add(DatasetKeys.NextObservations, [count, dataset.ObservationSize], dataset.NextObservations);
        writer.Add(DatasetKeys.Actions, [count, dataset.ActionSize], dataset.Actions);
        writer.Add(DatasetKeys.Rewards, [count], dataset.Rewards);
        writer.Add(DatasetKeys.Costs, [count], dataset.Costs);
        writer.Add(DatasetKeys.Terminals, [count], dataset.Terminals);
        writer.Add(DatasetKeys.Timeouts, [count], dataset.Timeouts);
        var texts = dataset.Metadata.Facts
            .SetItem(DsrlExport.TaskAttribute, dataset.Metadata.Task)
            .SetItem(DsrlExport.HorizonAttribute, dataset.Metadata.Horizon.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, text) in texts.Where(text => !DatasetKeys.All.Contains(text.Key)))
        {
            writer.AddText(name, text);
        }
    }
}
