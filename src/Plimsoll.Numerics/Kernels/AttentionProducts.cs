namespace Plimsoll.Numerics.Kernels;

/// <summary>The products of one head around <see cref="AttentionWeights"/>.</summary>
internal static unsafe class AttentionProducts
{
    public static void Forward<T>(in AttentionHead head, float* o)
        where T : struct, ILanes<T>
    {
        AttentionLayout layout = head.Layout;
        AttentionScratch scratch = head.Scratch;
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

        AttentionRows.Pack<T>(scratch.Values, head.V, scratch.Places, head.Kept, layout.Width, layout.Pitch);
        ByQuery<T>(head, scratch.Scores, scratch.Values);
        AttentionRows.Unpack<T>(
            o + head.Offset, scratch.Result, scratch.Reciprocals, layout.Tokens, layout.Width, layout.Pitch);
    }

    public static void Gradient<T>(in AttentionHead head, float* dq, float* dk, float* dv, float* upstream)
        where T : struct, ILanes<T>
    {
        AttentionLayout layout = head.Layout;
        AttentionScratch scratch = head.Scratch;
        Scores<T>(head);
        AttentionWeights.Exponentials<T>(head);
        AttentionRows.Pack<T>(scratch.Values, head.V, scratch.Places, head.Kept, layout.Width, layout.Pitch);
        AttentionRows.Pack<T>(scratch.Upstream, upstream + head.Offset, null, layout.Tokens, layout.Width, layout.Pitch);
        Transpose(scratch.Columns, scratch.Upstream, scratch.Pitch, layout);
        ByKey<T>(head, scratch.Values, scratch.Slopes);
        AttentionWeights.Slopes<T>(head);
        ByQuery<T>(head, scratch.Slopes, scratch.Keys);
        AttentionRows.Unpack<T>(
            dq + head.Offset, scratch.Result, scratch.Tokens, layout.Tokens, layout.Scale, layout.Tokens, layout.Width,
            layout.Pitch);
        OverQueries<T>(head, scratch.Slopes, scratch.Queries, layout.Scale, dk);
        OverQueries<T>(head, scratch.Scores, scratch.Upstream, 1f, dv);
    }

    /// <summary>Scores[l, i] = key l · scaled query i, where query i sees key l.</summary>
    private static void Scores<T>(in AttentionHead head)
        where T : struct, ILanes<T>
    {
        AttentionScratch scratch = head.Scratch;
        AttentionLayout layout = head.Layout;
        AttentionRows.Pack<T>(scratch.Queries, head.Q, null, layout.Tokens, layout.Width, layout.Pitch);
        AttentionRows.Pack<T>(scratch.Keys, head.K, scratch.Places, head.Kept, layout.Width, layout.Pitch);
        Transpose(scratch.Columns, scratch.Queries, scratch.Pitch, layout);
        Elementwise.Scale(scratch.Columns, scratch.Columns, layout.Scale, (nint)scratch.Pitch * layout.Width);
        ByKey<T>(head, scratch.Keys, scratch.Scores);
    }

    /// <summary>[tokens, width] to [width, pitch], zeros behind the tokens.</summary>
    private static void Transpose(float* target, float* source, int pitch, AttentionLayout layout)
    {
        if (pitch != layout.Tokens)
        {
            Elementwise.Fill(target, 0f, (nint)pitch * layout.Width);
        }

        Kernels.Layout.Transpose(target, pitch, source, layout.Width, layout.Tokens, layout.Width);
    }

    /// <summary>c[l, i] = Σ over the width of rows[l, :] columns[:, i].</summary>
    private static void ByKey<T>(in AttentionHead head, float* rows, float* c)
        where T : struct, ILanes<T> =>
        new RaggedProduct
        {
            A = rows,
            RowStride = head.Layout.Width,
            DepthStride = 1,
            B = head.Scratch.Columns,
            PitchB = head.Scratch.Pitch,
            C = c,
            PitchC = head.Scratch.Pitch,
            Rows = head.Kept,
            Columns = head.Scratch.Pitch,
            Depth = head.Layout.Width,
            Skip = head.Begins,
        }.Run<T>();

    /// <summary>Result[i, :] = Σ over the keys that query i sees of weights[l, i] rows[l, :].</summary>
    private static void ByQuery<T>(in AttentionHead head, float* weights, float* rows)
        where T : struct, ILanes<T> =>
        new RaggedProduct
        {
            A = weights,
            RowStride = 1,
            DepthStride = head.Scratch.Pitch,
            B = rows,
            PitchB = head.Layout.Width,
            C = head.Scratch.Result,
            PitchC = head.Layout.Width,
            Rows = head.Layout.Tokens,
            Columns = head.Layout.Width,
            Depth = head.Kept,
            Ends = head.Ends,
        }.Run<T>();

    /// <summary>Row places[l] of the target = factor Σ over the queries that see key l of weights[l, i] rows[i, :].</summary>
    private static void OverQueries<T>(in AttentionHead head, float* weights, float* rows, float factor, float* target)
        where T : struct, ILanes<T>
    {
        AttentionLayout layout = head.Layout;
        AttentionScratch scratch = head.Scratch;
        new RaggedProduct
        {
            A = weights,
            RowStride = scratch.Pitch,
            DepthStride = 1,
            B = rows,
            PitchB = layout.Width,
            C = scratch.Result,
            PitchC = layout.Width,
            Rows = head.Kept,
            Columns = layout.Width,
            Depth = layout.Tokens,
            Begins = head.Begins,
        }.Run<T>();
        AttentionRows.Unpack<T>(
            target + head.Offset, scratch.Result, scratch.Places, head.Kept, factor, layout.Tokens, layout.Width,
            layout.Pitch);
    }
}
