using Plimsoll.Numerics.Graph.Operations;

namespace Plimsoll.Numerics.Tests.Float64;

internal static partial class Definitions
{
    private static void AddShapes()
    {
        Add<Reshape>((_, _, x) => x[0]);
        Add<Detach>((_, _, x) => x[0]);
        Add<Member>((m, node, x) => Each(node.Shape.Count, i => x[0][m.Index * node.Shape.Count + i]));
        Add<PlaceMember>((m, node, x) => Each(
            node.Shape.Count, i => i / x[0].Length == m.Index ? x[0][i % x[0].Length] : 0));
        Add<Concat>((_, node, x) =>
        {
            var y = new double[node.Shape.Count];
            var columns = node.Shape.Columns;
            var offset = 0;
            for (var part = 0; part < x.Length; part++)
            {
                var width = node.Inputs[part].Shape.Columns;
                for (var i = 0; i < x[part].Length; i++) y[i / width * columns + offset + i % width] = x[part][i];
                offset += width;
            }
            return y;
        });
        Add<Columns>((c, node, x) =>
        {
            var (width, from) = (node.Shape.Columns, node.Inputs[0].Shape.Columns);
            return Each(node.Shape.Count, i => x[0][i / width * from + c.Start + i % width]);
        });
        Add<PlaceColumns>((c, node, x) =>
        {
            var (columns, width) = (node.Shape.Columns, node.Inputs[0].Shape.Columns);
            return Each(node.Shape.Count, i =>
            {
                var column = i % columns - c.Start;
                return column >= 0 && column < width ? x[0][i / columns * width + column] : 0;
            });
        });
        Add<ConcatLeading>((_, _, x) => [.. x.SelectMany(part => part)]);
        Add<SliceLeading>((s, node, x) =>
            Each(node.Shape.Count, i => x[0][s.Start * (node.Shape.Count / s.First.Size) + i]));
        Add<PlaceLeading>((p, node, x) => Each(node.Shape.Count, i =>
        {
            var at = i - p.Start * (node.Shape.Count / p.First.Size);
            return at >= 0 && at < x[0].Length ? x[0][at] : 0;
        }));
        Add<Transpose>((_, node, x) =>
        {
            var (rows, columns) = (node.Shape[^2].Size, node.Shape[^1].Size);
            return Each(node.Shape.Count, i =>
                x[0][i / (rows * columns) * rows * columns + i % columns * rows + i / columns % rows]);
        });
        Add<BroadcastScalar>((_, node, x) => Each(node.Shape.Count, _ => x[0][0]));
        Add<BroadcastColumn>((_, node, x) => Each(node.Shape.Count, i => x[0][i / node.Shape.Columns]));
        Add<BroadcastLeading>((_, node, x) => Each(node.Shape.Count, i => x[0][i % x[0].Length]));
    }
}
