using Plimsoll.Numerics.Graph.Operations;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.State;

namespace Plimsoll.Numerics.Graph;

public sealed partial class GraphBuilder
{
    /// <summary>
    /// Scaled dot-product attention (Vaswani et al. 2017, equation 1) of several heads: q, k, v [B, T, D] to
    /// [B, T, D], with D = heads · width; head h takes columns h · width up to the next head's:
    /// softmax(q kᵀ / √width) v. The projections before and after are the caller's.
    /// </summary>
    /// <param name="causal">A token sees itself and earlier tokens alone; what later ones hold, NaN included, does not
    /// enter a bit.</param>
    /// <param name="keyMask">[B, T]: keys with 0 are left out, as if the sequence were shorter, to the bit; what they
    /// hold does not enter. A query that sees no key gives 0. No gradient towards the mask.</param>
    /// <param name="dropout">Dropout on the weights, drawn in the kernel by address, or none.</param>
    public Node Attention(
        Node q, Node k, Node v, int heads, bool causal, Node? keyMask = null, AttentionDropout? dropout = null)
    {
        Same("attention", q, k);
        Same("attention", q, v);
        if (q.Shape.Rank != 3) throw new ShapeException($"attention over {q.Shape}: queries, keys and values are [B, T, D]");
        if (heads < 1 || q.Shape[2].Size % heads != 0)
            throw new ShapeException($"attention over {q.Shape}: {heads} heads do not divide {q.Shape[2]}");
        if (keyMask is not null && !keyMask.Shape.Equals(q.Shape.WithoutLast()))
            throw new ShapeException($"attention over {q.Shape} with key mask {keyMask.Shape}: the mask is [B, T]");
        if (dropout is { Keep: not (> 0f and <= 1f) })
            throw new ArgumentOutOfRangeException(nameof(dropout), dropout.Keep, "the probability to keep lies in (0, 1]");
        if (dropout is not null && AttentionLayout.Draws(q.Shape[1].Size) * q.Shape[0].Size * heads > AttentionLayout.MostDraws)
            throw new ShapeException($"attention over {q.Shape} with dropout: its weights are more than the draws of one stream");
        var layout = new AttentionLayout(q.Shape[1].Size, heads, q.Shape[2].Size / heads, causal, dropout);
        return Make(new Operations.Attention(layout), keyMask is null ? [q, k, v] : [q, k, v, keyMask], q.Shape);
    }

    /// <summary>
    /// Row numbers from numbers [..], such as time steps of a dataset: rounded down and held within 0..bound-1; NaN
    /// gives 0. No gradient. Exact for whole numbers up to 2^24.
    /// </summary>
    public RowIndices ToRows(Node numbers, int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        return new(Make(new ToRows(bound), [numbers], numbers.Shape));
    }

    /// <summary>
    /// Row numbers of windows: [..] to [.., T], row + first + t, held within 0..bound-1. Where a window leaves its
    /// episode, a mask is the caller's: compare gathered episode numbers with those of the row itself.
    /// </summary>
    /// <param name="first">Where the window starts from the row: 0 at it, 1 - T so that it ends with it.</param>
    public RowIndices Windows(RowIndices rows, Axis time, int first = 0) =>
        new(Make(new WindowRows(first, rows.Bound), [rows.Node], rows.Node.Shape.Append(time)));

    /// <summary>Rows of a table of the state, such as learnt embeddings; as the other overload.</summary>
    public Node Lookup(StateArray table, RowIndices rows) => Lookup(Read(table), rows);

    /// <summary>
    /// Rows of a table [N, D]: row numbers [..] to [.., D]. The gradient adds each row of the upstream gradient to its
    /// row of the table, in ascending order of the row numbers' places; rows that nobody took get 0.
    /// </summary>
    /// <exception cref="ShapeException">The row numbers may reach beyond the table, or it is not [N, D].</exception>
    public Node Lookup(Node table, RowIndices rows)
    {
        if (table.Shape.Rank != 2) throw new ShapeException($"lookup in {table.Shape}: a table is [N, D]");
        if (rows.Bound > table.Shape[0].Size)
            throw new ShapeException($"lookup in {table.Shape}: the row numbers go up to {rows.Bound - 1}");
        return Make(new Lookup(), [table, rows.Node], rows.Node.Shape.Append(table.Shape[1]));
    }
}
