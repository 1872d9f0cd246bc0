using Plimsoll.Numerics.Graph.Operations;

namespace Plimsoll.Numerics.Tests.Float64;

internal static partial class Definitions
{
    private static void AddSoftmax()
    {
        Add<Softmax>((_, node, x) => ByRow(x[0], node.Shape.Columns, Softmaxed));
        Add<LogSoftmax>((_, node, x) => ByRow(x[0], node.Shape.Columns, row => [.. row.Select(v => v - LogSum(row))]));
        Add<LogSumExpLast>((_, node, x) => ByRow(x[0], node.Inputs[0].Shape.Columns, row => [LogSum(row)]));
        // By the Jacobian: dy_j/dx_i = y_j (δ_ij - y_i).
        Add<SoftmaxGradient>((_, node, x) =>
        {
            var columns = node.Shape.Columns;
            return Each(node.Shape.Count, i =>
            {
                var row = i / columns * columns;
                double sum = 0;
                for (var j = row; j < row + columns; j++) sum += x[0][j] * x[1][j] * ((i == j ? 1 : 0) - x[1][i]);
                return sum;
            });
        });
        // By the Jacobian: dy_j/dx_i = δ_ij - exp(y_i).
        Add<LogSoftmaxGradient>((_, node, x) =>
        {
            var columns = node.Shape.Columns;
            return Each(node.Shape.Count, i =>
            {
                var row = i / columns * columns;
                double sum = 0;
                for (var j = row; j < row + columns; j++) sum += x[0][j] * ((i == j ? 1 : 0) - Math.Exp(x[1][i]));
                return sum;
            });
        });
        Add<LogSumExpGradient>((_, node, x) =>
            Each(node.Shape.Count, i => x[0][i / node.Shape.Columns] * Math.Exp(x[1][i] - x[2][i / node.Shape.Columns])));
    }

    private static double[] Softmaxed(double[] row) => [.. row.Select(v => Math.Exp(v - LogSum(row)))];

    private static double LogSum(double[] row) => row.Max() + Math.Log(row.Sum(v => Math.Exp(v - row.Max())));

    private static double[] ByRow(double[] x, int columns, Func<double[], double[]> of) =>
        [.. x.Chunk(columns).SelectMany(of)];
}
