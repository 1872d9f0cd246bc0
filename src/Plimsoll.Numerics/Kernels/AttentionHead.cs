using Plimsoll.Numerics.Random;

namespace Plimsoll.Numerics.Kernels;

/// <summary>One head of one sequence: where its arrays lie and which keys it keeps.</summary>
internal readonly unsafe struct AttentionHead
{
    public AttentionHead(
        float* q, float* k, float* v, float* mask, AttentionLayout layout, int item, ulong step, float* scratch)
    {
        int sequence = item / layout.Heads;
        Layout = layout;
        Offset = (nint)sequence * layout.Tokens * layout.Pitch + item % layout.Heads * layout.Width;
        Q = q + Offset;
        K = k + Offset;
        V = v + Offset;
        Scratch = new AttentionScratch(scratch, layout.Tokens, layout.Width);
        Kept = Scratch.ListKeys(
            mask == null ? null : mask + (nint)sequence * layout.Tokens, layout.Tokens, layout.IsCausal);
        if (layout.Dropout is { } dropout)
        {
            int draws = layout.Tokens * layout.Tokens;
            Philox.KeepMask(Scratch.Keep, layout.FirstDraw(item), draws, dropout.Keep, dropout.Stream, step);
        }
    }

    public AttentionLayout Layout { get; }

    /// <summary>Where the head starts in arrays [B, T, D].</summary>
    public nint Offset { get; }

    public float* Q { get; }

    public float* K { get; }

    public float* V { get; }

    public AttentionScratch Scratch { get; }

    /// <summary>How many keys are kept.</summary>
    public int Kept { get; }

    /// <summary>The first query that sees each kept key, null where all do.</summary>
    public int* Begins => Layout.IsCausal ? Scratch.Places : null;

    /// <summary>The number of kept keys that each query sees, null where it is all.</summary>
    public int* Ends => Layout.IsCausal ? Scratch.Ends : null;

    /// <summary>The dropout factors of kept key l, by query.</summary>
    public float* KeepOf(int l) => Scratch.Keep + (nint)Scratch.Places[l] * Layout.Tokens;
}
