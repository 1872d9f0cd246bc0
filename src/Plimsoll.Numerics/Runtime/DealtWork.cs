namespace Plimsoll.Numerics.Runtime;

/// <summary>
/// Work on 0..<paramref name="count"/>-1 that is dealt out in ranges to whichever thread of a team is free, for items
/// that take unequal times, such as steps of simulators. Which thread has which range differs from run to run, so the
/// work on one item must depend on nothing that another item changes. Running it allocates nothing.
/// </summary>
/// <param name="team">The threads; they must run nothing else meanwhile.</param>
/// <param name="count">Items, at least 0.</param>
/// <param name="work">Gets a range: its first item and the one after its last.</param>
public sealed class DealtWork(Team team, int count, Action<int, int> work)
{
    /// <summary>Ranges a thread: few enough that dealing costs nothing, enough that nobody waits long at the end.</summary>
    private const int RangesPerThread = 8;

    private readonly int range = Math.Max(1, count / (RangesPerThread * team.Size));
    private Kernel? kernel;
    private LoneNumber next;

    /// <summary>Works on every item once, and returns when all are done.</summary>
    /// <exception cref="InvalidOperationException">A range on another thread threw; the inner exception says what. An
    /// exception of the caller's own range comes as it is.</exception>
    public void Run()
    {
        if (team.Size == 1)
        {
            work(0, count);
            return;
        }
        next.Value = 0;
        team.Run(kernel ??= Take);
    }

    private void Take(int part, int parts)
    {
        while (true)
        {
            var end = (int)Math.Min(Interlocked.Add(ref next.Value, range), int.MaxValue);
            var start = end - range;
            if (start >= count) return;
            work(start, Math.Min(end, count));
        }
    }
}
