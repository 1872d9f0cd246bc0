namespace Plimsoll.Export.Tests.Onnx;

/// <summary>The operators of set 17 that policies use, by their definitions, in binary64. It shares no code with the
/// program.</summary>
public static class Evaluator
{
    private const long ToWhole = 7, ToTruth = 9;

    public static IReadOnlyDictionary<string, Numbers> Run(
        ReadModel model, IReadOnlyDictionary<string, Numbers> inputs)
    {
        var values = new Dictionary<string, Numbers>(model.Initialisers);
        foreach (var (name, array) in inputs) values.Add(name, array);
        foreach (var node in model.Nodes)
        {
            try
            {
                values.Add(node.Outputs.Single(), Of(node, [.. node.Inputs.Select(name => values[name])]));
            }
            catch (Exception fault) when (fault is not KeyNotFoundException)
            {
                throw new AssertionException($"{node.Operator} {node.Name}: {fault}");
            }
        }
        return values;
    }

    private static Numbers Of(ReadNode node, Numbers[] x) => node.Operator switch
    {
        "Add" => Numbers.Repeated(v => v[0] + v[1], x),
        "Sub" => Numbers.Repeated(v => v[0] - v[1], x),
        "Mul" => Numbers.Repeated(v => v[0] * v[1], x),
        "Div" => Numbers.Repeated(v => v[0] / v[1], x),
        "Min" => Numbers.Repeated(v => Math.Min(v[0], v[1]), x),
        "Max" => Numbers.Repeated(v => Math.Max(v[0], v[1]), x),
        "Greater" => Numbers.Repeated(v => v[0] > v[1] ? 1 : 0, x),
        "And" => Numbers.Repeated(v => v[0] != 0 && v[1] != 0 ? 1 : 0, x),
        "Where" => Numbers.Repeated(v => v[0] != 0 ? v[1] : v[2], x),
        "Clip" => x[0].Map(v => Math.Min(Math.Max(v, x[1].Values[0]), x[2].Values[0])),
        "Cast" => node.Whole("to", 0) switch
        {
            ToWhole => x[0].Map(Math.Truncate),
            ToTruth => x[0].Map(v => v != 0 ? 1 : 0),
            _ => x[0],
        },
        "Identity" => x[0],
        "Relu" => x[0].Map(v => Math.Max(v, 0)),
        "Tanh" => x[0].Map(Math.Tanh),
        "Sigmoid" => x[0].Map(v => 1 / (1 + Math.Exp(-v))),
        "Softplus" => x[0].Map(v => Math.Max(v, 0) + Math.Log(1 + Math.Exp(-Math.Abs(v)))),
        "Exp" => x[0].Map(Math.Exp),
        "Log" => x[0].Map(Math.Log),
        "Sqrt" => x[0].Map(Math.Sqrt),
        "Abs" => x[0].Map(Math.Abs),
        "Sin" => x[0].Map(Math.Sin),
        "Cos" => x[0].Map(Math.Cos),
        "Erf" => x[0].Map(Erf),
        "MatMul" => Product(x[0], x[1]),
        "Gemm" => Numbers.Repeated(v => v[0] + v[1], Product(x[0], x[1]), x[2]),
        "Transpose" => x[0].Turned(node.Wholes("perm")),
        "Unsqueeze" => Unsqueezed(x[0], x[1].Wholes),
        "Reshape" => Reshaped(x[0], x[1].Wholes),
        "Expand" => x[0].Expanded(x[1].Wholes),
        "Shape" => Sizes(node, x[0]),
        "Concat" => Joined(x, x[0].Axis(node.Whole("axis", 0))),
        "Slice" => Sliced(x[0], x[1].Wholes[0], x[2].Wholes[0], x[0].Axis(x[3].Wholes[0])),
        "Gather" => Gathered(x[0], x[1]),
        "ReduceSum" => x.Length == 1
            ? Numbers.Scalar(x[0].Values.Sum())
            : x[0].Over(x[0].Axis(x[1].Wholes.Single()), v => v.Sum()),
        "ReduceMax" => x[0].Over(x[0].Axis(node.Wholes("axes").Single()), v => v.Max()),
        "ReduceMin" => x[0].Over(x[0].Axis(node.Wholes("axes").Single()), v => v.Min()),
        "ReduceLogSumExp" => x[0].Over(x[0].Axis(node.Wholes("axes").Single()), LogSumExp),
        "Softmax" => x[0].Rows(row => [.. LogSoftmax(row).Select(Math.Exp)]),
        "LogSoftmax" => x[0].Rows(LogSoftmax),
        "LayerNormalization" => Numbers.Repeated(
            v => v[0] * v[1] + v[2], x[0].Rows(row => Normalised(row, node.Attributes["epsilon"].Single(2))), x[1], x[2]),
        var other => throw new NotSupportedException(other),
    };

