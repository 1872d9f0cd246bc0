namespace Plimsoll.Export.TensorBoard;

/// <summary>TensorBoard's event files.</summary>
public static class EventFile
{
    /// <summary>
    /// TensorBoard takes every file in a run's folder whose name has `tfevents` in it. Its own writers add
    /// the time and the host; ours adds neither, so that a second export gives the same file.
    /// </summary>
    public const string Name = "events.out.tfevents.0.plimsoll";

    /// <summary>
    /// Writes the file's version and one event for each step, in ascending steps, with all series' values
    /// there in the order of the series. A step that a series has several times becomes as many events.
    /// </summary>
    /// <param name="wallTime">
    /// Seconds since 1970, of every event. 0 where nothing but the series should decide the bytes.
    /// </param>
    /// <exception cref="ArgumentException">Two series have the same tag, or a step is negative.</exception>
    public static void Write(Stream stream, IReadOnlyList<ScalarSeries> series, double wallTime = 0)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(series);
        Check(series);
        RecordFile.Append(stream, EventMessage.First(wallTime));
        foreach (var (step, values) in BySteps(series))
        {
            RecordFile.Append(stream, EventMessage.Scalars(wallTime, step, values));
        }
    }

    private static void Check(IReadOnlyList<ScalarSeries> series)
    {
        var twice = series
            .GroupBy(one => one.Tag, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            throw new ArgumentException($"two series are named {twice.Key}", nameof(series));
        }

        if (series.Any(one => one.Points.Any(point => point.Step < 0)))
        {
            throw new ArgumentException("a step is negative", nameof(series));
        }
    }

    private static IEnumerable<(long Step, List<(string, float)> Values)> BySteps(
        IReadOnlyList<ScalarSeries> series)
    {
        var events = new SortedDictionary<(long Step, int Round), List<(string, float)>>();
        foreach (var one in series)
        {
            var met = new Dictionary<long, int>();
            foreach (var (step, value) in one.Points)
            {
                var round = met.GetValueOrDefault(step);
                met[step] = round + 1;
                if (!events.TryGetValue((step, round), out var values)) events[(step, round)] = values = [];
                values.Add((one.Tag, value));
            }
        }

        return events.Select(pair => (pair.Key.Step, pair.Value));
    }
}
