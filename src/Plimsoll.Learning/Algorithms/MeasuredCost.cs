using Plimsoll.Environments;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Algorithms;

/// <param name="Task">A task with a simulator.</param>
/// <param name="Episodes">M, at least 1, of each measurement.</param>
/// <param name="Every">Steps from one measurement to the next, at least 1; the first is at step 0.</param>
public sealed record MeasuredCostSettings(string Task, int Episodes, long Every);

/// <summary>
/// The cost of the current policy, measured: the mean over M episodes in the task's simulator (DRCORL's
/// hybrid variant, arXiv 2502.12391, appendix B.3). Transitions are not kept: critics go on learning from the
/// data alone. Starts are drawn from the training's own stream by the step, under a name of their own, so
/// they are none of the final evaluation's and a resumed run sees the same. A policy that draws draws from such
/// a stream too. A measurement cannot be interrupted. Unit: cost/episode.
/// Deterministic: bitwise where the simulator is.
/// </summary>
public sealed class MeasuredCost : IMeasuredEstimate
{
    /// <summary>Keeps these episodes apart from all that the final evaluation draws.</summary>
    private const string Role = "hybrid";

    private readonly MeasuredCostSettings settings;
    private readonly BatchedEnvironment environment;
    private readonly Rollout rollout;
    private readonly StreamAddress seeds;

    /// <param name="policy">Is measured with the parameters that it has at the time.</param>
    /// <param name="settings">What is measured, and how often.</param>
    /// <param name="random">The training's.</param>
    /// <param name="team">Threads; they change no bit.</param>
    /// <exception cref="ArgumentException">No such task, or a policy that does not fit it.</exception>
    public MeasuredCost(IPolicy policy, MeasuredCostSettings settings, RandomRoot random, Team team)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Episodes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Every, 1);
        this.settings = settings;
        seeds = random.Stream("rollouts");
        environment = Tasks.Create(settings.Task, Math.Min(settings.Episodes, Evaluator.Side));
        try
        {
            rollout = new Rollout(policy, environment, team, Role);
        }
        catch
        {
            environment.Dispose();
            throw;
        }
    }

    /// <summary>Whether a step measures.</summary>
    public bool IsDue(long step) => step % settings.Every == 0;

    /// <summary>The mean cost at a step; NaN where the policy acts with a number that is not finite, which
    /// the guard of the training then finds.</summary>
    /// <exception cref="Environments.SimulationException">The engine gave up.</exception>
    public double At(long step)
    {
        try
        {
            return rollout.Run(Seeds(step)).Average(episode => episode.Cost);
        }
        catch (ActionException)
        {
            return double.NaN;
        }
    }

    /// <summary>The episodes' seeds at a step, each from 0 to 2^32 - 1.</summary>
    internal long[] Seeds(long step)
    {
        var draws = new SequentialRandom(seeds, (ulong)step);
        return [.. Enumerable.Range(0, settings.Episodes).Select(_ => (long)(draws.NextUniform() * (1L << 32)))];
    }

    public void Dispose()
    {
        rollout.Dispose();
        environment.Dispose();
    }
}
