using System.Runtime.InteropServices;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Probe;

public static unsafe partial class KernelTable
{
    /// <summary>Rows that are never empty: an extreme, a quantile and a softmax of nothing have no meaning.</summary>
    private static int Columns(int n) => n + 1;

    private static int Matrix(int n) => Rows * (n + 1);

    private static List<KernelCase> Ordered() =>
    [
        new(
            "SoftmaxRows.Softmax", [Out(Matrix), In(Matrix)], (b, n) =>
                SoftmaxRows.Softmax(b[0], b[1], Rows, Columns(n)),
            (b, n) => ReferenceSoftmax.Softmax(b[0], b[1], Rows, Columns(n))),
        new(
            "SoftmaxRows.SoftmaxGradient", [Out(Matrix), In(Matrix), In(Matrix)],
            (b, n) => SoftmaxRows.SoftmaxGradient(b[0], b[1], b[2], Rows, Columns(n)),
            (b, n) => ReferenceSoftmax.SoftmaxGradient(b[0], b[1], b[2], Rows, Columns(n))),
        new(
            "SoftmaxRows.LogSoftmax", [Out(Matrix), In(Matrix)],
            (b, n) => SoftmaxRows.LogSoftmax(b[0], b[1], Rows, Columns(n)),
            (b, n) => ReferenceSoftmax.LogSoftmax(b[0], b[1], Rows, Columns(n))),
        new(
            "SoftmaxRows.LogSoftmaxGradient", [Out(Matrix), In(Matrix), In(Matrix)],
            (b, n) => SoftmaxRows.LogSoftmaxGradient(b[0], b[1], b[2], Rows, Columns(n)),
            (b, n) => ReferenceSoftmax.LogSoftmaxGradient(b[0], b[1], b[2], Rows, Columns(n))),
        new(
            "SoftmaxRows.LogSumExp", [Out(ThreeOf), In(Matrix)],
            (b, n) => SoftmaxRows.LogSumExp(b[0], b[1], Rows, Columns(n)),
            (b, n) => ReferenceSoftmax.LogSumExp(b[0], b[1], Rows, Columns(n))),
        new(
            "SoftmaxRows.LogSumExpGradient", [Out(Matrix), In(ThreeOf), In(Matrix), In(ThreeOf)],
            (b, n) => SoftmaxRows.LogSumExpGradient(b[0], b[1], b[2], b[3], Rows, Columns(n)),
            (b, n) => ReferenceSoftmax.LogSumExpGradient(b[0], b[1], b[2], b[3], Rows, Columns(n))),
        new(
            "Extremes.Maximum", [Out(One), In(Columns)], (b, n) => *b[0] = Extremes.Maximum(b[1], Columns(n)),
            (b, n) => *b[0] = ReferenceExtremes.Maximum(b[1], Columns(n))),
        new(
            "Extremes.Minimum", [Out(One), In(Columns)], (b, n) => *b[0] = Extremes.Minimum(b[1], Columns(n)),
            (b, n) => *b[0] = ReferenceExtremes.Minimum(b[1], Columns(n))),
        new(
            "Extremes.Place", [Out(One), In(Columns)],
            (b, n) => *b[0] = Extremes.Place(b[1], Columns(n), ReferenceExtremes.Maximum(b[1], Columns(n))),
            (b, n) =>
            {
                var largest = ReferenceExtremes.Maximum(b[1], Columns(n));
                // Equals takes NaN for equal to NaN, and zeros of both signs for equal.
                var place = 0;
                while (!b[1][place].Equals(largest)) place++;
                *b[0] = place;
            }),
        new(
            "Quantiles.Take", [Out(ThreeOf), In(Columns)], (b, n) => Quantile(b, n, &Quantiles.Take),
            (b, n) => Quantile(b, n, &Sorted)),
        new(
            "Layout.ScatterAdd", [Out(n => TableRows * n), In(ThreeRows),
                new KernelBuffer(ThreeOf, RowNumbers, false, false)],
            (b, n) => Layout.ScatterAdd(b[0], b[1], (int*)b[2], Rows, TableRows, n, n),
            (b, n) =>
            {
                for (var i = 0; i < TableRows * n; i++) b[0][i] = 0f;
                for (var i = 0; i < Rows * n; i++) b[0][((int*)b[2])[i / n] * n + i % n] += b[1][i];
            }),
    ];

