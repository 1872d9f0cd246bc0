using System.Runtime.InteropServices;

namespace Plimsoll.Numerics.Runtime;

/// <summary>Which CPUs a thread may run on. Linux; elsewhere nothing is known and nothing is changed.</summary>
public static unsafe class Affinity
{
    /// <summary>The calling thread.</summary>
    public const int Own = 0;

    /// <summary>Room for 8,192 CPUs.</summary>
    private const int MaskBytes = 1024;

    /// <summary>The CPUs that a thread may use, ascending, as the system counts them; null where that is not known.
    /// </summary>
    /// <param name="thread">The system's number of a thread of this process, or <see cref="Own"/>.</param>
    public static int[]? Allowed(int thread = Own)
    {
        if (!OperatingSystem.IsLinux()) return null;
        var mask = stackalloc byte[MaskBytes];
        new Span<byte>(mask, MaskBytes).Clear();
        if (GetAffinity(thread, MaskBytes, mask) < 0) return null;
        var cpus = new List<int>();
        for (var cpu = 0; cpu < 8 * MaskBytes; cpu++)
        {
            if ((mask[cpu / 8] & (1 << (cpu % 8))) != 0) cpus.Add(cpu);
        }
        return [.. cpus];
    }

    /// <summary>Keeps a thread on these CPUs; numbers that no CPU can have are left out. False: the system refused.
    /// </summary>
    /// <param name="thread">The system's number of a thread of this process, or <see cref="Own"/>.</param>
    public static bool Pin(int thread, params ReadOnlySpan<int> cpus)
    {
        if (!OperatingSystem.IsLinux()) return false;
        var mask = stackalloc byte[MaskBytes];
        new Span<byte>(mask, MaskBytes).Clear();
        foreach (var cpu in cpus)
        {
            if (cpu is >= 0 and < 8 * MaskBytes) mask[cpu / 8] |= (byte)(1 << (cpu % 8));
        }
        return SetAffinity(thread, MaskBytes, mask) == 0;
    }

    /// <summary>The CPU that the calling thread runs on at this moment; null where that is not known.</summary>
    public static int? Current()
    {
        if (!OperatingSystem.IsLinux()) return null;
        var cpu = CurrentCpu();
        return cpu < 0 ? null : cpu;
    }

    [DllImport("libc", EntryPoint = "sched_getaffinity")]
    private static extern int GetAffinity(int thread, nuint bytes, byte* mask);

    [DllImport("libc", EntryPoint = "sched_setaffinity")]
    private static extern int SetAffinity(int thread, nuint bytes, byte* mask);

    [DllImport("libc", EntryPoint = "sched_getcpu")]
    private static extern int CurrentCpu();
}
