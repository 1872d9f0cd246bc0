namespace Plimsoll.Numerics.Kernels;

/// <summary>The scratch memory of one head. Rows of scores belong to keys, their columns to queries.</summary>
internal readonly unsafe struct AttentionScratch
{
    public AttentionScratch(float* memory, int tokens, int width)
    {
        Pitch = Up(tokens);
        nint lines = (nint)Pitch * width;
        nint square = (nint)Pitch * tokens;
        Columns = memory;
        Queries = Columns + lines;
        Upstream = Queries + lines;
        Keys = Upstream + lines;
        Values = Keys + lines;
        Result = Values + lines;
        Scores = Result + lines;
        Slopes = Scores + square;
        Keep = Slopes + square;
        Counts = Keep + square + Margin;
        Reciprocals = Counts + Pitch;
        Ends = (int*)(Reciprocals + Pitch);
        Places = Ends + Pitch;
        Tokens = Places + Pitch;
    }

    private const int Lanes = 16;
    private const int Margin = 16;

    /// <summary>Tokens rounded up to whole vectors: the distance between rows of scores.</summary>
    public int Pitch { get; }

    /// <summary>The scaled queries, or the upstream gradient, transposed: [width, pitch].</summary>
    public float* Columns { get; }

    /// <summary>The queries, [tokens, width].</summary>
    public float* Queries { get; }

    /// <summary>The upstream gradient, [tokens, width].</summary>
    public float* Upstream { get; }

    /// <summary>The kept keys, [kept, width].</summary>
    public float* Keys { get; }

    /// <summary>The kept values, [kept, width].</summary>
    public float* Values { get; }

    /// <summary>What a product gives before it goes back to its tokens: [tokens, width].</summary>
    public float* Result { get; }

    /// <summary>[kept, pitch].</summary>
    public float* Scores { get; }

    /// <summary>Gradients of the weights, [kept, pitch].</summary>
    public float* Slopes { get; }

    /// <summary>Drawn dropout factors, [tokens, tokens], keys by queries; a vector more may be read.</summary>
    public float* Keep { get; }

    /// <summary>How many kept keys each query sees; 0 beyond the tokens.</summary>
    public float* Counts { get; }

    /// <summary>1 / Σ of the exponentials of each query.</summary>
    public float* Reciprocals { get; }

    /// <summary>As <see cref="Counts"/>.</summary>
    public int* Ends { get; }

    /// <summary>The token of each kept key, ascending. Under causality it is also the first query that sees it.</summary>
    public int* Places { get; }

    /// <summary>0, 1, 2, ...: the places where all are kept.</summary>
    public int* Tokens { get; }

    public static long Floats(int tokens, int width)
    {
        long pitch = Up(tokens);
        return pitch * (6L * width + 3L * tokens + 5) + Margin;
    }

    /// <summary>Lists the kept keys and what each query sees of them; returns how many there are.</summary>
    public int ListKeys(float* mask, int tokens, bool isCausal)
    {
        int kept = 0;
        for (int t = 0; t < tokens; t++)
        {
            if (mask == null || mask[t] != 0f)
            {
                Places[kept++] = t;
            }

            Ends[t] = kept;
            Tokens[t] = t;
        }

        for (int t = 0; t < Pitch; t++)
        {
            Counts[t] = t >= tokens ? 0 : isCausal ? Ends[t] : kept;
        }

        return kept;
    }

    private static int Up(int count) => (count + Lanes - 1) / Lanes * Lanes;
}
