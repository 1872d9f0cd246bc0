using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Plimsoll.Numerics.Kernels;

/// <summary>A number known when the code is compiled, so that the tile's unused rows and columns vanish.</summary>
internal interface IExtent
{
    static abstract int Count { get; }
}

internal readonly struct One : IExtent
{
    public static int Count => 1;
}

internal readonly struct Two : IExtent
{
    public static int Count => 2;
}

internal readonly struct Four : IExtent
{
    public static int Count => 4;
}

internal readonly struct Six : IExtent
{
    public static int Count => 6;
}

internal readonly struct Twelve : IExtent
{
    public static int Count => 12;
}

/// <summary>Neighbouring rows of A, in place or copied: element (i, l) is First[i * RowStride + l * DepthStride].</summary>
internal readonly unsafe struct StripOfA(float* First, nint RowStride, nint DepthStride)
{
    public readonly float* First = First;
    public readonly nint RowStride = RowStride;
    public readonly nint DepthStride = DepthStride;

    public StripOfA From(int row) => new(First + row * RowStride, RowStride, DepthStride);
}

/// <summary>How a tile begins and ends.</summary>
/// <param name="Continue">The chains start from C, else from +0.</param>
/// <param name="Bias">Added to finished chains, or null.</param>
/// <param name="Relu">Applied to finished chains.</param>
internal readonly unsafe struct TileEnds(bool Continue, float* Bias, bool Relu)
{
    public readonly bool Continue = Continue;
    public readonly float* Bias = Bias;
    public readonly bool Relu = Relu;
}

/// <summary>Whether a tile asks the caches for anything, known when the code is compiled.</summary>
internal interface IAsks
{
    static abstract bool Asks { get; }
}

internal readonly struct Asking : IAsks
{
    public static bool Asks => true;
}

internal readonly struct Silent : IAsks
{
    public static bool Asks => false;
}

/// <summary>What a tile asks the caches for while it computes: nobody waits for it and no bit depends on it.</summary>
/// <param name="Source">Wanted in the second-level cache: 128 bytes with each step of the depth.</param>
/// <param name="Step">From one step's bytes to the next one's, in floats.</param>
/// <param name="Jump">Added to that after every eighth step.</param>
/// <param name="NextC">The tile of C that is computed next, wanted there too: the first level has few places for rows
/// that are powers of two apart.</param>
internal readonly unsafe struct TileAhead(float* Source, nint Step, nint Jump, float* NextC)
{
    public readonly float* Source = Source;
    public readonly nint Step = Step;
    public readonly nint Jump = Jump;
    public readonly float* NextC = NextC;
}

