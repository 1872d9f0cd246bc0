using Plimsoll.Data;
using Plimsoll.Environments;
using Plimsoll.Environments.Controllers;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Collection;

/// <param name="Steps">Environment steps before thinning; the last trajectory is completed.</param>
/// <param name="CostCells">Cells of the thinning grid along the cost.</param>
/// <param name="ReturnCells">Cells along the return.</param>
/// <param name="MostPerCell">Trajectories kept of a crowded cell; 0 keeps everything.</param>
public sealed record CollectionSettings(long Steps, long Seed, int CostCells, int ReturnCells, int MostPerCell);

/// <summary>
/// Makes a dataset from scripted controllers whose aims spread over the (cost, return) plane, and thins it
/// on a grid as DSRL does (arXiv 2306.09303), so that no kind of behaviour drowns the others. Deterministic in task
/// and settings: bitwise.
/// </summary>
public static class Collector
{
    /// <param name="task">One with a simulator and controllers.</param>
    /// <param name="advanced">Told of the steps so far after every episode.</param>
    /// <param name="cancelled">Looked at after every episode.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Dataset Run(
        string task, CollectionSettings settings, Action<long>? advanced = null, CancellationToken cancelled = default)
    {
        using var environment = Tasks.Create(task, 1);
        var facts = environment.Facts;
        var family = ControllerFamily.For(facts);
        var root = RandomRoot.Of(settings.Seed, "collect");
        var builder = new DatasetBuilder(facts.ObservationSize, facts.ActionSize);
        var (observation, next) = (new float[facts.ObservationSize], new float[facts.ObservationSize]);
        var action = new float[facts.ActionSize];
        var (reward, cost) = (new float[1], new float[facts.CostSize]);
        var (terminated, truncated) = (new bool[1], new bool[1]);
        for (var episode = 0; builder.Count < settings.Steps; episode++)
        {
            var random = new UniformSource(new SequentialRandom(root.Stream("episode"), (ulong)episode));
            var controller = family.Draw(random);
            environment.Reset(0, random, observation);
            builder.BeginTrajectory();
            do
            {
                controller.Act(observation, action, random);
                environment.Step(0, 1, action, next, reward, cost, terminated, truncated);
                builder.Add(observation, action, reward[0], cost[0], next);
                next.CopyTo(observation, 0);
            }
            while (!terminated[0] && !truncated[0]);
            builder.End(terminated[0]);
            advanced?.Invoke(builder.Count);
            cancelled.ThrowIfCancellationRequested();
        }
        var all = builder.Build(new DatasetMetadata(task, facts.Horizon));
        return ReturnRange.Record(Thin(all, settings, root), "the collected data");
    }

    private static Dataset Thin(Dataset all, CollectionSettings settings, RandomRoot root)
    {
        if (settings.MostPerCell == 0) return all;
        var grid = new ThinningGrid(settings.CostCells, settings.ReturnCells, settings.MostPerCell, SparseUpTo: 0);
        double[] costs = [.. all.Trajectories.Select(t => t.Cost)];
        double[] returns = [.. all.Trajectories.Select(t => t.Return)];
        var kept = Thinning.Keep(costs, returns, grid, new SequentialRandom(root.Stream("thin"), 0).NextUniform);
        using (all) return all.Select(kept);
    }
}
