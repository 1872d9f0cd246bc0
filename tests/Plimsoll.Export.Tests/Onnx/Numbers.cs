namespace Plimsoll.Export.Tests.Onnx;

/// <summary>An array in binary64, whatever the type in the file.</summary>
public sealed record Numbers(int[] Shape, double[] Values)
{
    public int Rank => Shape.Length;

    public static int Count(IEnumerable<int> shape) => shape.Aggregate(1, (n, size) => n * size);

    public static Numbers Scalar(double value) => new([], [value]);

    public long[] Wholes => [.. Values.Select(value => (long)value)];

    /// <summary>Axis numbers from the end are negative.</summary>
    public int Axis(long axis) => (int)(axis < 0 ? axis + Rank : axis);

    public Numbers Map(Func<double, double> f) => this with { Values = [.. Values.Select(f)] };

    /// <summary>As NumPy repeats: sizes from the last axis on are equal, or 1.</summary>
    public static Numbers Repeated(Func<double[], double> f, params Numbers[] xs)
    {
        var rank = xs.Max(x => x.Rank);
        var shape = new int[rank];
        for (var axis = 0; axis < rank; axis++)
        {
            var sizes = xs.Select(x => x.SizeAt(axis, rank)).Where(size => size != 1).Distinct().ToArray();
            if (sizes.Length > 1) throw new InvalidDataException($"sizes {string.Join(" and ", sizes)} at one axis");
            shape[axis] = sizes.Length == 0 ? 1 : sizes[0];
        }
        var values = new double[Count(shape)];
        var operands = new double[xs.Length];
        for (var i = 0; i < values.Length; i++)
        {
            for (var k = 0; k < xs.Length; k++) operands[k] = xs[k].At(i, shape);
            values[i] = f(operands);
        }
        return new Numbers(shape, values);
    }

    public Numbers Expanded(long[] to)
    {
        int[] shape = [.. to.Select(size => (int)size)];
        return Repeated(operands => operands[0], this, new Numbers(shape, new double[Count(shape)]));
    }

    /// <summary>Result axis i is axis order[i].</summary>
    public Numbers Turned(IReadOnlyList<long> order)
    {
        int[] shape = [.. order.Select(axis => Shape[axis])];
        return Taken(shape, place => [.. Enumerable.Range(0, Rank).Select(
            axis => place[Enumerable.Range(0, Rank).First(i => order[i] == axis)])]);
    }

    /// <summary>The element of this at a place that follows from the result's place.</summary>
    public Numbers Taken(int[] shape, Func<int[], int[]> from)
    {
        var values = new double[Count(shape)];
        for (var i = 0; i < values.Length; i++) values[i] = Values[Index(Shape, from(Place(shape, i)))];
        return new Numbers(shape, values);
    }

    /// <summary>Folds an axis away.</summary>
    public Numbers Over(int axis, Func<double[], double> fold)
    {
        int[] shape = [.. Shape.Where((_, k) => k != axis)];
        var values = new double[Count(shape)];
        for (var i = 0; i < values.Length; i++)
        {
            var place = Place(shape, i).ToList();
            values[i] = fold([.. Enumerable.Range(0, Shape[axis]).Select(
                k => Values[Index(Shape, [.. place[..axis], k, .. place[axis..]])])]);
        }
        return new Numbers(shape, values);
    }

    /// <summary>Each row of the last axis by itself.</summary>
    public Numbers Rows(Func<double[], double[]> f)
    {
        var width = Shape[^1];
        return this with
        {
            Values = [.. Enumerable.Range(0, Values.Length / width).SelectMany(
                row => f(Values[(row * width)..((row + 1) * width)]))],
        };
    }

    private static int[] Place(int[] shape, int index)
    {
        var place = new int[shape.Length];
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            place[axis] = index % shape[axis];
            index /= shape[axis];
        }
        return place;
    }

    private static int Index(int[] shape, int[] place) =>
        shape.Select((size, axis) => (size, axis)).Aggregate(0, (index, at) => index * at.size + place[at.axis]);

    private int SizeAt(int axis, int rank) => axis < rank - Rank ? 1 : Shape[axis - (rank - Rank)];

    private double At(int index, int[] shape)
    {
        var (own, stride) = (0, 1);
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            var place = index % shape[axis];
            index /= shape[axis];
            var size = SizeAt(axis, shape.Length);
            if (size > 1) own += place * stride;
            stride *= size;
        }
        return Values[own];
    }
}
