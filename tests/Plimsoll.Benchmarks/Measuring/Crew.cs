using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Benchmarks.Measuring;

/// <summary>Threads that run the same work once each, side by side. The caller is the first; the others stay off its
/// CPU, for the system may leave two of them on one for long.</summary>
internal sealed class Crew : IDisposable
{
    private readonly Barrier? barrier;
    private readonly Thread[] helpers;
    private readonly int[] cpus = Affinity.Allowed() ?? [];
    private int? callersCpu;
    private Action<int> work = _ => { };
    private volatile bool stopping;

    internal Crew(int size)
    {
        Size = size;
        helpers = new Thread[size - 1];
        if (size == 1) return;
        barrier = new Barrier(size);
        for (var i = 0; i < helpers.Length; i++)
        {
            var part = i + 1;
            helpers[i] = new Thread(() => Help(part)) { IsBackground = true };
            helpers[i].Start();
        }
    }

    internal int Size { get; }

    internal void Run(Action<int> parts)
    {
        if (barrier is null)
        {
            parts(0);
            return;
        }
        work = parts;
        callersCpu = Affinity.Current();
        barrier.SignalAndWait();
        parts(0);
        barrier.SignalAndWait();
    }

    public void Dispose()
    {
        stopping = true;
        barrier?.SignalAndWait();
        foreach (var helper in helpers) helper.Join();
        barrier?.Dispose();
    }

    private void Help(int part)
    {
        int? keptOff = null;
        while (true)
        {
            barrier!.SignalAndWait();
            if (stopping) return;
            if (cpus.Length >= Size && callersCpu is { } taken && taken != keptOff)
            {
                Affinity.Pin(Affinity.Own, [.. cpus.Where(cpu => cpu != taken)]);
                keptOff = taken;
            }
            work(part);
            barrier.SignalAndWait();
        }
    }
}
