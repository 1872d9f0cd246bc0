using Plimsoll.Learning.Networks;

namespace Plimsoll.Learning.Sequences;

/// <summary>
/// What sequence models may take, so that no settings and no file end in more memory or more random numbers than
/// there are. Numbers are counted as estimates from above, in binary64, where nothing overflows.
/// </summary>
public static class SequenceBounds
{
    /// <summary>The longest context K. Attention costs its square.</summary>
    public const int LongestContext = 1024;

    /// <summary>The longest episode L: the table of times has a row for each of its steps.</summary>
    public const int LongestHorizon = 1_000_000;

    /// <summary>Largest K W, a window's tokens of one kind. Only K + L shows in a file's arrays, so that K
    /// must be bounded by itself.</summary>
    public const int LargestWindow = 1 << 18;

    /// <summary>Numbers of 32 bits that a training step may hold: 16 GiB.</summary>
    public const double MostNumbers = 1L << 32;

    /// <summary>Draws of one stream in a step.</summary>
    public const double MostDraws = 1L << 34;

    private const int TokensPerStep = 4;

    /// <summary>Numbers that acting holds at once, where one row has not more by itself: 256 MiB.</summary>
    private const long MostActing = 1 << 26;

    /// <summary>Of a width W: the residual, three projections, what is attended, and the layer of four.</summary>
    private const long ActingWidths = 16;

    /// <summary>Kept for the gradient by the embedding and the heads, and by each block, in widths W.</summary>
    private const double OuterWidths = 12, BlockWidths = 20;

    /// <summary>Whether context, width and horizon are within the bounds, those of a file's model as well.</summary>
    public static bool AreSound(CausalTransformerSizes sizes) =>
        sizes.Context is >= 1 and <= LongestContext && sizes.Horizon is >= 1 and <= LongestHorizon
        && (long)sizes.Context * sizes.Width <= LargestWindow;

    /// <summary>Whether a training step over so many windows is within the bounds.</summary>
    public static bool CanTrain(CausalTransformerSizes sizes, int windows) =>
        (long)sizes.Context * sizes.Width <= LargestWindow && Numbers(sizes, windows) <= MostNumbers
        && (sizes.Dropout == 0 || Draws(sizes, windows) <= MostDraws);

    /// <summary>What a training step holds: activations, and every parameter with its gradient and the two moments
    /// of Adam.</summary>
    public static double Numbers(CausalTransformerSizes sizes, int windows)
    {
        double width = sizes.Width;
        var activations = (double)windows * TokensPerStep * sizes.Context * width
            * (OuterWidths + BlockWidths * sizes.Blocks);
        var parameters = ((double)sizes.Horizon + sizes.Context) * width + 12 * sizes.Blocks * width * width;
        return activations + 4 * parameters;
    }

    /// <summary>Attention weights that dropout draws for in a block; every other mask is smaller than the
    /// activations.</summary>
    public static double Draws(CausalTransformerSizes sizes, int windows)
    {
        var tokens = (double)TokensPerStep * sizes.Context;
        return (double)windows * sizes.Heads * Math.Ceiling(tokens * tokens / 64) * 64;
    }

    /// <summary>Rows that act at once, at least 1 and at most as many as there are.</summary>
    internal static int ActingRows(CausalTransformerSizes sizes, int rows)
    {
        var most = Math.Max(MostActing / (TokensPerStep * (long)sizes.Context * sizes.Width * ActingWidths), 1);
        var portions = (rows + most - 1) / most;
        return (int)((rows + portions - 1) / portions);
    }
}
