using Plimsoll.Numerics.Graph.Operations;

namespace Plimsoll.Numerics.Tests.Float64;

internal static partial class Definitions
{
    private static void AddReductions()
    {
        Add<SumAll>((_, _, x) => [x[0].Sum()]);
        Add<Dot>((_, _, x) => [x[0].Zip(x[1], (a, b) => a * b).Sum()]);
        Add<SumLast>((_, node, x) =>
        {
            var columns = node.Inputs[0].Shape.Columns;
            return Each(node.Shape.Count, r => x[0].Skip(r * columns).Take(columns).Sum());
        });
        Add<SumLeading>((_, node, x) =>
        {
            var count = node.Shape.Count;
            var y = new double[count];
            for (var i = 0; i < x[0].Length; i++) y[i % count] += x[0][i];
            return y;
        });
        // [B, K] to [K], or [E, B, K] to [E, K].
        Add<SumRows>((sum, node, x) =>
        {
            var shape = node.Inputs[0].Shape;
            var columns = shape.Columns;
            var each = x[0].Length / (sum.PerMember ? shape[0].Size : 1);
            var y = new double[node.Shape.Count];
            for (var i = 0; i < x[0].Length; i++) y[i / each * columns + i % columns] += x[0][i];
            return y;
        });
    }
}
