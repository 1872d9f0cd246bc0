using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Learning.Networks;

/// <summary>
/// A pre-normalised transformer block (Radford et al. 2019): x + D(Attention(LN(x)) W_o), then x + D(W_2
/// GELU(W_1 LN(x))) with W_1 four times as wide; D drops out. Causal, several heads, keys masked where they
/// are padding. Rows x [B T, W].
/// </summary>
internal sealed class TransformerBlock
{
    private readonly int index, heads;
    private readonly NormLayer beforeAttention, beforeWidening;
    private readonly LinearLayer query, key, value, output, widen, narrow;

    internal TransformerBlock(Layers layers, int index, Axis width, int heads)
    {
        (this.index, this.heads) = (index, heads);
        var inner = width.As("Q");
        var wide = new Axis("F", 4 * width.Size);
        var part = $"block/{index}";
        beforeAttention = layers.Norm($"{part}/norm-1", width);
        query = layers.Linear($"{part}/query", width, inner);
        key = layers.Linear($"{part}/key", width, inner);
        value = layers.Linear($"{part}/value", width, inner);
        output = layers.Linear($"{part}/output", inner, width);
        beforeWidening = layers.Norm($"{part}/norm-2", width);
        widen = layers.Linear($"{part}/widen", width, wide);
        narrow = layers.Linear($"{part}/narrow", wide, width);
    }

    /// <param name="x">Rows [B T, W], sequence by sequence.</param>
    /// <param name="keys">[B, T]: 1 for tokens, 0 for padding; null: no padding.</param>
    internal Node Of(
        GraphBuilder g, Node x, Axis batch, Axis tokens, Node? keys, float dropout, DropoutStreams? streams)
    {
        var normal = beforeAttention.Of(g, x);
        var attended = g.Attention(
            Sequences(query), Sequences(key), Sequences(value), heads, causal: true, keys,
            streams is null || dropout == 0f
                ? null
                : new AttentionDropout(
                    streams.Random.Stream($"{streams.Role}/attention", index), 1f - dropout));
        x = x + Dropped(output.Of(g, g.MergeLeading(attended, x.Shape[0].Name)), 0);
        return x + Dropped(narrow.Of(g, widen.Of(g, beforeWidening.Of(g, x), Nonlinearity.Gelu)), 1);

        Node Sequences(LinearLayer layer) => g.SplitLeading(layer.Of(g, normal), batch, tokens);

        // Layer 0 of the role belongs to the embeddings.
        Node Dropped(Node y, int place) => streams?.Apply(g, y, dropout, 1 + 2 * index + place) ?? y;
    }
}