/// <summary>The register-blocked inner product of <see cref="Gemm"/>.</summary>
internal static unsafe class GemmTile
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private const int LineFloats = 16;

    /// <summary>The steps of the depth between two jumps of <see cref="TileAhead"/>.</summary>
    public const int StepsToJump = 8;

    /// <summary>
    /// C[TRows, TColumns vectors] = ends(A B) over <paramref name="depth"/> steps: one chain of fused multiply-adds
    /// for each element, held in a register. B's row l is at b + l * pitchB; the last vector of C has <paramref name="tail"/> columns.
    /// </summary>
    [MethodImpl(KernelCode.Loop)]
    public static void Run<T, TRows, TColumns, TEdge, TAsks>(
        StripOfA a, float* b, nint pitchB, float* c, nint pitchC, nint depth, int tail, TileEnds ends, TileAhead ahead)
        where T : struct, ILanes<T>
        where TRows : struct, IExtent
        where TColumns : struct, IExtent
        where TEdge : struct, IEdge
        where TAsks : struct, IAsks
    {
        for (int i = 0; TAsks.Asks && i < TRows.Count; i++)
        {
            Sse.Prefetch1(ahead.NextC + i * pitchC);
            Sse.Prefetch1(ahead.NextC + i * pitchC + (TColumns.Count - 1) * T.Count);
        }

        T c0 = T.Zero, c1 = T.Zero, c2 = T.Zero, c3 = T.Zero, c4 = T.Zero, c5 = T.Zero;
        T c6 = T.Zero, c7 = T.Zero, c8 = T.Zero, c9 = T.Zero, c10 = T.Zero, c11 = T.Zero;
        T d0 = T.Zero, d1 = T.Zero, d2 = T.Zero, d3 = T.Zero, d4 = T.Zero, d5 = T.Zero;
        T d6 = T.Zero, d7 = T.Zero, d8 = T.Zero, d9 = T.Zero, d10 = T.Zero, d11 = T.Zero;
        if (ends.Continue)
        {
            Begin<T, TRows, TColumns, TEdge>(0, c, pitchC, tail, ref c0, ref d0);
            Begin<T, TRows, TColumns, TEdge>(1, c, pitchC, tail, ref c1, ref d1);
            Begin<T, TRows, TColumns, TEdge>(2, c, pitchC, tail, ref c2, ref d2);
            Begin<T, TRows, TColumns, TEdge>(3, c, pitchC, tail, ref c3, ref d3);
            Begin<T, TRows, TColumns, TEdge>(4, c, pitchC, tail, ref c4, ref d4);
            Begin<T, TRows, TColumns, TEdge>(5, c, pitchC, tail, ref c5, ref d5);
            Begin<T, TRows, TColumns, TEdge>(6, c, pitchC, tail, ref c6, ref d6);
            Begin<T, TRows, TColumns, TEdge>(7, c, pitchC, tail, ref c7, ref d7);
            Begin<T, TRows, TColumns, TEdge>(8, c, pitchC, tail, ref c8, ref d8);
            Begin<T, TRows, TColumns, TEdge>(9, c, pitchC, tail, ref c9, ref d9);
            Begin<T, TRows, TColumns, TEdge>(10, c, pitchC, tail, ref c10, ref d10);
            Begin<T, TRows, TColumns, TEdge>(11, c, pitchC, tail, ref c11, ref d11);
        }

        // Four base pointers and two byte offsets reach twelve rows without a multiplication.
        byte* a0 = (byte*)a.First;
        byte* a3 = TRows.Count > 3 ? (byte*)a.From(3).First : null;
        byte* a6 = TRows.Count > 6 ? (byte*)a.From(6).First : null;
        byte* a9 = TRows.Count > 9 ? (byte*)a.From(9).First : null;
        nint next = a.RowStride * sizeof(float);
        nint second = next * 2;
        nint advance = a.DepthStride * sizeof(float);
        float* source = ahead.Source;
        nint sourceStep = ahead.Step;
        nint stretch = TAsks.Asks ? StepsToJump : depth;
        for (nint left = depth; left > 0; left -= stretch, source += ahead.Jump)
        {
            for (nint l = Math.Min(left, stretch); l > 0; l--)
            {
                if (TAsks.Asks)
                {
                    Sse.Prefetch1(source);
                    Sse.Prefetch1(source + LineFloats);
                    source += sourceStep;
                }

                T b0 = T.Load(b);
                T b1 = TColumns.Count > 1 ? T.Load(b + T.Count) : T.Zero;
                Step<T, TRows, TColumns>(0, a0, b0, b1, ref c0, ref d0);
                Step<T, TRows, TColumns>(1, a0 + next, b0, b1, ref c1, ref d1);
                Step<T, TRows, TColumns>(2, a0 + second, b0, b1, ref c2, ref d2);
                Step<T, TRows, TColumns>(3, a3, b0, b1, ref c3, ref d3);
                Step<T, TRows, TColumns>(4, a3 + next, b0, b1, ref c4, ref d4);
                Step<T, TRows, TColumns>(5, a3 + second, b0, b1, ref c5, ref d5);
                Step<T, TRows, TColumns>(6, a6, b0, b1, ref c6, ref d6);
                Step<T, TRows, TColumns>(7, a6 + next, b0, b1, ref c7, ref d7);
                Step<T, TRows, TColumns>(8, a6 + second, b0, b1, ref c8, ref d8);
                Step<T, TRows, TColumns>(9, a9, b0, b1, ref c9, ref d9);
                Step<T, TRows, TColumns>(10, a9 + next, b0, b1, ref c10, ref d10);
                Step<T, TRows, TColumns>(11, a9 + second, b0, b1, ref c11, ref d11);
                b += pitchB;
                a0 += advance;
                a3 += advance;
                a6 += advance;
                a9 += advance;
            }
        }

        // -0 and -infinity change nothing, so an absent bias and an absent activation need no branch.
        T bias0 = T.Create(-0f);
        T bias1 = bias0;
        if (ends.Bias != null)
        {
            bias0 = TColumns.Count > 1 ? T.Load(ends.Bias) : Edge.Load<T, TEdge>(ends.Bias, tail);
            bias1 = TColumns.Count > 1 ? Edge.Load<T, TEdge>(ends.Bias + T.Count, tail) : bias1;
        }

        T floor = T.Create(ends.Relu ? 0f : float.NegativeInfinity);
        End<T, TRows, TColumns, TEdge>(0, c, pitchC, tail, bias0, bias1, floor, c0, d0);
        End<T, TRows, TColumns, TEdge>(1, c, pitchC, tail, bias0, bias1, floor, c1, d1);
        End<T, TRows, TColumns, TEdge>(2, c, pitchC, tail, bias0, bias1, floor, c2, d2);
        End<T, TRows, TColumns, TEdge>(3, c, pitchC, tail, bias0, bias1, floor, c3, d3);
        End<T, TRows, TColumns, TEdge>(4, c, pitchC, tail, bias0, bias1, floor, c4, d4);
        End<T, TRows, TColumns, TEdge>(5, c, pitchC, tail, bias0, bias1, floor, c5, d5);
        End<T, TRows, TColumns, TEdge>(6, c, pitchC, tail, bias0, bias1, floor, c6, d6);
        End<T, TRows, TColumns, TEdge>(7, c, pitchC, tail, bias0, bias1, floor, c7, d7);
        End<T, TRows, TColumns, TEdge>(8, c, pitchC, tail, bias0, bias1, floor, c8, d8);
        End<T, TRows, TColumns, TEdge>(9, c, pitchC, tail, bias0, bias1, floor, c9, d9);
        End<T, TRows, TColumns, TEdge>(10, c, pitchC, tail, bias0, bias1, floor, c10, d10);
        End<T, TRows, TColumns, TEdge>(11, c, pitchC, tail, bias0, bias1, floor, c11, d11);
    }

    /// <summary>C = C where the mask is above 0, else 0; both have the pitch of C. A pass of its own over a tile that
    /// was just stored: inside <see cref="Run"/> it would cost more registers than there are.</summary>
    [MethodImpl(KernelCode.Loop)]
    public static void Mask<T>(float* c, float* mask, nint pitch, int rows, int columns)
        where T : struct, ILanes<T>
    {
        for (; rows > 0; rows--, c += pitch, mask += pitch)
        {
            int j = 0;
            for (; j <= columns - T.Count; j += T.Count)
            {
                T.Store(T.Less(T.Zero, T.Load(mask + j)) & T.Load(c + j), c + j);
            }

            if (j < columns)
            {
                int rest = columns - j;
                T.StoreFirst(T.Less(T.Zero, T.LoadFirst(mask + j, rest)) & T.LoadFirst(c + j, rest), c + j, rest);
            }
        }
    }

    [MethodImpl(Inline)]
    private static void Begin<T, TRows, TColumns, TEdge>(
        int row, float* c, nint pitchC, int tail, ref T first, ref T second)
        where T : struct, ILanes<T>
        where TRows : struct, IExtent
        where TColumns : struct, IExtent
        where TEdge : struct, IEdge
    {
        if (row < TRows.Count)
        {
            float* target = c + row * pitchC;
            first = TColumns.Count > 1 ? T.Load(target) : Edge.Load<T, TEdge>(target, tail);
            second = TColumns.Count > 1 ? Edge.Load<T, TEdge>(target + T.Count, tail) : second;
        }
    }

    [MethodImpl(Inline)]
    private static void Step<T, TRows, TColumns>(int row, byte* a, T b0, T b1, ref T first, ref T second)
        where T : struct, ILanes<T>
        where TRows : struct, IExtent
        where TColumns : struct, IExtent
    {
        if (row < TRows.Count)
        {
            T value = T.Create(*(float*)a);
            first = T.Fma(value, b0, first);
            if (TColumns.Count > 1)
            {
                second = T.Fma(value, b1, second);
            }
        }
    }

    [MethodImpl(Inline)]
    private static void End<T, TRows, TColumns, TEdge>(
        int row, float* c, nint pitchC, int tail, T bias0, T bias1, T floor, T first, T second)
        where T : struct, ILanes<T>
        where TRows : struct, IExtent
        where TColumns : struct, IExtent
        where TEdge : struct, IEdge
    {
        if (row < TRows.Count)
        {
            float* target = c + row * pitchC;
            first = T.GreaterOrSecond(floor, first + bias0);
            if (TColumns.Count > 1)
            {
                T.Store(first, target);
                Edge.Store<T, TEdge>(T.GreaterOrSecond(floor, second + bias1), target + T.Count, tail);
            }
            else
            {
                Edge.Store<T, TEdge>(first, target, tail);
            }
        }
    }
}
