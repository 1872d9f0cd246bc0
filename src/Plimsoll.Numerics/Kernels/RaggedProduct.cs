using System.Runtime.CompilerServices;

namespace Plimsoll.Numerics.Kernels;

/// <summary>
/// C = A B for matrices small enough for the first cache, without packing. A's element (i, l) is
/// A[i * RowStride + l * DepthStride]; B's row l is at B + l * PitchB. Row i is summed over l in [Begins[i], Ends[i])
/// where one of them is given, else over the whole depth; both ascend in i.
/// </summary>
internal unsafe struct RaggedProduct
{
    public float* A;
    public nint RowStride;
    public nint DepthStride;
    public float* B;
    public nint PitchB;
    public float* C;
    public nint PitchC;
    public int Rows;
    public int Columns;
    public int Depth;
    public int* Begins;
    public int* Ends;

    /// <summary>Columns of row i before that of Skip[i] are not wanted; ascending, or null.</summary>
    public int* Skip;

    /// <summary>Rows that share the loads of B; their chains hide the latency of the multiply-adds.</summary>
    private const int Height = 8;

    /// <summary>Each element one chain of fused multiply-adds from +0 in ascending l.</summary>
    public readonly void Run<T>()
        where T : struct, ILanes<T>
    {
        if (Rows < Height)
        {
            for (int column = 0; column < Columns; column += T.Count)
            {
                Chains<T>(0, Rows, column, Begins, 0, Ends, Depth, false);
            }

            return;
        }

        // The last rows may be computed twice: to the same bits, and C is no source.
        for (int block = 0; block < Rows; block += Height)
        {
            int row = Math.Min(block, Rows - Height);
            int from = Begins == null ? 0 : Begins[row + Height - 1];
            int to = Ends == null ? Depth : Ends[row];
            for (int column = Skip == null ? 0 : Skip[row] / T.Count * T.Count; column < Columns; column += T.Count)
            {
                if (Begins != null)
                {
                    Chains<T>(row, Height, column, Begins + row, 0, null, from, false);
                }

                if (Columns - column >= T.Count)
                {
                    Tile<T, Whole>(row, column, from, to);
                }
                else
                {
                    Tile<T, Cut>(row, column, from, to);
                }

                if (Ends != null)
                {
                    Chains<T>(row, Height, column, null, to, Ends + row, 0, true);
                }
            }
        }
    }

    // The common part of eight rows; it goes on from C where the rows began apart.
    [MethodImpl(KernelCode.Loop)]
    private readonly void Tile<T, TEdge>(int row, int column, int from, int to)
        where T : struct, ILanes<T>
        where TEdge : struct, IEdge
    {
        int count = Math.Min(T.Count, Columns - column);
        float* c = C + row * PitchC + column;
        T c0 = T.Zero, c1 = T.Zero, c2 = T.Zero, c3 = T.Zero, c4 = T.Zero, c5 = T.Zero, c6 = T.Zero, c7 = T.Zero;
        if (Begins != null)
        {
            c0 = Edge.Load<T, TEdge>(c, count);
            c1 = Edge.Load<T, TEdge>(c + PitchC, count);
            c2 = Edge.Load<T, TEdge>(c + 2 * PitchC, count);
            c3 = Edge.Load<T, TEdge>(c + 3 * PitchC, count);
            c4 = Edge.Load<T, TEdge>(c + 4 * PitchC, count);
            c5 = Edge.Load<T, TEdge>(c + 5 * PitchC, count);
            c6 = Edge.Load<T, TEdge>(c + 6 * PitchC, count);
            c7 = Edge.Load<T, TEdge>(c + 7 * PitchC, count);
        }

        nint next = RowStride * sizeof(float);
        nint second = 2 * next;
        nint advance = DepthStride * sizeof(float);
        nint pitch = PitchB;
        byte* a0 = (byte*)(A + row * RowStride + from * DepthStride);
        byte* a3 = a0 + 3 * next;
        byte* a6 = a3 + 3 * next;
        float* b = B + from * pitch + column;
        for (int l = from; l < to; l++)
        {
            T value = Edge.Load<T, TEdge>(b, count);
            c0 = T.Fma(T.Create(*(float*)a0), value, c0);
            c1 = T.Fma(T.Create(*(float*)(a0 + next)), value, c1);
            c2 = T.Fma(T.Create(*(float*)(a0 + second)), value, c2);
            c3 = T.Fma(T.Create(*(float*)a3), value, c3);
            c4 = T.Fma(T.Create(*(float*)(a3 + next)), value, c4);
            c5 = T.Fma(T.Create(*(float*)(a3 + second)), value, c5);
            c6 = T.Fma(T.Create(*(float*)a6), value, c6);
            c7 = T.Fma(T.Create(*(float*)(a6 + next)), value, c7);
            a0 += advance;
            a3 += advance;
            a6 += advance;
            b += pitch;
        }

        Edge.Store<T, TEdge>(c0, c, count);
        Edge.Store<T, TEdge>(c1, c + PitchC, count);
        Edge.Store<T, TEdge>(c2, c + 2 * PitchC, count);
        Edge.Store<T, TEdge>(c3, c + 3 * PitchC, count);
        Edge.Store<T, TEdge>(c4, c + 4 * PitchC, count);
        Edge.Store<T, TEdge>(c5, c + 5 * PitchC, count);
        Edge.Store<T, TEdge>(c6, c + 6 * PitchC, count);
        Edge.Store<T, TEdge>(c7, c + 7 * PitchC, count);
    }

    // Rows one by one, from and to where each of them begins and ends; resuming from C or from +0.
    [MethodImpl(KernelCode.Loop)]
    private readonly void Chains<T>(
        int row, int rows, int column, int* froms, int from, int* tos, int to, bool isResumed)
        where T : struct, ILanes<T>
    {
        int count = Math.Min(T.Count, Columns - column);
        for (int r = 0; r < rows; r++)
        {
            int start = froms == null ? from : froms[r];
            int end = tos == null ? to : tos[r];
            if (isResumed && start >= end)
            {
                continue;
            }

            float* c = C + (row + r) * PitchC + column;
            T sum = isResumed ? T.LoadFirst(c, count) : T.Zero;
            float* a = A + (row + r) * RowStride;
            for (int l = start; l < end; l++)
            {
                sum = T.Fma(T.Create(a[l * DepthStride]), T.LoadFirst(B + l * PitchB + column, count), sum);
            }

            T.StoreFirst(sum, c, count);
        }
    }
}
