using NUnit.Framework;
using Plimsoll.Environments;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Rollouts;

/// <summary>Which failure is told when episodes fail.</summary>
public sealed class FailedEpisodeTests
{
    private sealed class Still : IMarkovPolicy
    {
        public int ObservationSize => 2;

        public int ActionSize => 1;

        public Node Act(GraphBuilder g, Node observation, Node? normals = null) => g.Columns(observation, 0, new Axis("A", 1)) * 0f;
    }

    private static string Failure(int threads, Func<double, int, bool> breaks)
    {
        using var team = new Team(threads);
        using var environment = new BreakingEnvironment(16, breaks);
        using var rollout = new Rollout(new Still(), environment, team);
        var thrown = Assert.Throws<SimulationException>(
            () => rollout.Run([.. Enumerable.Range(0, 90).Select(i => 4000L + i)]));
        return thrown!.Message;
    }

    private static double StartOf(long seed)
    {
        var random = new Numerics.Random.SequentialRandom(
            Numerics.Random.RandomRoot.Of(seed, "evaluate").Stream("reset"), 0);
        return random.NextUniform();
    }

    /// <summary>Later episodes break at earlier steps.</summary>
    [Test]
    public void The_first_episode_that_fails_is_told_by_its_seed_whatever_the_threads([Values(20, 33, 47)] int first)
    {
        var order = Enumerable.Range(0, 90).ToDictionary(i => StartOf(4000L + i));
        bool Breaks(double start, int step) => order[start] >= first && step == 19 - (order[start] - first) % 16;
        var one = Failure(1, Breaks);
        Assert.That(one, Does.EndWith($"(the episode of seed {4000 + first})"));
        for (var k = 0; k < 5; k++)
        {
            Assert.That(Failure(2, Breaks), Is.EqualTo(one));
            Assert.That(Failure(3, Breaks), Is.EqualTo(one));
        }
    }

    [Test]
    public void After_a_failure_the_next_run_is_sound()
    {
        using var team = new Team(2);
        var fragile = true;
        using var environment = new BreakingEnvironment(4, (_, step) => fragile && step == 3);
        using var rollout = new Rollout(new Still(), environment, team);
        Assert.Throws<SimulationException>(() => rollout.Run([1, 2, 3, 4, 5, 6]));
        fragile = false;
        Assert.That(rollout.Run([1, 2, 3, 4, 5, 6]).Select(e => e.Length), Is.All.EqualTo(20));
    }
}
