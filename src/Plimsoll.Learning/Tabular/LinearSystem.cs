namespace Plimsoll.Learning.Tabular;

/// <summary>Dense linear equations by Gaussian elimination with partial pivoting; binary64, bitwise,
/// O(n^3).</summary>
internal static class LinearSystem
{
    /// <summary>x with A x = b. Throws ArithmeticException when a pivot is 0 or not finite.</summary>
    public static double[] Solve(double[,] matrix, double[] right)
    {
        var n = right.Length;
        var a = (double[,])matrix.Clone();
        var x = (double[])right.Clone();
        for (var i = 0; i < n; i++)
        {
            var pivot = i;
            for (var row = i + 1; row < n; row++)
            {
                if (Math.Abs(a[row, i]) > Math.Abs(a[pivot, i]))
                {
                    pivot = row;
                }
            }
            if (a[pivot, i] == 0.0 || !double.IsFinite(a[pivot, i]))
            {
                throw new ArithmeticException("The linear system has no unique solution.");
            }
            for (var j = 0; j < n; j++)
            {
                (a[i, j], a[pivot, j]) = (a[pivot, j], a[i, j]);
            }
            (x[i], x[pivot]) = (x[pivot], x[i]);
            for (var row = i + 1; row < n; row++)
            {
                var factor = a[row, i] / a[i, i];
                for (var j = i; j < n; j++)
                {
                    a[row, j] -= factor * a[i, j];
                }
                x[row] -= factor * x[i];
            }
        }
        for (var i = n - 1; i >= 0; i--)
        {
            for (var j = i + 1; j < n; j++)
            {
                x[i] -= a[i, j] * x[j];
            }
            x[i] /= a[i, i];
        }
        return x;
    }
}
