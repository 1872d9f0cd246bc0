using System.Diagnostics;

namespace Plimsoll.Numerics.Kernels;

/// <summary>Moves of rows and matrices; the source must not overlap the destination.</summary>
public static unsafe class Layout
{
    /// <summary>d[r, :] = the first cols elements of row indices[r] of a table with the given row pitch.</summary>
    public static void Gather(float* d, float* table, int* indices, int rows, int cols, nint pitch)
    {
        for (int r = 0; r < rows; r++)
        {
            Debug.Assert(indices[r] >= 0, "an index is never negative");
            Elementwise.Copy(d + (nint)r * cols, table + indices[r] * pitch, cols);
        }
    }

    /// <summary>d[r, c] = s[r, c] for matrices of row pitches ldd and lds.</summary>
    public static void Copy2D(float* d, nint ldd, float* s, nint lds, int rows, int cols)
    {
        if (ldd == cols && lds == cols)
        {
            Elementwise.Copy(d, s, (nint)rows * cols);
            return;
        }

        for (int r = 0; r < rows; r++)
        {
            Elementwise.Copy(d + r * ldd, s + r * lds, cols);
        }
    }

    /// <summary>d[r, c] += s[r, c] for matrices of row pitches ldd and lds; here d may be s.</summary>
    public static void Accumulate2D(float* d, nint ldd, float* s, nint lds, int rows, int cols)
    {
        for (int r = 0; r < rows; r++)
        {
            Elementwise.Add(d + r * ldd, d + r * ldd, s + r * lds, cols);
        }
    }

    /// <summary>d[c, r] = s[r, c]; s is [rows, cols], d is [cols, rows], both compact.</summary>
    public static void Transpose(float* d, float* s, int rows, int cols)
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
                        d[(nint)c * rows + r] = s[(nint)r * cols + c];
                    }
                }
            }
        }
    }
}
