using System.Diagnostics;

namespace Plimsoll.Numerics.Runtime;

/// <summary>
/// A fixed number of threads that run the parts of a kernel side by side. Whoever waits, for the next kernel or for
/// the end of this one, spins briefly and then sleeps, so that a core lent to somebody else is not burnt. A part that
/// its thread has not begun when the caller is done with its own is the caller's: a thread that sleeps, or waits for a
/// core that somebody else has, holds nobody up. Where the thread that makes the team may use exactly as many CPUs as
/// the team has threads, each has one of its own.
/// </summary>
public sealed class Team : IDisposable
{
    /// <summary>Seconds of spinning: longer than the gap between two shared kernels of a program, and about what
    /// sleeping and being woken costs.</summary>
    private const double Patience = 50e-6;

    /// <summary>As above, where threads are more than CPUs and somebody else would use this one better.</summary>
    private const double PatienceWhenCrowded = 2e-6;

    private readonly Helper[] helpers;
    private readonly Waiter end;
    private readonly int[]? regained;
    private readonly int owner = Environment.CurrentManagedThreadId;
    private LoneNumber generation;
    private Kernel? kernel;
    private volatile Exception? failure;
    private volatile bool stopping;

    /// <param name="size">Threads in all, the caller's own included; at least 1.</param>
    /// <param name="pinCaller">Keeps the calling thread, which has to be the one that runs kernels, on the CPU on
    /// which it is, until the team is disposed; only where the helpers have CPUs of their own.</param>
    public Team(int size, bool pinCaller = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Size = size;
        var allowed = Affinity.Allowed();
        var others = size > 1 && allowed?.Length == size ? Others(allowed) : null;
        var isCrowded = size > (allowed?.Length ?? Environment.ProcessorCount);
        var patience = (long)((isCrowded ? PatienceWhenCrowded : Patience) * Stopwatch.Frequency);
        end = new Waiter(patience);
        if (pinCaller && others is not null && Affinity.Pin(Affinity.Own, allowed!.Except(others).Single()))
            regained = allowed;
        helpers = new Helper[size - 1];
        for (var i = 0; i < helpers.Length; i++)
        {
            var helper = helpers[i] = new Helper(i + 1, others?[i], patience);
            helper.Thread = new Thread(() => Work(helper)) { IsBackground = true, Name = $"numerics {helper.Part}" };
            helper.Thread.Start();
        }
    }

    public int Size { get; }

    /// <summary>How many of its threads cost nothing at this moment.</summary>
    internal int Sleeping => helpers.Count(helper => helper.Waiter.IsAsleep);

    /// <summary>Runs all parts and returns when the last one is done. Not reentrant, and for one caller at a time.</summary>
    /// <exception cref="InvalidOperationException">A part on another thread threw; the inner exception says what. An
    /// exception of the caller's own part comes as it is, once no other thread writes any more.</exception>
    /// <exception cref="ObjectDisposedException">The team was disposed.</exception>
    internal void Run(Kernel work)
    {
        ObjectDisposedException.ThrowIf(stopping, this);
        if (Size == 1)
        {
            work(0, 1);
            return;
        }
        failure = null;
        kernel = work;
        var now = Advance();
        try
        {
            work(0, Size);
        }
        finally
        {
            // Also when the caller's own part throws: its buffers must not go while others write to them.
            foreach (var helper in helpers)
            {
                if (helper.TryTake(now, now)) Attempt(work, helper.Part);
            }
            foreach (var helper in helpers) end.Arrival(ref helper.Progress.Value, now);
        }
        if (failure is { } thrown) throw new InvalidOperationException("a part of a kernel failed", thrown);
    }

    /// <summary>Ends the threads. Not while a kernel runs.</summary>
    public void Dispose()
    {
        if (stopping) return;
        stopping = true;
        Advance();
        foreach (var helper in helpers) helper.Thread!.Join();
        kernel = null;
        if (regained is not null && owner == Environment.CurrentManagedThreadId) Affinity.Pin(Affinity.Own, regained);
    }

    private static int[] Others(int[] allowed)
    {
        var own = Affinity.Current() is { } cpu && allowed.Contains(cpu) ? cpu : allowed[0];
        return [.. allowed.Where(other => other != own)];
    }

    /// <summary>Begins the next generation; the kernel, or the end, is for all to see by then.</summary>
    private long Advance()
    {
        var next = Interlocked.Increment(ref generation.Value);
        foreach (var helper in helpers) helper.Waiter.Wake();
        return next;
    }

    private void Work(Helper helper)
    {
        if (helper.Cpu is { } cpu) Affinity.Pin(Affinity.Own, cpu);
        var now = 0L;
        while (true)
        {
            now = helper.Waiter.Change(ref generation.Value, now);
            if (stopping) return;
            if (!helper.TryTake(now, ~now)) continue;
            Attempt(kernel!, helper.Part);
            Interlocked.Exchange(ref helper.Progress.Value, now);
            end.Wake();
        }
    }

    private void Attempt(Kernel work, int part)
    {
        try
        {
            work(part, Size);
        }
        catch (Exception thrown)
        {
            failure = thrown;
        }
    }

    private sealed class Helper(int part, int? cpu, long patience)
    {
        /// <summary>The generation whose part is done, or ~generation while the helper is at it.</summary>
        internal LoneNumber Progress;

        internal int Part { get; } = part;

        internal int? Cpu { get; } = cpu;

        internal Waiter Waiter { get; } = new(patience);

        internal Thread? Thread { get; set; }

        /// <summary>Whether the part of this generation was nobody's; if so it is the asker's, who has put
        /// <paramref name="mark"/> there. Nobody gets one of an older generation, as its part was taken before the
        /// next one began.</summary>
        internal bool TryTake(long generation, long mark) =>
            Volatile.Read(ref Progress.Value) == generation - 1
            && Interlocked.CompareExchange(ref Progress.Value, mark, generation - 1) == generation - 1;
    }
}
