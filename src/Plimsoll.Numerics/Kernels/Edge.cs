using System.Runtime.CompilerServices;

namespace Plimsoll.Numerics.Kernels;

/// <summary>Whether a vector in memory is whole, known when the code is compiled.</summary>
internal interface IEdge
{
    static abstract bool IsWhole { get; }
}

internal readonly struct Whole : IEdge
{
    public static bool IsWhole => true;
}

internal readonly struct Cut : IEdge
{
    public static bool IsWhole => false;
}

/// <summary>Loads and stores of vectors that may be cut by the end of their row.</summary>
internal static unsafe class Edge
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T, TEdge>(float* source, int count)
        where T : struct, ILanes<T>
        where TEdge : struct, IEdge =>
        TEdge.IsWhole ? T.Load(source) : T.LoadFirst(source, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T, TEdge>(T value, float* target, int count)
        where T : struct, ILanes<T>
        where TEdge : struct, IEdge
    {
        if (TEdge.IsWhole)
        {
            T.Store(value, target);
        }
        else
        {
            T.StoreFirst(value, target, count);
        }
    }
}
