using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Plimsoll.Benchmarks.Measuring;

/// <summary>
/// One thread is timed by its own processor time, so that what else runs on the machine counts only through
/// the caches; several threads are timed by the wall clock, as waiting for each other is part of their time.
/// </summary>
internal sealed class Clock(int threads)
{
    private const int ThreadCpuTime = 3;

    internal bool IsProcessorTime { get; } = threads == 1 && OperatingSystem.IsLinux();

    internal double Seconds =>
        IsProcessorTime && ReadClock(ThreadCpuTime, out var time) == 0
            ? time.Seconds + 1e-9 * time.Nanoseconds
            : Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    /// <summary>Ties the calling thread to the processor it runs on; false where the system cannot.</summary>
    internal static bool Pin()
    {
        if (!OperatingSystem.IsLinux()) return false;
        var processor = CurrentProcessor();
        if (processor is < 0 or > 63) return false;
        var mask = 1UL << processor;
        return SetAffinity(0, sizeof(ulong), ref mask) == 0;
    }

    /// <summary>Does the work on a thread of its own, which is pinned where it is the only one. Helpers
    /// inherit the affinity of their maker, so only a lone thread may be.</summary>
    internal static void Alone(int threads, Action<Clock> work)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                if (threads == 1) Pin();
                work(new Clock(threads));
            }
            catch (Exception thrown)
            {
                failure = ExceptionDispatchInfo.Capture(thrown);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int ReadClock(int clock, out Time time);

    [DllImport("libc", EntryPoint = "sched_getcpu")]
    private static extern int CurrentProcessor();

    [DllImport("libc", EntryPoint = "sched_setaffinity")]
    private static extern int SetAffinity(int thread, nint size, ref ulong mask);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