    private static void Quantile(float*[] b, int n, delegate*<float*, int, double, float> take)
    {
        // The kernel leaves its source in another order.
        var copy = stackalloc float[Columns(n)];
        for (var i = 0; i < Rows; i++)
        {
            Elementwise.Copy(copy, b[1], Columns(n));
            b[0][i] = take(copy, Columns(n), 0.1 + 0.4 * i);
        }
    }

    /// <summary>By sorting, -0 before +0.</summary>
    private static float Sorted(float* x, int n, double q)
    {
        float[] values = [.. new ReadOnlySpan<float>(x, n)];
        if (values.Any(float.IsNaN)) return float.NaN;
        values = [.. values.OrderBy(v => v).ThenBy(v => float.IsNegative(v) ? 0 : 1)];
        var lower = (int)(q * (n - 1));
        var weight = (float)(q * (n - 1) - lower);
        if (weight == 0f) return values[lower];
        var (low, high) = (values[lower], values[lower + 1]);
        if (float.IsInfinity(low) || float.IsInfinity(high)) return low == high ? low : low + high;
        return weight < 0.5f
            ? MathF.FusedMultiplyAdd(weight, high - low, low)
            : MathF.FusedMultiplyAdd(weight - 1f, high - low, high);
    }

    private static List<KernelCase> Attending()
    {
        var cases = new List<KernelCase>();
        for (var flags = 0; flags < 8; flags++)
        {
            var (isCausal, isMasked) = ((flags & 1) != 0, (flags & 2) != 0);
            var dropout = (flags & 4) == 0 ? null : new AttentionDropout(Stream, 0.8f);
            var how = $"{(isCausal ? ", causal" : "")}{(isMasked ? ", masked" : "")}{(dropout is null ? "" : ", dropped")}";
            cases.AddRange(Attention($"over tokens{how}", n => new(1 + n / 5, 2, 3, isCausal, dropout), isMasked));
            cases.AddRange(Attention($"over width{how}", n => new(5, 2, 1 + n / 4, isCausal, dropout), isMasked));
        }
        return cases;
    }

    private static IEnumerable<KernelCase> Attention(string how, Func<int, AttentionLayout> layout, bool isMasked)
    {
        var mask = new KernelBuffer(n => layout(n).Tokens, (n, seed) =>
            [.. Samples.Plain(n, seed).Select(v => v < -0.3f ? 0f : 1f)], false, false);
        KernelBuffer[] inputs = [In(Size), In(Size), In(Size), mask];
        return
        [
            new($"Attention.Forward, {how}", [Out(Size), .. inputs], (b, n) => Forward(b, n, false), (b, n) =>
                Forward(b, n, true)),
            new(
                $"Attention.Gradient, {how}", [Out(Size), Out(Size), Out(Size), In(Size), .. inputs],
                (b, n) => Gradient(b, n, false), (b, n) => Gradient(b, n, true)),
        ];

        int Size(int n) => layout(n).Tokens * layout(n).Pitch;

        void Forward(float*[] b, int n, bool isReference)
        {
            var sizes = layout(n);
            var kept = isMasked ? b[4] : null;
            var scratch = (float*)NativeMemory.AlignedAlloc((nuint)(sizes.ScratchFloats * sizeof(float)), 64);
            if (isReference)
                ReferenceAttention.Forward(b[0], b[1], b[2], b[3], kept, sizes, 0, sizes.Heads, 5, scratch);
            else
                Kernels.Attention.Forward(b[0], b[1], b[2], b[3], kept, sizes, 0, sizes.Heads, 5, scratch);
            NativeMemory.AlignedFree(scratch);
        }

        void Gradient(float*[] b, int n, bool isReference)
        {
            var sizes = layout(n);
            var kept = isMasked ? b[7] : null;
            var scratch = (float*)NativeMemory.AlignedAlloc((nuint)(sizes.ScratchFloats * sizeof(float)), 64);
            if (isReference)
            {
                ReferenceAttention.Gradient(
                    b[0], b[1], b[2], b[3], b[4], b[5], b[6], kept, sizes, 0, sizes.Heads, 5, scratch);
            }
            else
            {
                Kernels.Attention.Gradient(
                    b[0], b[1], b[2], b[3], b[4], b[5], b[6], kept, sizes, 0, sizes.Heads, 5, scratch);
            }
            NativeMemory.AlignedFree(scratch);
        }
    }
}
