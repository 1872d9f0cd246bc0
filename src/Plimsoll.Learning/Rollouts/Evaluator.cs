using Plimsoll.Environments;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Rollouts;

/// <summary>One evaluated episode: undiscounted sums of reward and cost.</summary>
/// <param name="Seed">What its start was drawn from.</param>
/// <param name="Return">Sum of rewards.</param>
/// <param name="Cost">Sum of costs.</param>
/// <param name="Length">Steps, at most the task's horizon.</param>
/// <param name="Terminated">Whether it ended before its time.</param>
public readonly record struct Episode(long Seed, double Return, double Cost, int Length, bool Terminated);

/// <summary>
/// Rolls a policy out. Episode i starts from the random numbers of seed 1000 * run seed + i, so its start depends
/// neither on the policy nor on the number of episodes; and all that follows depends on nothing but the start and the
/// policy, which draws from the same seed if it draws.
/// </summary>
public static class Evaluator
{
    /// <summary>Environments that run side by side. Enough rows for the kernels; few enough for the memory that
    /// engines hold.</summary>
    internal const int Side = 64;

    /// <param name="policy">Must fit the task's observations and actions.</param>
    /// <param name="task">A task with a simulator.</param>
    /// <param name="episodes">At least 1; above 1000 the seeds overlap those of the next run seed.</param>
    /// <param name="seed">The run seed.</param>
    /// <param name="team">Threads for policy and simulators; they change no bit.</param>
    /// <exception cref="ArgumentException">No such task, or a policy that does not fit it or acts with a number that
    /// is not finite.</exception>
    public static IReadOnlyList<Episode> Run(IPolicy policy, string task, int episodes, long seed, Team team)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfLessThan(episodes, 1);
        using var environment = Tasks.Create(task, Math.Min(episodes, Side));
        using var rollout = new Rollout(policy, environment, team);
        return rollout.Run([.. Enumerable.Range(0, episodes).Select(i => 1000 * seed + i)]);
    }
}
