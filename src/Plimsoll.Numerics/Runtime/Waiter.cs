using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Plimsoll.Numerics.Runtime;

/// <summary>A number with cache lines of its own, and the next line too, which the processor fetches along with it.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct LoneNumber
{
    [FieldOffset(128)]
    internal long Value;
}

/// <summary>
/// Where one thread waits for a number to change: for a while it looks again and again, then it sleeps and costs its
/// core nothing. Who changes the number says so by <see cref="Wake"/>, which is a mere look while nobody sleeps.
/// </summary>
/// <param name="patience">Ticks of <see cref="Stopwatch"/> before it sleeps.</param>
internal sealed class Waiter(long patience)
{
    /// <summary>Looks between two at the clock: about a microsecond.</summary>
    private const int LooksBetween = 32;

    private readonly object gate = new();
    private LoneNumber asleep;

    internal bool IsAsleep => Volatile.Read(ref asleep.Value) != 0;

    /// <summary>Returns the number once it is no longer this one.</summary>
    internal long Change(ref long number, long from)
    {
        Await(ref number, from, isLeft: true);
        return Volatile.Read(ref number);
    }

    /// <summary>Returns once the number is this one.</summary>
    internal void Arrival(ref long number, long at) => Await(ref number, at, isLeft: false);

    /// <summary>To be called after an interlocked change of the number.</summary>
    internal void Wake()
    {
        if (!IsAsleep) return;
        lock (gate)
        {
            Volatile.Write(ref asleep.Value, 0);
            Monitor.Pulse(gate);
        }
    }

    private void Await(ref long number, long value, bool isLeft)
    {
        if (Spin(ref number, value, isLeft)) return;
        lock (gate)
        {
            while (true)
            {
                // Sleeping is said before the last look, and the number is changed before the look at that: in
                // whatever order the two threads come, at least one of them sees the other.
                Interlocked.Exchange(ref asleep.Value, 1);
                if ((Volatile.Read(ref number) == value) != isLeft) break;
                Monitor.Wait(gate);
            }
            Volatile.Write(ref asleep.Value, 0);
        }
    }

    // Optimised from the first call on: the loop may turn for long before it is called again.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Spin(ref long number, long value, bool isLeft)
    {
        var start = 0L;
        while (true)
        {
            for (var look = 0; look < LooksBetween; look++)
            {
                if ((Volatile.Read(ref number) == value) != isLeft) return true;
                if (X86Base.IsSupported) X86Base.Pause();
                else Thread.SpinWait(1);
            }
            var now = Stopwatch.GetTimestamp();
            if (start == 0) start = now;
            else if (now - start > patience) return false;
        }
    }
}
