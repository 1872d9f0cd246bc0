using System.Globalization;
using System.Runtime.ExceptionServices;
using Plimsoll.Data;
using Plimsoll.Environments;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Collection;

/// <summary>
/// Makes a dataset as DSRL's were made (arXiv 2306.09303, section 4): agents that learn online under different prices
/// on costs, everything that they lived through kept from the random beginning on, then thinned on a grid over
/// (cost, return) so that no kind of behaviour drowns the others. Agents share nothing: threads take one after the
/// other, and trajectories stand in the order of agents, then of their ends. Deterministic in task and settings
/// whatever the number of threads: bitwise where the task is.
/// </summary>
public static class AgentCollector
{
    /// <param name="task">A task with a simulator that is there.</param>
    /// <param name="threads">At least 1; they change no bit.</param>
    /// <param name="report">Called from several threads, one at a time.</param>
    /// <exception cref="InvalidOperationException">The task's engine is missing.</exception>
    public static CollectionOutcome Run(
        string task, AgentCollectionSettings settings, int threads, Action<CollectionReport> report,
        CancellationToken cancelled) =>
        Run(Tasks.Find(task)!, () => Tasks.Create(task, settings.Environments), settings, threads, report, cancelled);

    /// <param name="create">The environments of an agent.</param>
    internal static CollectionOutcome Run(
        TaskFacts task, Func<BatchedEnvironment> create, AgentCollectionSettings settings, int threads,
        Action<CollectionReport> report, CancellationToken cancelled)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Penalties.Count, 1);
        var agents = new Agents(create, settings, report, cancelled);
        agents.Live(Math.Min(threads, settings.Penalties.Count));
        if (agents.FirstFailure() is { } failed) return failed;
        return cancelled.IsCancellationRequested
            ? new CollectionOutcome.Cancelled()
            : new CollectionOutcome.Collected(
                ReturnRange.Record(Merge(task, settings, agents.Runs), "the collected data"));
    }

    private static Dataset Merge(TaskFacts task, AgentCollectionSettings settings, IReadOnlyList<AgentRun> runs)
    {
        var all = runs.SelectMany(run => run.Episodes.Select(episode => (run.Replay, Episode: episode))).ToList();
        var builder = new DatasetBuilder(task.ObservationSize, task.ActionSize);
        foreach (var kept in Kept([.. all.Select(x => x.Episode)], settings))
        {
            var (replay, episode) = all[kept];
            builder.BeginTrajectory();
            foreach (var row in episode.Rows) replay.CopyTo(builder, row);
            builder.End(episode.Terminated);
        }
        return builder.Build(new DatasetMetadata(task.Name, task.Horizon, Facts(settings, runs)));
    }

    private static IEnumerable<int> Kept(IReadOnlyList<LivedEpisode> all, AgentCollectionSettings settings)
    {
        if (settings.MostPerCell == 0) return Enumerable.Range(0, all.Count);
        var grid = new ThinningGrid(settings.Cells, settings.Cells, settings.MostPerCell, SparseUpTo: 0);
        var random = RandomRoot.Of(settings.Seed, "collect-agents").Stream("thin");
        return Thinning.Keep(
            [.. all.Select(e => e.Cost)], [.. all.Select(e => e.Return)], grid,
            new SequentialRandom(random, 0).NextUniform);
    }

    private static IEnumerable<KeyValuePair<string, string>> Facts(
        AgentCollectionSettings settings, IReadOnlyList<AgentRun> runs)
    {
        yield return new("source", "agents trained online by TD3 on reward minus penalty times cost");
        yield return new("agents", Text($"{runs.Count}"));
        yield return new("penalties", string.Join(", ", settings.Penalties.Select(p => Text($"{p}"))));
        yield return new("steps", Text($"{runs.Sum(run => (long)run.Replay.Count)}"));
        yield return new("trajectories before thinning", Text($"{runs.Sum(run => run.Episodes.Count)}"));
        yield return new("episodes dropped, broken by the engine", Text($"{runs.Sum(run => run.Dropped)}"));
        yield return new("seed", Text($"{settings.Seed}"));

        static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>All agents of a collection and the threads that they take turns on.</summary>
    private sealed class Agents(
        Func<BatchedEnvironment> create, AgentCollectionSettings settings, Action<CollectionReport> report,
        CancellationToken cancelled)
    {
        private readonly AgentRun?[] runs = new AgentRun?[settings.Penalties.Count];
        private readonly Lock reporting = new();
        private int taken;
        private volatile int firstFailed = int.MaxValue;
        private long steps;
        private ExceptionDispatchInfo? failure;

        internal IReadOnlyList<AgentRun> Runs => [.. runs.Select(run => run!)];

        /// <summary>Returns when every agent has lived to its end, or what a thread has thrown is thrown here.</summary>
        internal void Live(int threads)
        {
            var others = new Thread[threads - 1];
            for (var t = 0; t < others.Length; t++)
            {
                others[t] = new Thread(TakeTurns) { IsBackground = true, Name = $"agents {t + 1}" };
                others[t].Start();
            }
            TakeTurns();
            foreach (var other in others) other.Join();
            failure?.Throw();
        }

        internal CollectionOutcome? FirstFailure() =>
            runs.FirstOrDefault(run => run?.Failure is not null)?.Failure;

        private void TakeTurns()
        {
            try
            {
                while (!cancelled.IsCancellationRequested && Volatile.Read(ref failure) is null)
                {
                    var index = Interlocked.Increment(ref taken) - 1;
                    if (index >= runs.Length || index > firstFailed) return;
                    using var run = runs[index] = new AgentRun(create(), index, settings);
                    run.Run(
                        (lived, means) => Report(run.Penalty, lived, means),
                        () => cancelled.IsCancellationRequested || index > firstFailed);
                    if (run.Failure is not null) Failed(index);
                }
            }
            catch (Exception thrown)
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(thrown), null);
            }
        }

        /// <summary>Agents after one that failed give up; those before go on, so that the first is always the
        /// same.</summary>
        private void Failed(int index)
        {
            lock (reporting) firstFailed = Math.Min(firstFailed, index);
        }

        private void Report(double penalty, int lived, (double Return, double Cost)? means)
        {
            Interlocked.Add(ref steps, lived);
            if (means is not var (sum, cost)) return;
            lock (reporting)
                report(new CollectionReport(Interlocked.Read(ref steps), settings.Steps, penalty, sum, cost));
        }
    }
}
