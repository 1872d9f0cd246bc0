using System.Runtime.CompilerServices;

namespace Plimsoll.Numerics.Kernels;

/// <summary>The bodies of <see cref="Layout.Transpose(float*, nint, float*, nint, int, int)"/>.</summary>
internal static unsafe class Transposition
{
    /// <summary>Columns that the vector code takes at once.</summary>
    internal const int Columns = 4;

    // The last block of rows and that of columns begin early where they would be cut: what they move again is the same.
    [MethodImpl(KernelCode.Loop)]
    public static void Run<T>(float* d, nint ldd, float* s, nint lds, int rows, int cols)
        where T : struct, ILanes<T>
    {
        for (int block = 0; block < rows; block += T.Count)
        {
            int r = Math.Min(block, rows - T.Count);
            for (int column = 0; column < cols; column += Columns)
            {
                int c = Math.Min(column, cols - Columns);
                T.LoadTransposed(s + r * lds + c, lds, out T x0, out T x1, out T x2, out T x3);
                float* target = d + c * ldd + r;
                T.Store(x0, target);
                T.Store(x1, target + ldd);
                T.Store(x2, target + 2 * ldd);
                T.Store(x3, target + 3 * ldd);
            }
        }
    }

    public static void Run(float* d, nint ldd, float* s, nint lds, int rows, int cols)
    {
        // Tiles of 16 x 16: one cache line wide on both sides.
        const int tile = 16;
        for (int r0 = 0; r0 < rows; r0 += tile)
        {
            int r1 = Math.Min(rows, r0 + tile);
            for (int c0 = 0; c0 < cols; c0 += tile)
            {
                int c1 = Math.Min(cols, c0 + tile);
                for (int c = c0; c < c1; c++)
                {
                    for (int r = r0; r < r1; r++)
                    {
                        d[c * ldd + r] = s[r * lds + c];
                    }
                }
            }
        }
    }
}
