using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Kernels;

/// <summary>
/// Scaled dot-product attention of several heads (Vaswani et al. 2017), head by head within the first cache.
/// <see cref="ReferenceAttention"/> is the specification. Arrays are [B, T, D]; head h of sequence b is item b * heads + h.
/// Destinations must overlap nothing else.
/// </summary>
public static unsafe class Attention
{
    /// <summary>o = softmax(q kᵀ / √width) v for items [first, last).</summary>
    /// <param name="mask">[B, T]: keys with 0 are left out; null keeps all.</param>
    /// <param name="layout">The sizes.</param>
    /// <param name="step">The step of the dropout's draws.</param>
    /// <param name="scratch"><see cref="AttentionLayout.ScratchFloats"/> floats.</param>
    public static void Forward(
        float* o, float* q, float* k, float* v, float* mask, AttentionLayout layout, int first, int last, ulong step,
        float* scratch)
    {
        for (int item = first; item < last; item++)
        {
            var head = new AttentionHead(q, k, v, mask, layout, item, step, scratch);
            if (InstructionSet.IsAvx512)
            {
                AttentionProducts.Forward<Lanes512>(head, o);
            }
            else if (InstructionSet.IsAvx2)
            {
                AttentionProducts.Forward<Lanes256>(head, o);
            }
            else
            {
                ReferenceAttention.Forward(head, o);
            }
        }
    }

    /// <summary>dq, dk and dv for items [first, last) from the upstream gradient; the weights are computed again.</summary>
    public static void Gradient(
        float* dq, float* dk, float* dv, float* upstream, float* q, float* k, float* v, float* mask,
        AttentionLayout layout, int first, int last, ulong step, float* scratch)
    {
        for (int item = first; item < last; item++)
        {
            var head = new AttentionHead(q, k, v, mask, layout, item, step, scratch);
            if (InstructionSet.IsAvx512)
            {
                AttentionProducts.Gradient<Lanes512>(head, dq, dk, dv, upstream);
            }
            else if (InstructionSet.IsAvx2)
            {
                AttentionProducts.Gradient<Lanes256>(head, dq, dk, dv, upstream);
            }
            else
            {
                ReferenceAttention.Gradient(head, dq, dk, dv, upstream);
            }
        }
    }
}

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
            Random.Philox.KeepMask(Scratch.Keep, layout.FirstDraw(item), draws, dropout.Keep, dropout.Stream, step);
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

    public bool IsMasked => Kept < Layout.Tokens;

    /// <summary>The first query that sees each kept key, null where all do.</summary>
    public int* Begins => Layout.IsCausal ? Scratch.Places : null;

    /// <summary>The number of kept keys that each query sees, null where it is all.</summary>
    public int* Ends => Layout.IsCausal ? Scratch.Ends : null;

    /// <summary>The dropout factors of kept key l, by query.</summary>
    public float* KeepOf(int l) => Scratch.Keep + (nint)Scratch.Places[l] * Layout.Tokens;
}
