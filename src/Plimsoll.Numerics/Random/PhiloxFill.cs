using System.Runtime.CompilerServices;
using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Numerics.Random;

public static unsafe partial class Philox
{
    private static void Fill<TDraw>(
        float* d, nint start, nint n, StreamAddress address, ulong step, TDraw draw)
        where TDraw : struct, IDraw
    {
        if (InstructionSet.IsAvx512)
        {
            FillLanes<TDraw, Lanes512>(d, start, n, address, step, draw);
        }
        else if (InstructionSet.IsAvx2)
        {
            FillLanes<TDraw, Lanes256>(d, start, n, address, step, draw);
        }
        else
        {
            for (nint i = 0; i < n; i++)
            {
                d[i] = draw.Of(start + i, address, step);
            }
        }
    }

    // Whole groups of 64 elements go straight to d; a group that the range cuts goes through the stack.
    [MethodImpl(KernelCode.Loop)]
    private static void FillLanes<TDraw, T>(
        float* d, nint start, nint n, StreamAddress address, ulong step, TDraw draw)
        where TDraw : struct, IDraw
        where T : struct, ILanes<T>
    {
        float* cut = stackalloc float[Group];
        nint end = start + n;
        for (nint group = start / Group; group * Group < end; group++)
        {
            nint first = group * Group;
            bool whole = first >= start && first + Group <= end;
            float* target = whole ? d + (first - start) : cut;
            for (int offset = 0; offset < 16; offset += T.Count)
            {
                Words((uint)(group * 16 + offset), address, step, out T x0, out T x1, out T x2, out T x3);
                draw.Of(ref x0, ref x1, ref x2, ref x3);
                T.Store(x0, target + offset);
                T.Store(x1, target + offset + 16);
                T.Store(x2, target + offset + 32);
                T.Store(x3, target + offset + 48);
            }

            if (!whole)
            {
                nint from = Math.Max(first, start);
                nint to = Math.Min(first + Group, end);
                for (nint e = from; e < to; e++)
                {
                    d[e - start] = cut[e - first];
                }
            }
        }
    }

    // The words of T.Count consecutive blocks.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Words<T>(
        uint block, StreamAddress address, ulong step, out T x0, out T x1, out T x2, out T x3)
        where T : struct, ILanes<T>
    {
        x0 = T.AddBits(T.CreateBits((int)block), T.Indices);
        x1 = T.CreateBits((int)(uint)step);
        x2 = T.CreateBits((int)address.Stream);
        x3 = T.CreateBits((int)LastCounterWord(address, step));
        uint k0 = (uint)address.Key;
        uint k1 = (uint)(address.Key >> 32);
        T m0 = T.CreateBits(unchecked((int)Multiplier0));
        T m1 = T.CreateBits(unchecked((int)Multiplier1));
        for (int round = 0; round < Rounds; round++)
        {
            T high0 = T.MultiplyHigh(x0, m0, out T low0);
            T high1 = T.MultiplyHigh(x2, m1, out T low1);
            x0 = high1 ^ x1 ^ T.CreateBits((int)k0);
            x1 = low1;
            x2 = high0 ^ x3 ^ T.CreateBits((int)k1);
            x3 = low0;
            k0 += Weyl0;
            k1 += Weyl1;
        }
    }
}
