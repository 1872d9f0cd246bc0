using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Numerics.Probe;

public static unsafe partial class KernelTable
{
    private static IEnumerable<KernelCase> Pointwise() => ElementwiseTable.Cases.Select(c => new KernelCase(
        $"Elementwise.{c.Name}",
        [Out(Same), .. Enumerable.Repeat(In(Same), c.Sources)],
        (b, n) => c.Kernel(b[0], Source(b, 1), Source(b, 2), Source(b, 3), n),
        (b, n) =>
        {
            for (var i = 0; i < n; i++) b[0][i] = c.Reference(At(b, 1, i), At(b, 2, i), At(b, 3, i));
        },
        [.. Enumerable.Range(1, c.Sources).Select(s => (0, s))]));

    private static float* Source(float*[] b, int which) => which < b.Length ? b[which] : null;

    private static float At(float*[] b, int which, int i) => which < b.Length ? b[which][i] : 0f;

    private static List<KernelCase> Broadcasts()
    {
        var cases = new List<KernelCase>();
        cases.Add(Broadcast(
            "AddRow", Same, (d, x, v, r, c) => Elementwise.AddRow(d, x, v, r, c), (x, row, _) => x + row));
        cases.Add(Broadcast(
            "MultiplyRow", Same, (d, x, v, r, c) => Elementwise.MultiplyRow(d, x, v, r, c), (x, row, _) => x * row));
        cases.Add(Broadcast(
            "AddColumn", ThreeOf, (d, x, v, r, c) => Elementwise.AddColumn(d, x, v, r, c),
            (x, _, column) => x + column));
        cases.Add(Broadcast(
            "MultiplyColumn", ThreeOf, (d, x, v, r, c) => Elementwise.MultiplyColumn(d, x, v, r, c),
            (x, _, column) => x * column));
        return cases;
    }

    private delegate void BroadcastKernel(float* d, float* x, float* vector, int rows, int columns);

    private static KernelCase Broadcast(
        string name, Func<int, int> vector, BroadcastKernel kernel,
        Func<float, float, float, float> reference) => new(
        $"Elementwise.{name}", [Out(ThreeRows), In(ThreeRows), In(vector)],
        (b, n) => kernel(b[0], b[1], b[2], Rows, n),
        (b, n) =>
        {
            for (var i = 0; i < Rows * n; i++)
            {
                var (row, column) = (i % n < vector(n) ? b[2][i % n] : 0, i / n < vector(n) ? b[2][i / n] : 0);
                b[0][i] = reference(b[1][i], row, column);
            }
        },
        (0, 1));
}
