using System.Runtime.CompilerServices;

namespace Plimsoll.Numerics.Kernels;

// Products with at least 8 columns.
public static unsafe partial class Gemm
{
    private static void Wide<T, TRows>(in Product p)
        where T : struct, ILanes<T>
        where TRows : struct, IExtent
    {
        if (p.RowEnd - p.RowStart == 1 && !p.TransB)
        {
            GemmRow.Run<T>(p, p.RowStart);
            return;
        }

        bool asks = GemmAhead.IsWorthwhile(p);
        for (int j0 = 0; j0 < p.N; j0 += p.Blocking.Columns)
        {
            int j1 = Math.Min(p.N, j0 + p.Blocking.Columns);
            int k0 = 0;
            do
            {
                int depth = Math.Min(p.Blocking.Depth, p.K - k0);
                var block = new GemmBlock(j0, j1, k0, depth);
                if (asks)
                {
                    Block<T, TRows, Asking>(p, block);
                }
                else
                {
                    Block<T, TRows, Silent>(p, block);
                }

                k0 += depth;
            }
            while (k0 < p.K);
        }
    }

    // All rows of one block: strip by strip, and panel by panel in each. The first strip makes the packed panels just
    // before it reads them, so that the copy is still in the cache, and asks for the next panel's source meanwhile.
    private static void Block<T, TRows, TAsks>(in Product p, in GemmBlock block)
        where T : struct, ILanes<T>
        where TRows : struct, IExtent
        where TAsks : struct, IAsks
    {
        int width = 2 * T.Count;
        bool packsA = PacksA(p);
        bool packsB = PacksB(p);
        bool last = block.K0 + block.Depth == p.K;
        bool begins = p.Accumulate || block.K0 > 0;
        float* strip = p.Scratch;
        TileAhead ahead = default;
        for (int i = p.RowStart; i < p.RowEnd; i += TRows.Count)
        {
            int rows = Math.Min(TRows.Count, p.RowEnd - i);
            float* source = p.A + i * p.RowStrideA + block.K0 * p.DepthStrideA;
            var a = new StripOfA(source, p.RowStrideA, p.DepthStrideA);
            if (packsA)
            {
                GemmPacking.Rows(strip, p.Blocking.RowPitch, source, p.Lda, rows, block.Depth);
                a = new StripOfA(strip, p.Blocking.RowPitch, 1);
            }

            float* packed = p.Scratch + p.Blocking.StripFloats;
            for (int j = block.J0; j < block.J1; j += width)
            {
                int columns = Math.Min(width, block.J1 - j);
                bool packs = packsB || !FitsPanel<T>(columns);
                int panel = columns > T.Count ? width : T.Count;
                if (packs && i == p.RowStart)
                {
                    GemmPacking.Panel<T>(packed, p, j, columns, block.K0, block.Depth);
                }

                float* b = packs ? packed : p.B + block.K0 * p.Ldb + j;
                var ends = new TileEnds(begins, last && p.Bias != null ? p.Bias + j : null, last && p.Relu);
                ahead = TAsks.Asks ? GemmAhead.Of(p, block, i, rows, j, width) : ahead;
                Strip<T, TRows, TAsks>(
                    rows, a, b, packs ? panel : p.Ldb, p.C + i * p.Ldc + j, p.Ldc, block.Depth, columns, ends, ahead);
                if (last && p.Mask != null)
                {
                    nint at = i * p.Ldc + j;
                    GemmTile.Mask<T>(p.C + at, p.Mask + at, p.Ldc, rows, columns);
                }

                packed += packs ? block.Depth * panel : 0;
            }
        }
    }

    // True where the panel can be read in place: its width is a whole number of vectors.
    private static bool FitsPanel<T>(int columns)
        where T : struct, ILanes<T> =>
        columns == 2 * T.Count || columns == T.Count;

    // The rows of one strip: full height at once, else by powers of two.
    private static void Strip<T, TRows, TAsks>(
        int rows, StripOfA a, float* b, nint pitchB, float* c, nint pitchC, nint depth, int columns,
        in TileEnds ends, in TileAhead ahead)
        where T : struct, ILanes<T>
        where TRows : struct, IExtent
        where TAsks : struct, IAsks
    {
        if (rows == TRows.Count)
        {
            Tile<T, TRows, TAsks>(a, b, pitchB, c, pitchC, depth, columns, ends, ahead);
            return;
        }

        for (; rows >= 4; rows -= 4, a = a.From(4), c += 4 * pitchC)
        {
            Tile<T, Four, TAsks>(a, b, pitchB, c, pitchC, depth, columns, ends, ahead);
        }

        if (rows >= 2)
        {
            Tile<T, Two, TAsks>(a, b, pitchB, c, pitchC, depth, columns, ends, ahead);
            rows -= 2;
            a = a.From(2);
            c += 2 * pitchC;
        }

        if (rows > 0)
        {
            Tile<T, One, TAsks>(a, b, pitchB, c, pitchC, depth, columns, ends, ahead);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile<T, TRows, TAsks>(
        in StripOfA a, float* b, nint pitchB, float* c, nint pitchC, nint depth, int columns, in TileEnds ends,
        in TileAhead ahead)
        where T : struct, ILanes<T>
        where TRows : struct, IExtent
        where TAsks : struct, IAsks
    {
        int tail = columns > T.Count ? columns - T.Count : columns;
        bool whole = tail == T.Count;
        if (columns > T.Count && whole)
        {
            GemmTile.Run<T, TRows, Two, Whole, TAsks>(a, b, pitchB, c, pitchC, depth, tail, ends, ahead);
        }
        else if (columns > T.Count)
        {
            GemmTile.Run<T, TRows, Two, Cut, TAsks>(a, b, pitchB, c, pitchC, depth, tail, ends, ahead);
        }
        else if (whole)
        {
            GemmTile.Run<T, TRows, One, Whole, TAsks>(a, b, pitchB, c, pitchC, depth, tail, ends, ahead);
        }
        else
        {
            GemmTile.Run<T, TRows, One, Cut, TAsks>(a, b, pitchB, c, pitchC, depth, tail, ends, ahead);
        }
    }

    // Measured choices; they move data only, so no bit depends on them.
    // Rows of A a multiple of 2 KB apart meet in two sets of the first-level cache, so twelve of them evict each other.
    private static bool PacksA(in Product p) => !p.TransA && p.N >= 64 && p.Lda % 512 == 0;

    private static bool PacksB(in Product p) => CopiesB(p.TransB, p.Ldb) && (p.TransB || p.RowEnd - p.RowStart >= 64);

    /// <summary>True where a product with enough rows copies all of B.</summary>
    internal static bool CopiesB(bool transB, nint ldb) => transB || ldb >= 1024;
}
