namespace Plimsoll.Numerics.Runtime;

/// <summary>
/// A fixed number of threads that run the parts of a kernel side by side. Workers spin briefly for the next
/// kernel and then park, so that a core lent to somebody else is not burnt.
/// </summary>
public sealed class Team : IDisposable
{
    /// <summary>About 60 microseconds: longer than the gap between two shared kernels of a program, short enough
    /// that a thread that waits for nothing leaves its core.</summary>
    private const int SpinsBeforeParking = 200;

    private readonly Thread[] workers;
    private readonly object gate = new();
    private Kernel? kernel;
    private volatile int generation;
    private volatile int remaining;
    private volatile bool stopping;
    private volatile Exception? failure;

    /// <param name="size">Threads in all, the caller's own included; at least 1.</param>
    public Team(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Size = size;
        workers = new Thread[size - 1];
        for (var i = 0; i < workers.Length; i++)
        {
            var part = i + 1;
            workers[i] = new Thread(() => Work(part)) { IsBackground = true, Name = $"numerics {part}" };
            workers[i].Start();
        }
    }

    public int Size { get; }

    /// <summary>Runs all parts and returns when the last one is done. Not reentrant, and for one caller at a time.</summary>
    internal void Run(Kernel work)
    {
        ObjectDisposedException.ThrowIf(stopping, this);
        if (Size == 1)
        {
            work(0, 1);
            return;
        }
        kernel = work;
        remaining = Size - 1;
        lock (gate)
        {
            generation++;
            Monitor.PulseAll(gate);
        }
        try
        {
            work(0, Size);
        }
        finally
        {
            // Also when the caller's own part throws: its buffers must not go while others write to them.
            var spinner = new SpinWait();
            while (remaining != 0) spinner.SpinOnce(sleep1Threshold: -1);
        }
        if (failure is { } thrown)
        {
            failure = null;
            throw new InvalidOperationException("a part of a kernel failed", thrown);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            stopping = true;
            Monitor.PulseAll(gate);
        }
        foreach (var worker in workers) worker.Join();
    }

    private void Work(int part)
    {
        var seen = 0;
        while (true)
        {
            for (var spins = 0; generation == seen && !stopping && spins < SpinsBeforeParking; spins++) Thread.SpinWait(8);
            if (generation == seen)
            {
                lock (gate)
                {
                    while (generation == seen && !stopping) Monitor.Wait(gate);
                }
            }
            if (stopping) return;
            seen = generation;
            try
            {
                kernel!(part, Size);
            }
            catch (Exception thrown)
            {
                failure = thrown;
            }
            Interlocked.Decrement(ref remaining);
        }
    }
}
