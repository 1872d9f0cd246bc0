using System.Runtime.InteropServices;
using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Numerics.Probe;

public static unsafe partial class KernelTable
{
    private const int TableRows = 11;

    private static List<KernelCase> Moved()
    {
        var cases = new List<KernelCase>();
        // Row numbers, each below the table's; a pitch above the width.
        cases.Add(new KernelCase(
            "Layout.Gather", [Out(ThreeRows), In(n => TableRows * (n + 2)),
                new KernelBuffer(ThreeOf, RowNumbers, false, false)],
            (b, n) => Layout.Gather(b[0], b[1], (int*)b[2], Rows, n, n + 2),
            (b, n) =>
            {
                for (var i = 0; i < Rows * n; i++) b[0][i] = b[1][((int*)b[2])[i / n] * (n + 2) + i % n];
            }));
        cases.Add(new KernelCase(
            "Layout.Copy2D, with pitches", [InOut(n => Rows * (n + 1)), In(n => Rows * (n + 2))],
            (b, n) => Layout.Copy2D(b[0], n + 1, b[1], n + 2, Rows, n),
            (b, n) =>
            {
                for (var i = 0; i < Rows * n; i++) b[0][i / n * (n + 1) + i % n] = b[1][i / n * (n + 2) + i % n];
            }));
        cases.Add(new KernelCase(
            "Layout.Copy2D, compact", [Out(ThreeRows), In(ThreeRows)],
            (b, n) => Layout.Copy2D(b[0], n, b[1], n, Rows, n),
            (b, n) =>
            {
                for (var i = 0; i < Rows * n; i++) b[0][i] = b[1][i];
            }));
        cases.Add(new KernelCase(
            "Layout.Accumulate2D", [InOut(n => Rows * (n + 1)), In(n => Rows * (n + 2))],
            (b, n) => Layout.Accumulate2D(b[0], n + 1, b[1], n + 2, Rows, n),
            (b, n) =>
            {
                for (var i = 0; i < Rows * n; i++) b[0][i / n * (n + 1) + i % n] += b[1][i / n * (n + 2) + i % n];
            }));
        cases.Add(Transposed("wide", n => (Rows, n)));
        cases.Add(Transposed("tall", n => (n, Rows)));
        cases.Add(Transposed("square", n => (n / 4, n / 4)));
        return cases;
    }

    private static KernelCase Transposed(string how, Func<int, (int Rows, int Columns)> shape) => new(
        $"Layout.Transpose, {how}", [Out(n => shape(n).Rows * shape(n).Columns),
            In(n => shape(n).Rows * shape(n).Columns)],
        (b, n) => Layout.Transpose(b[0], b[1], shape(n).Rows, shape(n).Columns),
        (b, n) =>
        {
            var (rows, columns) = shape(n);
            for (var i = 0; i < rows * columns; i++) b[0][i % columns * rows + i / columns] = b[1][i];
        });

    private static float[] RowNumbers(int count, int seed)
    {
        var random = new System.Random(seed);
        var numbers = new int[count];
        for (var i = 0; i < count; i++) numbers[i] = random.Next(TableRows);
        return MemoryMarshal.Cast<int, float>(numbers).ToArray();
    }
}
