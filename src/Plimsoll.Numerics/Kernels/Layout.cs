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

    /// <summary>
    /// The first cols columns of a table with the given row pitch, which d has too: 0, then d[r, :] added to row
    /// indices[r], r ascending.
    /// </summary>
    public static void ScatterAdd(
        float* table, float* d, int* indices, int rows, int tableRows, int cols, nint pitch)
    {
        for (int r = 0; r < tableRows; r++)
        {
            Elementwise.Fill(table + r * pitch, 0f, cols);
        }

        for (int r = 0; r < rows; r++)
        {
            Debug.Assert(indices[r] >= 0 && indices[r] < tableRows, "the row lies in the table");
            float* target = table + indices[r] * pitch;
            Elementwise.Add(target, target, d + r * pitch, cols);
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
    public static void Transpose(float* d, float* s, int rows, int cols) => Transpose(d, rows, s, cols, rows, cols);

    /// <summary>d[c, r] = s[r, c] for matrices of row pitches ldd and lds.</summary>
    public static void Transpose(float* d, nint ldd, float* s, nint lds, int rows, int cols)
    {
        if (InstructionSet.IsAvx512 && rows >= Lanes512.Count && cols >= Lanes512.Count)
        {
            Transposition.Run<Lanes512>(d, ldd, s, lds, rows, cols);
        }
        else if (InstructionSet.IsAvx2 && rows >= Lanes256.Count && cols >= Lanes256.Count)
        {
            Transposition.Run<Lanes256>(d, ldd, s, lds, rows, cols);
        }
        else
        {
            Transposition.Run(d, ldd, s, lds, rows, cols);
        }
    }
}
