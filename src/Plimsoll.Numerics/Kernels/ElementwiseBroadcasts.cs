namespace Plimsoll.Numerics.Kernels;

// Broadcasts over a compact [rows, cols]; d may be x.
public static unsafe partial class Elementwise
{
    /// <summary>d[r, c] = x[r, c] + row[c].</summary>
    public static void AddRow(float* d, float* x, float* row, int rows, int cols)
    {
        if (cols == 1)
        {
            AddConstant(d, x, *row, rows);
            return;
        }

        for (int r = 0; r < rows; r++)
        {
            Add(d + (nint)r * cols, x + (nint)r * cols, row, cols);
        }
    }

    /// <summary>d[r, c] = x[r, c] row[c].</summary>
    public static void MultiplyRow(float* d, float* x, float* row, int rows, int cols)
    {
        if (cols == 1)
        {
            Scale(d, x, *row, rows);
            return;
        }

        for (int r = 0; r < rows; r++)
        {
            Multiply(d + (nint)r * cols, x + (nint)r * cols, row, cols);
        }
    }

    /// <summary>d[r, c] = x[r, c] + column[r].</summary>
    public static void AddColumn(float* d, float* x, float* column, int rows, int cols)
    {
        if (cols == 1)
        {
            Add(d, x, column, rows);
            return;
        }

        for (int r = 0; r < rows; r++)
        {
            AddConstant(d + (nint)r * cols, x + (nint)r * cols, column[r], cols);
        }
    }

    /// <summary>d[r, c] = x[r, c] column[r].</summary>
    public static void MultiplyColumn(float* d, float* x, float* column, int rows, int cols)
    {
        if (cols == 1)
        {
            Multiply(d, x, column, rows);
            return;
        }

        for (int r = 0; r < rows; r++)
        {
            Scale(d + (nint)r * cols, x + (nint)r * cols, column[r], cols);
        }
    }
}
