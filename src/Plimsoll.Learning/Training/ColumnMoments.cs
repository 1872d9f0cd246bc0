namespace Plimsoll.Learning.Training;

/// <summary>
/// Mean and population deviation of each column of rows [N, K]. Two passes in binary64, rows in ascending order;
/// bitwise.
/// </summary>
/// <param name="Mean">[K].</param>
/// <param name="Deviation">[K], at least 0.</param>
public sealed record ColumnMoments(double[] Mean, double[] Deviation)
{
    /// <param name="rows">N K numbers, row by row; N at least 1.</param>
    /// <param name="columns">K, at least 1.</param>
    public static ColumnMoments Of(ReadOnlySpan<float> rows, int columns)
    {
        var (mean, deviation) = (new double[columns], new double[columns]);
        var count = rows.Length / columns;
        for (var i = 0; i < count * columns; i++) mean[i % columns] += rows[i];
        for (var k = 0; k < columns; k++) mean[k] /= count;
        for (var i = 0; i < count * columns; i++)
        {
            var distance = rows[i] - mean[i % columns];
            deviation[i % columns] += distance * distance;
        }
        for (var k = 0; k < columns; k++) deviation[k] = Math.Sqrt(deviation[k] / count);
        return new ColumnMoments(mean, deviation);
    }
}
