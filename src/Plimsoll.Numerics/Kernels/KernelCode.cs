using System.Runtime.CompilerServices;

namespace Plimsoll.Numerics.Kernels;

/// <summary>How the methods that hold a kernel's loop are compiled.</summary>
internal static class KernelCode
{
    /// <summary>
    /// Fully optimised at once, and never inlined: the compiler inlines up to a budget, and a loop pulled
    /// into a hot caller leaves none for the vector operations in its body, which then run as calls, up to
    /// 30 times slower.
    /// </summary>
    internal const MethodImplOptions Loop =
        MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;
}
