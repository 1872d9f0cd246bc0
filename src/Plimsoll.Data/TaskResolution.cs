using System.Globalization;

namespace Plimsoll.Data;

/// <summary>
/// Whose data a file holds: what the caller gives against what the file records. The same rule wherever data are
/// read, and none of it looks at the file's name, because results follow from content alone.
/// </summary>
/// <param name="Task">The given name, or where the caller trusts the file the recorded one.</param>
/// <param name="Dsrl">DSRL's task of that name, or null.</param>
/// <param name="Horizon">The given one, else the recorded one; null where neither is there.</param>
/// <param name="Problem">The file records another task.</param>
internal sealed record TaskResolution(string Task, DsrlTask? Dsrl, int? Horizon, DatasetProblem? Problem)
{
    /// <summary>From the texts that exports write into a file.</summary>
    public static TaskResolution Of(
        DsrlImportOptions options, string name, IReadOnlyList<KeyValuePair<string, string>> texts)
    {
        var digits = texts.FirstOrDefault(text => text.Key == DsrlExport.HorizonAttribute).Value;
        return Of(
            options, name, texts.FirstOrDefault(text => text.Key == DsrlExport.TaskAttribute).Value,
            int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var steps) && steps > 0
                ? steps
                : null);
    }

    public static TaskResolution Of(DsrlImportOptions options, string name, string? recordedTask, int? recordedHorizon)
    {
        var recorded = string.IsNullOrWhiteSpace(recordedTask) ? options.Task : recordedTask;
        var task = options.TrustsRecorded ? recorded : options.Task;
        return new TaskResolution(
            task, DsrlTasks.Find(task), options.Horizon ?? recordedHorizon,
            AreSame(task, recorded) ? null : new DatasetProblem.OtherTask(name, recorded, task));
    }

    private static bool AreSame(string one, string other) =>
        one == other || (DsrlTasks.Find(one) is { } task && task == DsrlTasks.Find(other));
}
