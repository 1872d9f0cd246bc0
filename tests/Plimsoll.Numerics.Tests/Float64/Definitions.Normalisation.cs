using Plimsoll.Numerics.Graph.Operations;

namespace Plimsoll.Numerics.Tests.Float64;

internal static partial class Definitions
{
    private static void AddNormalisation()
    {
        Add<LayerNorm>((_, node, x) =>
        {
            var columns = node.Shape.Columns;
            var normal = Normalised(x[0], columns).Normal;
            return Each(node.Shape.Count, i => normal[i] * x[1][i % columns] + x[2][i % columns]);
        });
        // By the Jacobian: dn_j/dx_i = (δ_ij - 1/K - n_i n_j / K) / s.
        Add<LayerNormInputGradient>((_, node, x) =>
        {
            var (dy, gain, columns) = (x[0], x[2], node.Shape.Columns);
            var (normal, deviations) = Normalised(x[1], columns);
            var dx = new double[node.Shape.Count];
            for (var at = 0; at < dx.Length; at++)
            {
                var row = at / columns * columns;
                for (var j = 0; j < columns; j++)
                {
                    var slope = (row + j == at ? 1 : 0) - (1 + normal[at] * normal[row + j]) / columns;
                    dx[at] += dy[row + j] * gain[j] * slope / deviations[at / columns];
                }
            }
            return dx;
        });
        Add<LayerNormStatistics>((_, node, x) =>
        {
            var columns = node.Inputs[0].Shape.Columns;
            var deviations = Normalised(x[0], columns).Deviations;
            return [.. x[0].Chunk(columns).Select(row => row.Average()), .. deviations.Select(d => 1 / d)];
        });
        Add<LayerNormParameterGradient>((_, node, x) =>
        {
            var columns = node.Shape.Columns;
            var normal = Normalised(x[1], columns).Normal;
            var gradients = new double[2 * columns];
            for (var i = 0; i < normal.Length; i++)
            {
                gradients[i % columns] += x[0][i] * normal[i];
                gradients[columns + i % columns] += x[0][i];
            }
            return gradients;
        });
    }

    /// <summary>(x - mean) / √(variance + ε), row by row.</summary>
    private static (double[] Normal, double[] Deviations) Normalised(double[] x, int columns)
    {
        var normal = new double[x.Length];
        var deviations = new double[x.Length / columns];
        for (var r = 0; r < deviations.Length; r++)
        {
            var row = x.AsSpan(r * columns, columns).ToArray();
            var mean = row.Average();
            deviations[r] = Math.Sqrt(row.Sum(v => (v - mean) * (v - mean)) / columns + LayerNorm.Epsilon);
            for (var c = 0; c < columns; c++) normal[r * columns + c] = (row[c] - mean) / deviations[r];
        }
        return (normal, deviations);
    }
}
