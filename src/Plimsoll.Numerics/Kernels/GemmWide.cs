using System.Runtime.CompilerServices;

namespace Plimsoll.Numerics.Kernels;

// Products with at least 8 columns.
public static unsafe partial class Gemm
{
    // Depth of a block: a panel of B (256 x 32 floats) then fills the first-level cache.
    internal const int DepthBlock = 256;

    // Columns of a block: DepthBlock x ColumnBlock floats of B stay in the second-level cache.
    private const int ColumnBlock = 512;

    // The widest panel of B and the tallest tile, over both vector widths.
    private const int WidestPanel = 32;
    private const int TallestTile = 12;

    private const int StripFloats = TallestTile * GemmPacking.RowPitch;

    private static void Wide<T, TRows>(in Product p)
        where T : struct, ILanes<T>
        where TRows : struct, IExtent
    {
        int width = 2 * T.Count;
        bool packA = PacksA(p);
        bool packB = PacksB(p);
        float* strip = p.Scratch;
        float* panels = p.Scratch + StripFloats;
        for (int j0 = 0; j0 < p.N; j0 += ColumnBlock)
        {
            int j1 = Math.Min(p.N, j0 + ColumnBlock);
            int k0 = 0;
            do
            {
                int depth = Math.Min(DepthBlock, p.K - k0);
                bool last = k0 + depth == p.K;
                bool begins = p.Accumulate || k0 > 0;
                float* packed = panels;
                for (int j = j0; j < j1; j += width)
                {
                    if (packB || !FitsPanel<T>(j1 - j))
                    {
                        GemmPacking.Panel<T>(packed, p, j, Math.Min(width, j1 - j), k0, depth);
                        packed += depth * PanelWidth<T>(j1 - j);
                    }
                }

                for (int i = p.RowStart; i < p.RowEnd;)
                {
                    int rows = Math.Min(TRows.Count, p.RowEnd - i);
                    nint rowStride = p.RowStrideA;
                    nint depthStride = p.DepthStrideA;
                    float* a = p.A + i * rowStride + k0 * depthStride;
                    if (packA)
                    {
                        GemmPacking.Rows(strip, a, p.Lda, rows, depth);
                        a = strip;
                        rowStride = GemmPacking.RowPitch;
                    }

                    packed = panels;
                    for (int j = j0; j < j1; j += width)
                    {
                        bool direct = !packB && FitsPanel<T>(j1 - j);
                        int panel = PanelWidth<T>(j1 - j);
                        var ends = new TileEnds(
                            begins, last && p.Bias != null ? p.Bias + j : null, last && p.Relu);
                        float* b = direct ? p.B + k0 * p.Ldb + j : packed;
                        Strip<T, TRows>(
                            rows, a, rowStride, depthStride, b, direct ? p.Ldb : panel,
                            p.C + i * p.Ldc + j, p.Ldc, depth, Math.Min(width, j1 - j), ends);
                        packed += direct ? 0 : depth * panel;
                    }

                    i += rows;
                }

                k0 += depth;
            }
            while (k0 < p.K);
        }
    }

    // Columns the panel that starts with this many columns left is stored with.
    private static int PanelWidth<T>(int left)
        where T : struct, ILanes<T> =>
        left > T.Count ? 2 * T.Count : T.Count;

    // True where the panel can be read in place: its width is a whole number of vectors.
    private static bool FitsPanel<T>(int left)
        where T : struct, ILanes<T> =>
        left >= 2 * T.Count || left == T.Count;

    // The rows of one strip: full height at once, else by powers of two.
    private static void Strip<T, TRows>(
        int rows, float* a, nint rowStride, nint depthStride, float* b, nint pitchB, float* c, nint pitchC, nint depth,
        int columns, in TileEnds ends)
        where T : struct, ILanes<T>
        where TRows : struct, IExtent
    {
        if (rows == TRows.Count)
        {
            Tile<T, TRows>(a, rowStride, depthStride, b, pitchB, c, pitchC, depth, columns, ends);
            return;
        }

        for (; rows >= 4; rows -= 4, a += 4 * rowStride, c += 4 * pitchC)
        {
            Tile<T, Four>(a, rowStride, depthStride, b, pitchB, c, pitchC, depth, columns, ends);
        }

        if (rows >= 2)
        {
            Tile<T, Two>(a, rowStride, depthStride, b, pitchB, c, pitchC, depth, columns, ends);
            rows -= 2;
            a += 2 * rowStride;
            c += 2 * pitchC;
        }

        if (rows > 0)
        {
            Tile<T, One>(a, rowStride, depthStride, b, pitchB, c, pitchC, depth, columns, ends);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile<T, TRows>(
        float* a, nint rowStride, nint depthStride, float* b, nint pitchB, float* c, nint pitchC, nint depth,
        int columns, in TileEnds ends)
        where T : struct, ILanes<T>
        where TRows : struct, IExtent
    {
        int tail = columns > T.Count ? columns - T.Count : columns;
        bool whole = tail == T.Count;
        if (columns > T.Count && whole)
        {
            GemmTile.Run<T, TRows, Two, Whole>(a, rowStride, depthStride, b, pitchB, c, pitchC, depth, tail, ends);
        }
        else if (columns > T.Count)
        {
            GemmTile.Run<T, TRows, Two, Cut>(a, rowStride, depthStride, b, pitchB, c, pitchC, depth, tail, ends);
        }
        else if (whole)
        {
            GemmTile.Run<T, TRows, One, Whole>(a, rowStride, depthStride, b, pitchB, c, pitchC, depth, tail, ends);
        }
        else
        {
            GemmTile.Run<T, TRows, One, Cut>(a, rowStride, depthStride, b, pitchB, c, pitchC, depth, tail, ends);
        }
    }

    // Measured choices; they move data only, so no bit depends on them.
    // Rows of A a multiple of 2 KB apart meet in two sets of the first-level cache, so twelve of them evict each other.
    private static bool PacksA(in Product p) => !p.TransA && p.N >= 64 && p.Lda % 512 == 0;

    private static bool PacksB(in Product p) => p.TransB || (p.Ldb >= 1024 && p.RowEnd - p.RowStart >= 64);
}
