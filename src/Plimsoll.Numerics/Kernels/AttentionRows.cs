using System.Runtime.CompilerServices;

namespace Plimsoll.Numerics.Kernels;

/// <summary>
/// Moves of a head's rows out of arrays [B, T, D] and back. Their distance D is mostly a power of two, so that rows of
/// several arrays fall on the same few lines of the first cache; packed they do not.
/// </summary>
internal static unsafe class AttentionRows
{
    /// <summary>target[l, :] = row places[l] of a head, or row l where places is null.</summary>
    [MethodImpl(KernelCode.Loop)]
    public static void Pack<T>(float* target, float* source, int* places, int rows, int width, nint pitch)
        where T : struct, ILanes<T>
    {
        for (int l = 0; l < rows; l++, target += width)
        {
            float* row = source + (places == null ? l : places[l]) * pitch;
            int c = 0;
            for (; c <= width - T.Count; c += T.Count)
            {
                T.Store(T.Load(row + c), target + c);
            }

            if (c < width)
            {
                T.StoreFirst(T.LoadFirst(row + c, width - c), target + c, width - c);
            }
        }
    }

    /// <summary>Row l of a head = source[l, :] times factor l.</summary>
    [MethodImpl(KernelCode.Loop)]
    public static void Unpack<T>(float* target, float* source, float* factors, int rows, int width, nint pitch)
        where T : struct, ILanes<T>
    {
        for (int l = 0; l < rows; l++, target += pitch, source += width)
        {
            T factor = T.Create(factors[l]);
            int c = 0;
            for (; c <= width - T.Count; c += T.Count)
            {
                T.Store(T.Load(source + c) * factor, target + c);
            }

            if (c < width)
            {
                T.StoreFirst(T.LoadFirst(source + c, width - c) * factor, target + c, width - c);
            }
        }
    }

    /// <summary>Row places[l] of a head = source[l, :] times the factor; rows that none names become 0.</summary>
    [MethodImpl(KernelCode.Loop)]
    public static void Unpack<T>(
        float* target, float* source, int* places, int kept, float factor, int rows, int width, nint pitch)
        where T : struct, ILanes<T>
    {
        int l = 0;
        for (int t = 0; t < rows; t++, target += pitch)
        {
            bool isKept = l < kept && places[l] == t;
            for (int c = 0; c < width; c += T.Count)
            {
                int count = Math.Min(T.Count, width - c);
                T.StoreFirst(isKept ? T.LoadFirst(source + c, count) * T.Create(factor) : T.Zero, target + c, count);
            }

            if (isKept)
            {
                source += width;
                l++;
            }
        }
    }
}
