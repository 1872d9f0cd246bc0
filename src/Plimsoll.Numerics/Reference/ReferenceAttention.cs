using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Numerics.Reference;

/// <summary>
/// Attention head by head: the specification of <see cref="Attention"/>. l counts the kept keys in ascending order, i
/// the queries; query i sees the first c_i kept keys: all, or under causality those up to its own token. A query that
/// sees none gives 0 and gets the gradient 0, as do keys and values that are left out: what these hold does not enter.
/// </summary>
public static unsafe class ReferenceAttention
{
    /// <summary>
    /// s_li = Σ_d k_ld (q_id / √width), m_i = max_l s_li, e_li = exp(s_li - m_i), r_i = 1 / Σ_l e_li and
    /// o_id = r_i Σ_l (e_li keep_li) v_ld. Sums over d, and over l in o, are chains of fused multiply-adds, that in r
    /// plain adds, all ascending from +0.
    /// </summary>
    /// <remarks>Arguments as in <see cref="Attention.Forward"/>.</remarks>
    public static void Forward(
        float* o, float* q, float* k, float* v, float* mask, AttentionLayout layout, int first, int last, ulong step,
        float* scratch)
    {
        for (int item = first; item < last; item++)
        {
            Forward(new AttentionHead(q, k, v, mask, layout, item, step, scratch), o);
        }
    }

    private static void Forward(in AttentionHead head, float* o)
    {
        AttentionLayout layout = head.Layout;
        AttentionScratch scratch = head.Scratch;
        Exponentials(head);
        for (int i = 0; i < layout.Tokens; i++)
        {
            float* target = o + head.Offset + (nint)i * layout.Pitch;
            for (int d = 0; d < layout.Width; d++)
            {
                float sum = 0f;
                for (int l = 0; l < scratch.Counts[i]; l++)
                {
                    float weight = scratch.Scores[(nint)l * scratch.Pitch + i];
                    weight = layout.Dropout is null ? weight : weight * head.KeepOf(l)[i];
                    sum = MathF.FusedMultiplyAdd(weight, Row(head, head.V, l)[d], sum);
                }

                target[d] = sum * scratch.Reciprocals[i];
            }
        }
    }

    /// <summary>
    /// With w_li = e_li r_i and u_li = keep_li Σ_d v_ld do_id: δ_i = Σ_l w_li u_li, g_li = w_li (u_li - δ_i),
    /// dq_id = (Σ_l g_li k_ld) / √width, dk_ld = (Σ_i g_li q_id) / √width and dv_ld = Σ_i (w_li keep_li) do_id. All
    /// sums are ascending chains of fused multiply-adds; those over i start at the first query that sees the key.
    /// </summary>
    /// <remarks>Arguments as in <see cref="Attention.Gradient"/>.</remarks>
    public static void Gradient(
        float* dq, float* dk, float* dv, float* upstream, float* q, float* k, float* v, float* mask,
        AttentionLayout layout, int first, int last, ulong step, float* scratch)
    {
        for (int item = first; item < last; item++)
        {
            Gradient(new AttentionHead(q, k, v, mask, layout, item, step, scratch), dq, dk, dv, upstream);
        }
    }

    private static void Gradient(in AttentionHead head, float* dq, float* dk, float* dv, float* upstream)
    {
        AttentionLayout layout = head.Layout;
        dq += head.Offset;
        dk += head.Offset;
        dv += head.Offset;
        upstream += head.Offset;
        Exponentials(head);
        for (int t = 0; t < layout.Tokens; t++)
        {
            Elementwise.Fill(dk + (nint)t * layout.Pitch, 0f, layout.Width);
            Elementwise.Fill(dv + (nint)t * layout.Pitch, 0f, layout.Width);
        }

        for (int i = 0; i < layout.Tokens; i++)
        {
            Slopes(head, i, upstream + (nint)i * layout.Pitch);
        }

        for (int d = 0; d < layout.Width; d++)
        {
            QueryColumn(head, dq, d);
            KeyColumns(head, dk, dv, upstream, d);
        }
    }

