using Plimsoll.Environments;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Rollouts;

/// <summary>One evaluated episode: undiscounted sums of reward and cost.</summary>
public readonly record struct Episode(long Seed, double Return, double Cost, int Length);

/// <summary>
/// Rolls a deterministic policy out, all episodes side by side. Episode i starts from the random numbers of
/// seed 1000 * run seed + i, so its start does not depend on the policy or on the number of episodes.
/// </summary>
public static class Evaluator
{
    /// <param name="policy">Must fit the task's observations and actions.</param>
    /// <param name="task">A task with a simulator.</param>
    /// <param name="episodes">At least 1; above 1000 the seeds overlap those of the next run seed.</param>
    /// <param name="seed">The run seed.</param>
    /// <param name="team">Threads for the policy; they change no bit.</param>
    public static IReadOnlyList<Episode> Run(DiracPolicy policy, string task, int episodes, long seed, Team team)
    {
        using var environment = Tasks.Create(task, episodes);
        var facts = environment.Facts;
        var (s, a) = (facts.ObservationSize, facts.ActionSize);
        using var actor = Actor.Compile(policy, episodes, team);
        var seeds = new long[episodes];
        for (var i = 0; i < episodes; i++)
        {
            seeds[i] = 1000 * seed + i;
            var random = new SequentialRandom(RandomRoot.Of(seeds[i], "evaluate").Stream("reset"), 0);
            environment.Reset(i, new UniformSource(random), actor.Observations.Slice(i * s, s));
        }

        var (returns, costs, lengths) = (new double[episodes], new double[episodes], new int[episodes]);
        var (rewards, stepCosts) = (new float[episodes], new float[episodes * facts.CostSize]);
        var (terminated, truncated, done) = (new bool[episodes], new bool[episodes], new bool[episodes]);
        var next = new float[episodes * s];
        for (var t = 0; t < facts.Horizon && done.Contains(false); t++)
        {
            environment.Step(0, episodes, actor.Act(), next, rewards, stepCosts, terminated, truncated);
            next.CopyTo(actor.Observations);
            for (var i = 0; i < episodes; i++)
            {
                if (done[i]) continue;
                returns[i] += rewards[i];
                costs[i] += stepCosts[i * facts.CostSize];
                lengths[i]++;
                done[i] = terminated[i] || truncated[i];
            }
        }
        return [.. Enumerable.Range(0, episodes).Select(i => new Episode(seeds[i], returns[i], costs[i], lengths[i]))];
    }
}
