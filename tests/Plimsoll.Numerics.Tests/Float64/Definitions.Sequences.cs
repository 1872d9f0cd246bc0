using Plimsoll.Numerics.Graph.Operations;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Numerics.Tests.Float64;

internal static partial class Definitions
{
    private static void AddSequences()
    {
        Add<ToRows>((rows, _, x, e) => Each(x[0].Length, i =>
        {
            var row = Math.Clamp(Math.Floor(x[0][i]), 0, rows.Bound - 1);
            e.Decide((int)row);
            return row;
        }));
        Add<WindowRows>((window, node, x) => Each(node.Shape.Count, i =>
            Math.Clamp(x[0][i / node.Shape.Columns] + window.First + i % node.Shape.Columns, 0, window.Bound - 1)));
        Add<Lookup>((_, node, x) =>
        {
            var columns = node.Shape.Columns;
            return Each(node.Shape.Count, i => x[0][(int)x[1][i / columns] * columns + i % columns]);
        });
        Add<ScatterRows>((_, node, x) =>
        {
            var columns = node.Shape.Columns;
            var table = new double[node.Shape.Count];
            for (var i = 0; i < x[0].Length; i++) table[(int)x[1][i / columns] * columns + i % columns] += x[0][i];
            return table;
        });
        Add<Numerics.Graph.Operations.Attention>((attention, node, x, e) =>
        {
            var o = new double[node.Shape.Count];
            ForHeads(attention.Layout, x[0].Length, (item, at) =>
            {
                var weights = Weights(attention.Layout, x[0], x[1], x.Length > 3 ? x[3] : null, item, at);
                foreach (var (query, key, weight) in weights)
                {
                    var kept = weight * Kept(attention.Layout, item, key, query, e);
                    for (var d = 0; d < attention.Layout.Width; d++) o[at(query, d)] += kept * x[2][at(key, d)];
                }
            });
            return o;
        });
        Add<AttentionGradient>((gradient, node, x, e) =>
        {
            var size = x[0].Length;
            var result = new double[3 * size];
            ForHeads(gradient.Layout, size, (item, at) => Backward(gradient.Layout, x, e, item, at, result));
            return result;
        });
    }

    /// <summary>The chain rule weight by weight: through the value, then through the softmax's Jacobian.</summary>
    private static void Backward(
        AttentionLayout layout, double[][] x, Evaluation e, int item, Func<int, int, int> at, double[] result)
    {
        var (upstream, q, k, v, size) = (x[0], x[1], x[2], x[3], x[0].Length);
        var weights = Weights(layout, q, k, x.Length > 4 ? x[4] : null, item, at);
        foreach (var row in weights.GroupBy(w => w.Query))
        {
            var slopes = new Dictionary<int, double>();
            foreach (var (query, key, weight) in row)
            {
                var kept = Kept(layout, item, key, query, e);
                double slope = 0;
                for (var d = 0; d < layout.Width; d++)
                {
                    slope += kept * upstream[at(query, d)] * v[at(key, d)];
                    result[2 * size + at(key, d)] += kept * weight * upstream[at(query, d)];
                }
                slopes[key] = slope;
            }
            foreach (var (query, key, weight) in row)
            {
                var slope = row.Sum(w => slopes[w.Key] * w.Weight * ((w.Key == key ? 1 : 0) - weight));
                for (var d = 0; d < layout.Width; d++)
                {
                    result[at(query, d)] += slope * k[at(key, d)] / Math.Sqrt(layout.Width);
                    result[size + at(key, d)] += slope * q[at(query, d)] / Math.Sqrt(layout.Width);
                }
            }
        }
    }

    /// <summary>The weights of one head, before dropout, for the pairs that see each other.</summary>
    private static List<(int Query, int Key, double Weight)> Weights(
        AttentionLayout layout, double[] q, double[] k, double[]? mask, int item, Func<int, int, int> at)
    {
        var weights = new List<(int, int, double)>();
        for (var query = 0; query < layout.Tokens; query++)
        {
            var seen = Enumerable.Range(0, layout.IsCausal ? query + 1 : layout.Tokens)
                .Where(key => mask is null || mask[item / layout.Heads * layout.Tokens + key] != 0).ToList();
            if (seen.Count == 0) continue;
            var row = Softmaxed([.. seen.Select(key => Score(query, key))]);
            weights.AddRange(seen.Select((key, i) => (query, key, row[i])));
        }
        return weights;

        double Score(int query, int key) =>
            Enumerable.Range(0, layout.Width).Sum(d => q[at(query, d)] * k[at(key, d)]) / Math.Sqrt(layout.Width);
    }

    private static double Kept(AttentionLayout layout, int item, int key, int query, Evaluation e)
    {
        if (layout.Dropout is not { } dropout) return 1;
        var round = (layout.Tokens * layout.Tokens + 63) / 64 * 64;
        var element = item * round + key * layout.Tokens + query;
        return ReferencePhilox.KeepMask(element, dropout.Keep, dropout.Stream, (ulong)e.Step);
    }

    /// <param name="of">Takes the number of a head and where its (token, column) lies.</param>
    private static void ForHeads(AttentionLayout layout, int count, Action<int, Func<int, int, int>> of)
    {
        for (var item = 0; item < count / (layout.Tokens * layout.Width); item++)
        {
            var (sequence, head) = (item / layout.Heads, item % layout.Heads);
            of(item, (t, d) => (sequence * layout.Tokens + t) * layout.Pitch + head * layout.Width + d);
        }
    }
}
