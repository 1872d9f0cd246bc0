using System.Runtime.CompilerServices;

namespace Plimsoll.Numerics.Kernels;

/// <summary>The bodies of <see cref="Layout.Transpose(float*, nint, float*, nint, int, int)"/>.</summary>
internal static unsafe class Transposition
{
    // The last block of rows and that of columns begin early where they would be cut: what they move again is the same.
    [MethodImpl(KernelCode.Loop)]
    public static void Run<T>(float* d, nint ldd, float* s, nint lds, int rows, int cols)
        where T : struct, ILanes<T>
    {
        for (int block = 0; block < rows; block += T.Count)
        {
            int r = Math.Min(block, rows - T.Count);
            for (int column = 0; column < cols; column += T.Count)
            {
                int c = Math.Min(column, cols - T.Count);
                T.Transpose(s + r * lds + c, lds, d + c * ldd + r, ldd);
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
