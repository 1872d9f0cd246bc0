using System.Runtime.CompilerServices;

namespace Plimsoll.Numerics.Kernels;

/// <summary>An operation on one operand: lanes, and the scalar specification.</summary>
internal interface IUnary
{
    T Of<T>(T x)
        where T : struct, ILanes<T>;

    float Of(float x);
}

/// <summary>An operation on two operands: lanes, and the scalar specification.</summary>
internal interface IBinary
{
    T Of<T>(T x, T y)
        where T : struct, ILanes<T>;

    float Of(float x, float y);
}

/// <summary>An operation on three operands: lanes, and the scalar specification.</summary>
internal interface ITernary
{
    T Of<T>(T x, T y, T z)
        where T : struct, ILanes<T>;

    float Of(float x, float y, float z);
}

/// <summary>
/// The loops of the element-wise kernels. Full vectors, then one masked vector for the rest, so nothing outside
/// [0, n) is touched; each vector is read before it is written, so the destination may be a source.
/// </summary>
internal static unsafe class Loops
{
    public static void Unary<TOp>(float* d, float* x, nint n, TOp op)
        where TOp : struct, IUnary
    {
        if (InstructionSet.IsAvx512)
        {
            Unary<TOp, Lanes512>(d, x, n, op);
        }
        else if (InstructionSet.IsAvx2)
        {
            Unary<TOp, Lanes256>(d, x, n, op);
        }
        else
        {
            for (nint i = 0; i < n; i++)
            {
                d[i] = op.Of(x[i]);
            }
        }
    }

    public static void Binary<TOp>(float* d, float* x, float* y, nint n, TOp op)
        where TOp : struct, IBinary
    {
        if (InstructionSet.IsAvx512)
        {
            Binary<TOp, Lanes512>(d, x, y, n, op);
        }
        else if (InstructionSet.IsAvx2)
        {
            Binary<TOp, Lanes256>(d, x, y, n, op);
        }
        else
        {
            for (nint i = 0; i < n; i++)
            {
                d[i] = op.Of(x[i], y[i]);
            }
        }
    }

    public static void Ternary<TOp>(float* d, float* x, float* y, float* z, nint n, TOp op)
        where TOp : struct, ITernary
    {
        if (InstructionSet.IsAvx512)
        {
            Ternary<TOp, Lanes512>(d, x, y, z, n, op);
        }
        else if (InstructionSet.IsAvx2)
        {
            Ternary<TOp, Lanes256>(d, x, y, z, n, op);
        }
        else
        {
            for (nint i = 0; i < n; i++)
            {
                d[i] = op.Of(x[i], y[i], z[i]);
            }
        }
    }

    [MethodImpl(KernelCode.Loop)]
    internal static void Unary<TOp, T>(float* d, float* x, nint n, TOp op)
        where TOp : struct, IUnary
        where T : struct, ILanes<T>
    {
        nint i = 0;
        for (; i <= n - T.Count; i += T.Count)
        {
            T.Store(op.Of(T.Load(x + i)), d + i);
        }

        if (i < n)
        {
            int rest = (int)(n - i);
            T.StoreFirst(op.Of(T.LoadFirst(x + i, rest)), d + i, rest);
        }
    }

    [MethodImpl(KernelCode.Loop)]
    internal static void Binary<TOp, T>(float* d, float* x, float* y, nint n, TOp op)
        where TOp : struct, IBinary
        where T : struct, ILanes<T>
    {
        nint i = 0;
        for (; i <= n - T.Count; i += T.Count)
        {
            T.Store(op.Of(T.Load(x + i), T.Load(y + i)), d + i);
        }

        if (i < n)
        {
            int rest = (int)(n - i);
            T.StoreFirst(op.Of(T.LoadFirst(x + i, rest), T.LoadFirst(y + i, rest)), d + i, rest);
        }
    }

    [MethodImpl(KernelCode.Loop)]
    internal static void Ternary<TOp, T>(float* d, float* x, float* y, float* z, nint n, TOp op)
        where TOp : struct, ITernary
        where T : struct, ILanes<T>
    {
        nint i = 0;
        for (; i <= n - T.Count; i += T.Count)
        {
            T.Store(op.Of(T.Load(x + i), T.Load(y + i), T.Load(z + i)), d + i);
        }

        if (i < n)
        {
            int rest = (int)(n - i);
            T first = T.LoadFirst(x + i, rest);
            T second = T.LoadFirst(y + i, rest);
            T third = T.LoadFirst(z + i, rest);
            T.StoreFirst(op.Of(first, second, third), d + i, rest);
        }
    }
}
