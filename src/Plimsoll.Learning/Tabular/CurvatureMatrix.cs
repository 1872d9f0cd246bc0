namespace Plimsoll.Learning.Tabular;

/// <summary>
/// The curvature sum of weight v v' of a dual, [N,N] by its lower triangle, and Newton's direction of it. A ridge,
/// relative to the largest curvature, keeps directions that nothing curves (such as a constant, which changes all
/// terms alike) from being infinite. Binary64; bitwise.
/// </summary>
internal sealed class CurvatureMatrix
{
    private readonly double[][] lower;

    internal CurvatureMatrix(int size) => lower = [.. Enumerable.Range(1, size).Select(length => new double[length])];

    /// <summary>Adds weight v v'; of v the first N entries count.</summary>
    internal void Add(double weight, double[] v)
    {
        for (var i = 0; i < lower.Length; i++)
        {
            var (row, factor) = (lower[i], weight * v[i]);
            for (var j = 0; j < row.Length && factor != 0.0; j++)
            {
                row[j] += factor * v[j];
            }
        }
    }

    /// <summary>d [N] with (this + ridge times its largest curvature) d = -gradient, of which the first N entries
    /// count. ArithmeticException where there is none.</summary>
    internal double[] NewtonDirection(double[] gradient, double ridge)
    {
        var size = lower.Length;
        var least = 1e-300;
        for (var i = 0; i < size; i++)
        {
            least = Math.Max(least, ridge * lower[i][i]);
        }
        var matrix = new double[size, size];
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                matrix[i, j] = matrix[j, i] = lower[i][j] + (i == j ? least : 0.0);
            }
        }
        return LinearSystem.Solve(matrix, [.. gradient.Take(size).Select(g => -g)]);
    }
}
