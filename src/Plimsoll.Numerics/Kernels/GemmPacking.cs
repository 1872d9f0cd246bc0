using System.Runtime.CompilerServices;

namespace Plimsoll.Numerics.Kernels;

/// <summary>Copies of blocks of A and B in the order in which <see cref="GemmTile"/> reads them.</summary>
internal static unsafe class GemmPacking
{
    /// <summary>
    /// Columns j to j + columns of rows k0 to k0 + depth of B, as depth rows of one or two whole vectors, the columns
    /// beyond filled with zeros.
    /// </summary>
    [MethodImpl(KernelCode.Loop)]
    public static void Panel<T>(float* target, in Product p, int j, int columns, int k0, int depth)
        where T : struct, ILanes<T>
    {
        int width = columns > T.Count ? 2 * T.Count : T.Count;
        for (int v = 0; p.TransB && v < width; v += T.Count)
        {
            Transposed<T>(target + v, width, p.B + (j + v) * p.Ldb + k0, p.Ldb, Math.Min(T.Count, columns - v), depth);
        }

        if (!p.TransB)
        {
            Copied<T>(target, width, p.B + k0 * p.Ldb + j, p.Ldb, columns, depth);
        }
    }

    /// <summary>target[l, i] = source[l, i]: rows of one or two vectors, the columns beyond filled with zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copied<T>(float* target, nint width, float* source, nint pitch, int columns, int depth)
        where T : struct, ILanes<T>
    {
        int tail = columns > T.Count ? columns - T.Count : columns;
        for (int l = 0; l < depth; l++, source += pitch, target += width)
        {
            if (columns > T.Count)
            {
                T.Store(T.Load(source), target);
            }

            nint last = columns - tail;
            T.Store(tail == T.Count ? T.Load(source + last) : T.LoadFirst(source + last, tail), target + last);
        }
    }

    /// <summary>target[l, i] = source[i, l] for one vector of rows i; rows from filled on are zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transposed<T>(float* target, nint width, float* source, nint pitch, int filled, int depth)
        where T : struct, ILanes<T>
    {
        int l = 0;
        if (filled == T.Count)
        {
            for (; l <= depth - T.Count; l += T.Count)
            {
                T.Transpose(source + l, pitch, target + l * width, width);
            }
        }

        for (; l < depth; l++)
        {
            for (int i = 0; i < T.Count; i++)
            {
                target[l * width + i] = i < filled ? source[i * pitch + l] : 0f;
            }
        }
    }

    /// <summary>Rows of A copied as they are; their own pitch would map them all to the same cache sets.</summary>
    public static void Rows(float* target, int pitch, float* a, nint lda, int rows, int depth)
    {
        for (int i = 0; i < rows; i++)
        {
            Buffer.MemoryCopy(a + i * lda, target + i * pitch, depth * sizeof(float), depth * sizeof(float));
        }
    }
}
