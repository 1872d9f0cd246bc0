using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Probe;

public static unsafe partial class KernelTable
{
    private static List<KernelCase> Reduced()
    {
        var cases = new List<KernelCase>();
        cases.Add(ToOne("Sum", 1, b => (x, y, n) => b ? Reductions.Sum(x, n) : ReferenceReductions.Sum(x, n)));
        cases.Add(ToOne(
            "Dot", 2, b => (x, y, n) => b ? Reductions.Dot(x, y, n) : ReferenceReductions.Dot(x, 1, y, 1, n)));
        cases.Add(ToOne(
            "SumOfSquares", 1, b => (x, y, n) => b ? Reductions.SumOfSquares(x, n)
                : ReferenceReductions.SumOfSquares(x, n)));
        cases.Add(ToOne(
            "AbsoluteMaximum", 1,
            b => (x, y, n) => b ? Reductions.AbsoluteMaximum(x, n) : ReferenceReductions.AbsoluteMaximum(x, n)));
        cases.Add(ToOne(
            "AllFinite", 1, b => (x, y, n) => (b ? Reductions.AllFinite(x, n)
                : ReferenceReductions.AllFinite(x, n)) ? 1 : 0));
        foreach (var accumulate in new[] { false, true })
        {
            cases.Add(new KernelCase(
                $"Reductions.SumRows, wide, accumulate {accumulate}",
                    [accumulate ? InOut(Same) : Out(Same), In(ThreeRows)],
                (b, n) => Reductions.SumRows(b[0], b[1], Rows, n, accumulate),
                (b, n) => ReferenceReductions.SumRows(b[0], b[1], Rows, n, accumulate)));
            cases.Add(new KernelCase(
                $"Reductions.SumRows, tall, accumulate {accumulate}",
                    [accumulate ? InOut(ThreeOf) : Out(ThreeOf), In(ThreeRows)],
                (b, n) => Reductions.SumRows(b[0], b[1], n, Rows, accumulate),
                (b, n) => ReferenceReductions.SumRows(b[0], b[1], n, Rows, accumulate)));
        }
        cases.Add(new KernelCase(
            "Reductions.SumColumns", [Out(ThreeOf), In(ThreeRows)],
            (b, n) => Reductions.SumColumns(b[0], b[1], Rows, n),
            (b, n) => ReferenceReductions.SumColumns(b[0], b[1], Rows, n)));
        cases.Add(Leading(
            "SumLeading", (d, x, m, n) => Reductions.SumLeading(d, x, m, n),
            (d, x, m, n) => ReferenceReductions.SumLeading(d, x, m, n)));
        cases.Add(Leading(
            "MeanLeading", (d, x, m, n) => Reductions.MeanLeading(d, x, m, n),
            (d, x, m, n) => ReferenceReductions.MeanLeading(d, x, m, n)));
        cases.Add(Leading(
            "MinLeading", (d, x, m, n) => Reductions.MinLeading(d, x, m, n),
            (d, x, m, n) => ReferenceReductions.MinLeading(d, x, m, n)));
        cases.Add(Leading(
            "MaxLeading", (d, x, m, n) => Reductions.MaxLeading(d, x, m, n),
            (d, x, m, n) => ReferenceReductions.MaxLeading(d, x, m, n)));
        cases.Add(Leading(
            "StandardDeviationLeading", (d, x, m, n) => Reductions.StandardDeviationLeading(d, x, m, n),
            (d, x, m, n) => ReferenceReductions.StandardDeviationLeading(d, x, m, n)));
        return cases;
    }

    private delegate float Reduction(float* x, float* y, int n);

    private delegate void OverMembers(float* d, float* x, int members, int n);

    /// <param name="body">The kernel for true, its specification for false.</param>
    private static KernelCase ToOne(string name, int sources, Func<bool, Reduction> body) => new(
        $"Reductions.{name}", [Out(One), .. Enumerable.Repeat(In(Same), sources)],
        (b, n) => *b[0] = body(true)(b[1], b[^1], n), (b, n) => *b[0] = body(false)(b[1], b[^1], n));

    private static KernelCase Leading(string name, OverMembers kernel, OverMembers reference) => new(
        $"Reductions.{name}", [Out(Same), In(ThreeRows)], (b, n) => kernel(b[0], b[1], Rows, n), (b, n) =>
            reference(b[0], b[1], Rows, n));

    private static List<KernelCase> Normalised()
    {
        var cases = new List<KernelCase>();
        const float epsilon = 1e-5f;
        cases.Add(new KernelCase(
            "Normalisation.LayerNorm", [Out(ThreeRows), Out(ThreeOf), Out(ThreeOf), In(ThreeRows), In(Same),
                In(Same)],
            (b, n) => Normalisation.LayerNorm(b[0], b[1], b[2], b[3], b[4], b[5], Rows, n, epsilon),
            (b, n) => ReferenceNormalisation.LayerNorm(b[0], b[1], b[2], b[3], b[4], b[5], Rows, n, epsilon),
            (0, 3)));
        cases.Add(new KernelCase(
            "Normalisation.LayerNormGradient",
            [Out(ThreeRows), In(ThreeRows), In(Same), In(ThreeOf), In(ThreeOf), In(ThreeRows)],
            (b, n) => Normalisation.LayerNormGradient(b[0], b[1], b[2], b[3], b[4], b[5], Rows, n),
            (b, n) => ReferenceNormalisation.LayerNormGradient(b[0], b[1], b[2], b[3], b[4], b[5], Rows, n),
            (0, 1), (0, 5)));
        cases.Add(new KernelCase(
            "Normalisation.LayerNormStatistics", [Out(ThreeOf), Out(ThreeOf), In(ThreeRows)],
            (b, n) => Normalisation.LayerNormStatistics(b[0], b[1], b[2], Rows, n, epsilon),
            (b, n) => ReferenceNormalisation.LayerNormStatistics(b[0], b[1], b[2], Rows, n, epsilon)));
        foreach (var accumulate in new[] { false, true })
        {
            var sums = accumulate ? InOut(Same) : Out(Same);
            cases.Add(new KernelCase(
                $"Normalisation.LayerNormParameterGradient, accumulate {accumulate}",
                [sums, sums, In(ThreeRows), In(ThreeOf), In(ThreeOf), In(ThreeRows)],
                (b, n) => Normalisation.LayerNormParameterGradient(b[0], b[1], b[2], b[3], b[4], b[5], Rows, n,
                    accumulate),
                (b, n) => ReferenceNormalisation.LayerNormParameterGradient(
                    b[0], b[1], b[2], b[3], b[4], b[5], Rows, n, accumulate)));
            cases.Add(new KernelCase(
                $"Normalisation.LayerNormParameterGradient, with a pitch, accumulate {accumulate}",
                [sums, sums, In(n => Rows * (n + 2)), In(ThreeOf), In(ThreeOf), In(n => Rows * (n + 2))],
                (b, n) => Normalisation.LayerNormParameterGradient(
                    b[0], b[1], b[2], b[3], b[4], b[5], Rows, n, n + 2, accumulate),
                (b, n) => ReferenceNormalisation.LayerNormParameterGradient(
                    b[0], b[1], b[2], b[3], b[4], b[5], Rows, n, n + 2, accumulate)));
        }
        return cases;
    }
}
