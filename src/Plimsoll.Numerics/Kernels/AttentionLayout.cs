using Plimsoll.Numerics.Random;

namespace Plimsoll.Numerics.Kernels;

/// <summary>Dropout on attention weights: each is kept with a probability and divided by it, else 0.</summary>
/// <param name="Stream">Where the draws come from. Element (b, h, key, query) of weights over T tokens is number
/// ((b H + h) R + key T + query), R = T² rounded up to a multiple of 64.</param>
/// <param name="Keep">Probability in (0, 1].</param>
public sealed record AttentionDropout(StreamAddress Stream, float Keep);

/// <summary>The sizes of an attention over arrays [B, T, D], D = heads * width.</summary>
/// <param name="Tokens">T.</param>
/// <param name="Heads">Number of heads; head h takes columns h * width up to the next head's.</param>
/// <param name="Width">Columns a head has.</param>
/// <param name="IsCausal">Whether a token sees itself and earlier ones alone.</param>
/// <param name="Dropout">Dropout on the weights, or none.</param>
public sealed record AttentionLayout(int Tokens, int Heads, int Width, bool IsCausal, AttentionDropout? Dropout)
{
    /// <summary>The distance between tokens: D.</summary>
    public int Pitch => Heads * Width;

    /// <summary>1 / sqrt(width).</summary>
    public float Scale => 1f / MathF.Sqrt(Width);

    /// <summary>Floats of scratch that one thread needs, 64-byte aligned.</summary>
    public long ScratchFloats => AttentionScratch.Floats(Tokens, Width);

    /// <summary>The elements of one step of a stream.</summary>
    internal const double MostDraws = 1L << 34;

    /// <summary>Draws kept apart for one head over so many tokens.</summary>
    internal static double Draws(int tokens) => Math.Ceiling((double)tokens * tokens / 64) * 64;

    /// <summary>Where the draws of one head start.</summary>
    internal nint FirstDraw(int item) => item * (((nint)Tokens * Tokens + 63) / 64 * 64);
}
