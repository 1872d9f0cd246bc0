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
        if (!InstructionSet.IsAvx512 && !InstructionSet.IsAvx2)
        {
            ReferenceAttention.Forward(o, q, k, v, mask, layout, first, last, step, scratch);
            return;
        }

        for (int item = first; item < last; item++)
        {
            var head = new AttentionHead(q, k, v, mask, layout, item, step, scratch);
            if (InstructionSet.IsAvx512)
            {
                AttentionProducts.Forward<Lanes512>(head, o);
            }
            else
            {
                AttentionProducts.Forward<Lanes256>(head, o);
            }
        }
    }

    /// <summary>dq, dk and dv for items [first, last) from the upstream gradient; the weights are computed again.</summary>
    public static void Gradient(
        float* dq, float* dk, float* dv, float* upstream, float* q, float* k, float* v, float* mask,
        AttentionLayout layout, int first, int last, ulong step, float* scratch)
    {
        if (!InstructionSet.IsAvx512 && !InstructionSet.IsAvx2)
        {
            ReferenceAttention.Gradient(
                dq, dk, dv, upstream, q, k, v, mask, layout, first, last, step, scratch);
            return;
        }

        for (int item = first; item < last; item++)
        {
            var head = new AttentionHead(q, k, v, mask, layout, item, step, scratch);
            if (InstructionSet.IsAvx512)
            {
                AttentionProducts.Gradient<Lanes512>(head, dq, dk, dv, upstream);
            }
            else
            {
                AttentionProducts.Gradient<Lanes256>(head, dq, dk, dv, upstream);
            }
        }
    }
}
