namespace Plimsoll.Numerics.Kernels;

/// <summary>Columns [J0, J1) of B and C over steps [K0, K0 + Depth) of the depth.</summary>
internal readonly record struct GemmBlock(int J0, int J1, int K0, int Depth);

/// <summary>
/// Chooses what a tile asks the caches for. In a training step the operands of a product lie in the third-level cache:
/// without asking ahead the first strip waits for B and each strip for its rows of A and C, a tenth of the time.
/// </summary>
internal static unsafe class GemmAhead
{
    // What the tile's two lines a step make of a row in the steps up to its jump.
    private const int RowFloats = GemmTile.StepsToJump * LineFloats;
    private const int LineFloats = 32;

    // Operands of this many floats together lie in the second-level cache, where nothing is gained by asking.
    private const nint Cached = 64 << 10;

    // Below this depth a tile is over before it has asked.
    private const int Shallow = 32;

    /// <summary>Measured: small and shallow products lose a fifth by asking.</summary>
    public static bool IsWorthwhile(in Product p)
    {
        nint rows = p.RowEnd - p.RowStart;
        return p.K >= Shallow && rows * p.N + rows * p.K + (nint)p.K * p.N > Cached;
    }

    /// <summary>For the tile of rows [i, i + rows) and the panel that starts at column j.</summary>
    public static TileAhead Of(in Product p, in GemmBlock block, int i, int rows, int j, int width)
    {
        int nextRow = i + rows < p.RowEnd ? i + rows : p.RowStart;
        bool endsStrip = j + width >= block.J1;
        float* nextC = endsStrip ? p.C + nextRow * p.Ldc + block.J0 : p.C + i * p.Ldc + j + width;
        if (i == p.RowStart && !endsStrip)
        {
            return OfB(p, block.K0, j + width, nextC);
        }

        int nextDepth = block.K0 + block.Depth;
        if (i == p.RowStart && nextDepth < p.K)
        {
            return OfB(p, nextDepth, block.J0, nextC);
        }

        if (j != block.J0)
        {
            return new TileAhead(nextC, 0, 0, nextC);
        }

        float* nextA = p.A + nextRow * p.RowStrideA + block.K0 * p.DepthStrideA;
        return p.TransA ? new TileAhead(nextA, p.Lda, 0, nextC) : new TileAhead(nextA, LineFloats, p.Lda - RowFloats, nextC);
    }

    // A panel of B: rows of its columns, or where B is stored transposed, columns of its rows.
    private static TileAhead OfB(in Product p, int k, int j, float* nextC) =>
        p.TransB
            ? new TileAhead(p.B + j * p.Ldb + k, LineFloats, p.Ldb - RowFloats, nextC)
            : new TileAhead(p.B + k * p.Ldb + j, p.Ldb, 0, nextC);
}
