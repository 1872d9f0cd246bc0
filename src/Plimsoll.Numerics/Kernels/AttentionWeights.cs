using System.Runtime.CompilerServices;

namespace Plimsoll.Numerics.Kernels;

/// <summary>What attention does to its scores, a vector of queries at a time: every sum runs down the keys.</summary>
internal static unsafe class AttentionWeights
{
    /// <summary>Scores become exp(score - the query's largest), 0 where the query does not see the key.</summary>
    [MethodImpl(KernelCode.Loop)]
    public static void Exponentials<T>(in AttentionHead head)
        where T : struct, ILanes<T>
    {
        AttentionScratch scratch = head.Scratch;
        nint pitch = scratch.Pitch;
        T one = T.Create(1f);
        for (int i = 0; i < pitch; i += T.Count)
        {
            T count = T.Load(scratch.Counts + i);
            int seen = Seen<T>(head, i);
            T largest = T.Create(float.NegativeInfinity);
            T place = T.Zero;
            float* score = scratch.Scores + i;
            for (int l = 0; l < seen; l++, score += pitch, place += one)
            {
                largest = T.Select(T.Less(place, count), T.GreaterOrSecond(largest, T.Load(score)), largest);
            }

            T sum = T.Zero;
            place = T.Zero;
            score = scratch.Scores + i;
            for (int l = 0; l < seen; l++, score += pitch, place += one)
            {
                T e = VectorMath.Exp(T.Load(score) - largest) & T.Less(place, count);
                T.Store(e, score);
                sum += e;
            }

            T.Store(T.Select(T.Equal(sum, T.Zero), T.Zero, one / sum), scratch.Reciprocals + i);
        }
    }

    /// <summary>
    /// From exponentials and the gradients of the kept weights: scores become the kept weights, slopes the gradients
    /// of the scores.
    /// </summary>
    [MethodImpl(KernelCode.Loop)]
    public static void Slopes<T>(in AttentionHead head)
        where T : struct, ILanes<T>
    {
        AttentionScratch scratch = head.Scratch;
        nint pitch = scratch.Pitch;
        bool isDropped = head.Layout.Dropout is not null;
        T one = T.Create(1f);
        for (int i = 0; i < pitch; i += T.Count)
        {
            T count = T.Load(scratch.Counts + i);
            T reciprocal = T.Load(scratch.Reciprocals + i);
            int seen = Seen<T>(head, i);
            T mean = T.Zero;
            T place = T.Zero;
            float* score = scratch.Scores + i;
            float* slope = scratch.Slopes + i;
            for (int l = 0; l < seen; l++, score += pitch, slope += pitch, place += one)
            {
                T weight = T.Load(score) * reciprocal;
                T gradient = T.Load(slope);
                if (isDropped)
                {
                    gradient *= T.Load(head.KeepOf(l) + i);
                    T.Store(gradient, slope);
                }

                T.Store(weight, score);
                mean = T.Select(T.Less(place, count), T.Fma(weight, gradient, mean), mean);
            }

            score = scratch.Scores + i;
            slope = scratch.Slopes + i;
            for (int l = 0; l < seen; l++, score += pitch, slope += pitch)
            {
                T weight = T.Load(score);
                T.Store(weight * (T.Load(slope) - mean), slope);
                if (isDropped)
                {
                    T.Store(weight * T.Load(head.KeepOf(l) + i), score);
                }
            }
        }
    }

    /// <summary>The number of keys that the last query of a vector sees, which sees the most.</summary>
    private static int Seen<T>(in AttentionHead head, int i)
        where T : struct, ILanes<T>
    {
        int last = Math.Min(i + T.Count, head.Layout.Tokens) - 1;
        return last < i ? 0 : (int)head.Scratch.Counts[last];
    }
}