    private static void Exponentials(in AttentionHead head)
    {
        AttentionLayout layout = head.Layout;
        AttentionScratch scratch = head.Scratch;
        for (int i = 0; i < layout.Tokens; i++)
        {
            float largest = float.NegativeInfinity;
            for (int l = 0; l < scratch.Counts[i]; l++)
            {
                float sum = 0f;
                for (int d = 0; d < layout.Width; d++)
                {
                    float query = head.Q[(nint)i * layout.Pitch + d] * layout.Scale;
                    sum = MathF.FusedMultiplyAdd(Row(head, head.K, l)[d], query, sum);
                }

                scratch.Scores[(nint)l * scratch.Pitch + i] = sum;
                largest = largest > sum ? largest : sum;
            }

            float total = 0f;
            for (int l = 0; l < scratch.Counts[i]; l++)
            {
                float* score = scratch.Scores + (nint)l * scratch.Pitch + i;
                *score = Scalar.Exp(*score - largest);
                total += *score;
            }

            scratch.Reciprocals[i] = total == 0f ? 0f : 1f / total;
        }
    }

    private static void Slopes(in AttentionHead head, int i, float* upstream)
    {
        AttentionScratch scratch = head.Scratch;
        float mean = 0f;
        for (int l = 0; l < scratch.Counts[i]; l++)
        {
            nint at = (nint)l * scratch.Pitch + i;
            float gradient = 0f;
            for (int d = 0; d < head.Layout.Width; d++)
            {
                gradient = MathF.FusedMultiplyAdd(Row(head, head.V, l)[d], upstream[d], gradient);
            }

            scratch.Slopes[at] = head.Layout.Dropout is null ? gradient : gradient * head.KeepOf(l)[i];
            scratch.Scores[at] *= scratch.Reciprocals[i];
            mean = MathF.FusedMultiplyAdd(scratch.Scores[at], scratch.Slopes[at], mean);
        }

        for (int l = 0; l < scratch.Counts[i]; l++)
        {
            nint at = (nint)l * scratch.Pitch + i;
            scratch.Slopes[at] = scratch.Scores[at] * (scratch.Slopes[at] - mean);
            scratch.Scores[at] *= head.Layout.Dropout is null ? 1f : head.KeepOf(l)[i];
        }
    }

    private static void QueryColumn(in AttentionHead head, float* dq, int d)
    {
        for (int i = 0; i < head.Layout.Tokens; i++)
        {
            float sum = 0f;
            for (int l = 0; l < head.Scratch.Counts[i]; l++)
            {
                float slope = head.Scratch.Slopes[(nint)l * head.Scratch.Pitch + i];
                sum = MathF.FusedMultiplyAdd(slope, Row(head, head.K, l)[d], sum);
            }

            dq[(nint)i * head.Layout.Pitch + d] = sum * head.Layout.Scale;
        }
    }

    private static void KeyColumns(in AttentionHead head, float* dk, float* dv, float* upstream, int d)
    {
        for (int l = 0; l < head.Kept; l++)
        {
            float key = 0f;
            float value = 0f;
            for (int i = head.Layout.IsCausal ? head.Scratch.Places[l] : 0; i < head.Layout.Tokens; i++)
            {
                nint from = (nint)i * head.Layout.Pitch + d;
                nint at = (nint)l * head.Scratch.Pitch + i;
                key = MathF.FusedMultiplyAdd(head.Scratch.Slopes[at], head.Q[from], key);
                value = MathF.FusedMultiplyAdd(head.Scratch.Scores[at], upstream[from], value);
            }

            nint target = (nint)head.Scratch.Places[l] * head.Layout.Pitch + d;
            dk[target] = key * head.Layout.Scale;
            dv[target] = value;
        }
    }

    private static float* Row(in AttentionHead head, float* array, int l) =>
        array + (nint)head.Scratch.Places[l] * head.Layout.Pitch;
}
