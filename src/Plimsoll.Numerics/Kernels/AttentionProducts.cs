namespace Plimsoll.Numerics.Kernels;

/// <summary>The products of one head around <see cref="AttentionWeights"/>.</summary>
internal static unsafe class AttentionProducts
{
    public static void Forward<T>(in AttentionHead head, float* o)
        where T : struct, ILanes<T>
    {
        AttentionLayout layout = head.Layout;
        AttentionScratch scratch = head.Scratch;
        float* values = head.IsMasked ? Pack(head, head.V, scratch.Values) : head.V;
        Scores<T>(head);
        AttentionWeights.Exponentials<T>(head);
        if (layout.Dropout is not null)
        {
            for (int l = 0; l < head.Kept; l++)
            {
                float* row = scratch.Scores + (nint)l * scratch.Pitch;
                Elementwise.Multiply(row, row, head.KeepOf(l), layout.Tokens);
            }
        }

        o += head.Offset;
        ByQuery<T>(head, scratch.Scores, values, o);
        for (int i = 0; i < layout.Tokens; i++)
        {
            float* row = o + (nint)i * layout.Pitch;
            Elementwise.Scale(row, row, scratch.Reciprocals[i], layout.Width);
        }
    }

    public static void Gradient<T>(in AttentionHead head, float* dq, float* dk, float* dv, float* upstream)
        where T : struct, ILanes<T>
    {
        AttentionLayout layout = head.Layout;
        AttentionScratch scratch = head.Scratch;
        upstream += head.Offset;
        float* values = head.IsMasked ? Pack(head, head.V, scratch.Values) : head.V;
        Scores<T>(head);
        AttentionWeights.Exponentials<T>(head);
        Transpose(scratch.Upstream, scratch.Pitch, upstream, layout);
        ByKey<T>(head, values, scratch.Upstream, scratch.Slopes);
        AttentionWeights.Slopes<T>(head);

        // The packed keys serve the gradient of the queries; then their place is free for their own.
        dq += head.Offset;
        ByQuery<T>(head, scratch.Slopes, head.IsMasked ? scratch.Keys : head.K, dq);
        Rescale(dq, layout.Pitch, layout.Tokens, layout);
        dk += head.Offset;
        dv += head.Offset;
        float* keyTarget = head.IsMasked ? scratch.Keys : dk;
        float* valueTarget = head.IsMasked ? scratch.Values : dv;
        int pitch = head.IsMasked ? layout.Width : layout.Pitch;
        OverQueries<T>(head, scratch.Slopes, head.Q, keyTarget, pitch);
        Rescale(keyTarget, pitch, head.Kept, layout);
        OverQueries<T>(head, scratch.Scores, upstream, valueTarget, pitch);
        if (head.IsMasked)
        {
            Unpack(head, keyTarget, dk);
            Unpack(head, valueTarget, dv);
        }
    }

    /// <summary>Scores[l, i] = key l · scaled query i, where query i sees key l.</summary>
    private static void Scores<T>(in AttentionHead head)
        where T : struct, ILanes<T>
    {
        AttentionScratch scratch = head.Scratch;
        AttentionLayout layout = head.Layout;
        Transpose(scratch.Queries, scratch.Pitch, head.Q, layout);
        Elementwise.Scale(scratch.Queries, scratch.Queries, layout.Scale, (nint)scratch.Pitch * layout.Width);
        float* keys = head.IsMasked ? Pack(head, head.K, scratch.Keys) : head.K;
        ByKey<T>(head, keys, scratch.Queries, scratch.Scores);
    }

    /// <summary>[tokens, width] of a head to [width, pitch], zeros behind the tokens.</summary>
    private static void Transpose(float* target, int pitch, float* source, AttentionLayout layout)
    {
        if (pitch != layout.Tokens)
        {
            Elementwise.Fill(target, 0f, (nint)pitch * layout.Width);
        }

        Kernels.Layout.Transpose(target, pitch, source, layout.Pitch, layout.Tokens, layout.Width);
    }

    /// <summary>c[l, i] = Σ over columns of rows[l] lines[:, i].</summary>
    private static void ByKey<T>(in AttentionHead head, float* rows, float* lines, float* c)
        where T : struct, ILanes<T> =>
        new RaggedProduct
        {
            A = rows,
            RowStride = head.IsMasked ? head.Layout.Width : head.Layout.Pitch,
            DepthStride = 1,
            B = lines,
            PitchB = head.Scratch.Pitch,
            C = c,
            PitchC = head.Scratch.Pitch,
            Rows = head.Kept,
            Columns = head.Scratch.Pitch,
            Depth = head.Layout.Width,
            Skip = head.Begins,
        }.Run<T>();

    /// <summary>c[i, :] = Σ over the keys that query i sees of weights[l, i] rows[l, :].</summary>
    private static void ByQuery<T>(in AttentionHead head, float* weights, float* rows, float* c)
        where T : struct, ILanes<T> =>
        new RaggedProduct
        {
            A = weights,
            RowStride = 1,
            DepthStride = head.Scratch.Pitch,
            B = rows,
            PitchB = head.IsMasked ? head.Layout.Width : head.Layout.Pitch,
            C = c,
            PitchC = head.Layout.Pitch,
            Rows = head.Layout.Tokens,
            Columns = head.Layout.Width,
            Depth = head.Kept,
            Ends = head.Ends,
        }.Run<T>();

    /// <summary>c[l, :] = Σ over the queries that see key l of weights[l, i] rows[i, :].</summary>
    private static void OverQueries<T>(in AttentionHead head, float* weights, float* rows, float* c, int pitch)
        where T : struct, ILanes<T> =>
        new RaggedProduct
        {
            A = weights,
            RowStride = head.Scratch.Pitch,
            DepthStride = 1,
            B = rows,
            PitchB = head.Layout.Pitch,
            C = c,
            PitchC = pitch,
            Rows = head.Kept,
            Columns = head.Layout.Width,
            Depth = head.Layout.Tokens,
            Begins = head.Begins,
        }.Run<T>();

    private static void Rescale(float* c, int pitch, int rows, AttentionLayout layout)
    {
        for (int i = 0; i < rows; i++)
        {
            Elementwise.Scale(c + (nint)i * pitch, c + (nint)i * pitch, layout.Scale, layout.Width);
        }
    }

    private static float* Pack(in AttentionHead head, float* source, float* target)
    {
        int width = head.Layout.Width;
        for (int l = 0; l < head.Kept; l++)
        {
            Elementwise.Copy(target + (nint)l * width, source + (nint)head.Scratch.Places[l] * head.Layout.Pitch, width);
        }

        return target;
    }

    private static void Unpack(in AttentionHead head, float* source, float* target)
    {
        AttentionLayout layout = head.Layout;
        int l = 0;
        for (int t = 0; t < layout.Tokens; t++)
        {
            float* row = target + (nint)t * layout.Pitch;
            if (l < head.Kept && head.Scratch.Places[l] == t)
            {
                Elementwise.Copy(row, source + (nint)l * layout.Width, layout.Width);
                l++;
            }
            else
            {
                Elementwise.Fill(row, 0f, layout.Width);
            }
        }
    }
}