    private static double LogSumExp(double[] row)
    {
        var largest = row.Max();
        return largest + Math.Log(row.Sum(v => Math.Exp(v - largest)));
    }

    private static double[] LogSoftmax(double[] row)
    {
        var all = LogSumExp(row);
        return [.. row.Select(v => v - all)];
    }

    private static double[] Normalised(double[] row, double epsilon)
    {
        var mean = row.Average();
        var deviation = Math.Sqrt(row.Average(v => (v - mean) * (v - mean)) + epsilon);
        return [.. row.Select(v => (v - mean) / deviation)];
    }

    /// <summary>The series of erf about 0, which has no cancellation in this form.</summary>
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 6) return Math.Sign(x);
        var (term, sum) = (x, x);
        for (var n = 1; n < 200; n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    /// <summary>Of the last two axes, leading ones repeated.</summary>
    private static Numbers Product(Numbers x, Numbers y)
    {
        var (m, k, n) = (x.Shape[^2], x.Shape[^1], y.Shape[^1]);
        if (y.Shape[^2] != k) throw new InvalidDataException($"sums over {k} and {y.Shape[^2]}");
        var items = Numbers.Repeated(_ => 0, Leading(x), Leading(y));
        var (xs, ys) = (Items(Leading(x), items), Items(Leading(y), items));
        var values = new double[items.Values.Length * m * n];
        for (var i = 0; i < items.Values.Length; i++)
        {
            for (var row = 0; row < m; row++)
            {
                for (var column = 0; column < n; column++)
                {
                    var sum = 0.0;
                    for (var d = 0; d < k; d++)
                        sum += x.Values[(xs[i] * m + row) * k + d] * y.Values[(ys[i] * k + d) * n + column];
                    values[(i * m + row) * n + column] = sum;
                }
            }
        }
        return new Numbers([.. items.Shape, m, n], values);

        static Numbers Leading(Numbers a)
        {
            var shape = a.Shape[..^2];
            return new Numbers(shape, [.. Enumerable.Range(0, Numbers.Count(shape)).Select(i => (double)i)]);
        }

        static int[] Items(Numbers own, Numbers all) =>
            [.. Numbers.Repeated(v => v[0], own, all).Values.Select(v => (int)v)];
    }

    private static Numbers Unsqueezed(Numbers x, long[] axes)
    {
        var rank = x.Rank + axes.Length;
        var added = axes.Select(axis => axis < 0 ? axis + rank : axis).ToHashSet();
        var sizes = new Queue<int>(x.Shape);
        return x with { Shape = [.. Enumerable.Range(0, rank).Select(k => added.Contains(k) ? 1 : sizes.Dequeue())] };
    }

    private static Numbers Reshaped(Numbers x, long[] to)
    {
        int[] shape = [.. to.Select((size, axis) => size == 0 ? x.Shape[axis] : (int)size)];
        var known = shape.Where(size => size > 0).Aggregate(1, (n, size) => n * size);
        shape = [.. shape.Select(size => size < 0 ? x.Values.Length / known : size)];
        return Numbers.Count(shape) == x.Values.Length
            ? x with { Shape = shape }
            : throw new InvalidDataException($"{x.Values.Length} numbers as [{string.Join(", ", shape)}]");
    }

    private static Numbers Sizes(ReadNode node, Numbers x)
    {
        var (start, end) = ((int)node.Whole("start", 0), (int)node.Whole("end", x.Rank));
        return new Numbers([end - start], [.. x.Shape[start..end].Select(size => (double)size)]);
    }

    private static Numbers Joined(Numbers[] xs, int axis)
    {
        int[] shape = [.. xs[0].Shape];
        shape[axis] = xs.Sum(x => x.Shape[axis]);
        var outer = Numbers.Count(shape[..axis]);
        return new Numbers(shape, [.. Enumerable.Range(0, outer).SelectMany(i => xs.SelectMany(x =>
        {
            var length = x.Values.Length / outer;
            return x.Values[(i * length)..((i + 1) * length)];
        }))]);
    }

    private static Numbers Sliced(Numbers x, long start, long end, int axis)
    {
        int[] shape = [.. x.Shape];
        shape[axis] = (int)(end - start);
        return x.Taken(shape, place => [.. place.Select((at, k) => k == axis ? at + (int)start : at)]);
    }

    /// <summary>Along the first axis.</summary>
    private static Numbers Gathered(Numbers x, Numbers rows)
    {
        var length = x.Values.Length / x.Shape[0];
        return new Numbers(
            [.. rows.Shape, .. x.Shape[1..]],
            [.. rows.Wholes.SelectMany(row => x.Values[((int)row * length)..(((int)row + 1) * length)])]);
    }
}
