using Plimsoll.Numerics.Graph.Operations;

namespace Plimsoll.Numerics.Tests.Float64;

internal static partial class Definitions
{
    private static void AddOrder()
    {
        Add<ExtremeLast>((extreme, node, x, e) =>
        {
            var columns = node.Inputs[0].Shape.Columns;
            return Each(node.Shape.Count, r =>
            {
                var row = x[0].AsSpan(r * columns, columns).ToArray();
                var value = extreme.IsLargest ? row.Max() : row.Min();
                e.Decide(Array.IndexOf(row, value));
                return value;
            });
        });
        // dy where the extreme stands first.
        Add<ExtremeGradient>((_, node, x) =>
        {
            var columns = node.Shape.Columns;
            return Each(node.Shape.Count, i =>
            {
                var r = i / columns;
                return Array.IndexOf(x[1], x[2][r], r * columns, columns) == i ? x[0][r] : 0;
            });
        });
        Add<Quantile>((quantile, _, x) =>
        {
            var sorted = x[0].Order().ToArray();
            var rank = quantile.Q * (sorted.Length - 1);
            var lower = (int)rank;
            var upper = Math.Min(lower + 1, sorted.Length - 1);
            return [sorted[lower] + (rank - lower) * (sorted[upper] - sorted[lower])];
        });
    }
}
