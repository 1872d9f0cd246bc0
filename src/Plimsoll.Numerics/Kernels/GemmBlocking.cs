using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Kernels;

/// <summary>How a wide product is cut for the caches. It moves data only, so no bit depends on it.</summary>
/// <param name="Depth">Steps of k in a block: a panel of B (256 x 32 floats) then fills the first-level cache.</param>
/// <param name="Columns">Columns of a block, a multiple of 32: Depth x Columns floats of B stay in the second-level
/// cache.</param>
internal readonly record struct GemmBlocking(int Depth, int Columns)
{
    // The widest panel of B and the tallest tile, over both vector widths.
    private const int WidestPanel = 32;
    private const int TallestTile = 12;
    private const int Line = 16;

    /// <summary>What was fastest where it was measured.</summary>
    public static GemmBlocking Measured => new(256, 512);

    /// <summary>The pitch of a strip of A that is copied row by row: off every power of two.</summary>
    public int RowPitch => Depth + Line;

    /// <summary>Floats of a strip of A, in whole cache lines.</summary>
    public int StripFloats => (TallestTile * RowPitch + Line - 1) / Line * Line;

    /// <summary>Floats of scratch that a product with n columns over depth k needs.</summary>
    public long ScratchFloats(int n, int k)
    {
        if (n < Gemm.NarrowColumns)
        {
            const int lanes = ReferenceReductions.Lanes;
            return n * ((k + lanes - 1L) / lanes * lanes);
        }

        long columns = Math.Min(Columns, (n + WidestPanel - 1L) / WidestPanel * WidestPanel);
        return StripFloats + columns * Math.Min(k, Depth);
    }
}
