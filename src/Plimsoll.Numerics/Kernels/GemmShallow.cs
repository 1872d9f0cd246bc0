using System.Runtime.CompilerServices;

namespace Plimsoll.Numerics.Kernels;

/// <summary>
/// Products of depth 1 or 2, such as the gradient of a critic's last layer: more loads and stores than arithmetic, so
/// C is written row by row, with everything that ends an element in the same pass.
/// </summary>
internal static unsafe class GemmShallow
{
    /// <summary>The deepest product that comes here.</summary>
    public const int Depth = 2;

    public static void Run<T>(in Product p)
        where T : struct, ILanes<T>
    {
        int block = p.Blocking.Columns;
        for (int j0 = 0; j0 < p.N; j0 += block)
        {
            int columns = Math.Min(block, p.N - j0);
            Copy(p, j0, columns);
            for (int i = p.RowStart; i < p.RowEnd; i++)
            {
                if (p.K == 1)
                {
                    Row<T, One>(p, i, j0, columns);
                }
                else
                {
                    Row<T, Two>(p, i, j0, columns);
                }
            }
        }
    }

    // The rows of B one after the other in the scratch memory.
    private static void Copy(in Product p, int j0, int columns)
    {
        for (int l = 0; l < p.K; l++)
        {
            for (int j = 0; j < columns; j++)
            {
                p.Scratch[l * columns + j] = p.TransB ? p.B[(j0 + j) * p.Ldb + l] : p.B[l * p.Ldb + j0 + j];
            }
        }
    }

    [MethodImpl(KernelCode.Loop)]
    private static void Row<T, TDepth>(in Product p, int i, int j0, int columns)
        where T : struct, ILanes<T>
        where TDepth : struct, IExtent
    {
        float* a = p.A + i * p.RowStrideA;
        T first = T.Create(*a);
        T second = T.Create(TDepth.Count > 1 ? a[p.DepthStrideA] : 0f);
        float* b = p.Scratch;
        float* c = p.C + i * p.Ldc + j0;
        int j = 0;
        for (; j <= columns - T.Count; j += T.Count)
        {
            T chain = p.Accumulate ? T.Load(c + j) : T.Zero;
            chain = T.Fma(first, T.Load(b + j), chain);
            chain = TDepth.Count > 1 ? T.Fma(second, T.Load(b + columns + j), chain) : chain;
            T.Store(p.Ended<T, Whole>(chain, i, j0 + j, T.Count), c + j);
        }

        if (j < columns)
        {
            int rest = columns - j;
            T chain = p.Accumulate ? T.LoadFirst(c + j, rest) : T.Zero;
            chain = T.Fma(first, T.LoadFirst(b + j, rest), chain);
            chain = TDepth.Count > 1 ? T.Fma(second, T.LoadFirst(b + columns + j, rest), chain) : chain;
            T.StoreFirst(p.Ended<T, Cut>(chain, i, j0 + j, rest), c + j, rest);
        }
    }
}
