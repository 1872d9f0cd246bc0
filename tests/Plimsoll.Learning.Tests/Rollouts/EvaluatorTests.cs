using NUnit.Framework;
using Plimsoll.Environments;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Rollouts;

public sealed class EvaluatorTests
{
    private const string Task = "PointNav";

    private static readonly TaskFacts Facts = Tasks.Find(Task)!;

    /// <summary>Goes straight to the goal, which takes as long as it is far, and ends the episode.</summary>
    private sealed class Straight : IMarkovPolicy
    {
        public int ObservationSize => Facts.ObservationSize;

        public int ActionSize => Facts.ActionSize;

        public Node Act(GraphBuilder g, Node observation, Node? normals = null)
        {
            var axis = new Axis("A", ActionSize);
            return g.Tanh(g.Columns(observation, 5, axis) - g.Columns(observation, 0, axis));
        }
    }

    private static IReadOnlyList<Episode> Run(int episodes, int threads = 1, long seed = 4)
    {
        using var team = new Team(threads);
        return Evaluator.Run(new Straight(), Task, episodes, seed, team);
    }

    [Test]
    public void Threads_change_no_bit([Values(2, 3)] int threads) =>
        Assert.That(Run(150, threads), Is.EqualTo(Run(150)));

    [Test]
    public void An_episode_does_not_depend_on_how_many_there_are([Values(1, 2, 63, 64, 65, 131)] int episodes) =>
        Assert.That(Run(episodes), Is.EqualTo(Run(150).Take(episodes)));

    [Test]
    public void Run_seeds_have_episodes_of_their_own() =>
        Assert.That(
            Run(9, seed: 5).Select(e => (e.Return, e.Length)).Intersect(Run(9, seed: 6).Select(e => (e.Return, e.Length))),
            Is.Empty);

    /// <summary>One environment, one episode after the other, in the plainest words.</summary>
    [Test]
    public void Episodes_are_those_of_one_environment_alone()
    {
        using var team = new Team(1);
        using var actor = Actor.Compile(new Straight(), 1, team);
        using var environment = Tasks.Create(Task, 1);
        var expected = new List<Episode>();
        for (var i = 0; i < 70; i++)
        {
            var seed = 4000L + i;
            var random = new SequentialRandom(RandomRoot.Of(seed, "evaluate").Stream("reset"), 0);
            environment.Reset(0, new UniformSource(random), actor.Observations);
            var (sum, sumOfCosts, length) = (0.0, 0.0, 0);
            var (reward, cost, next) = (new float[1], new float[1], new float[Facts.ObservationSize]);
            var (terminated, truncated) = (new bool[1], new bool[1]);
            do
            {
                environment.Step(0, 1, actor.Act(), next, reward, cost, terminated, truncated);
                next.CopyTo(actor.Observations);
                (sum, sumOfCosts, length) = (sum + reward[0], sumOfCosts + cost[0], length + 1);
            }
            while (!terminated[0] && !truncated[0]);
            expected.Add(new Episode(seed, sum, sumOfCosts, length, terminated[0]));
        }
        Assert.That(Run(70, threads: 2), Is.EqualTo(expected));
        Assert.That(expected.Select(episode => episode.Length).Distinct().Count(), Is.GreaterThan(1));
    }

    [Test]
    public void A_policy_for_other_sizes_is_refused()
    {
        using var team = new Team(1);
        var policy = DiracPolicy.Create(new TrainingState(), "policy", 2, 2, [4], RandomRoot.Of(0, "test"));
        Assert.That(
            () => Evaluator.Run(policy, Task, 1, 0, team),
            Throws.ArgumentException.With.Message.Contains("from 2 to 2 numbers in PointNav"));
    }

    private sealed class Broken : IMarkovPolicy
    {
        public int ObservationSize => Facts.ObservationSize;

        public int ActionSize => Facts.ActionSize;

        public Node Act(GraphBuilder g, Node observation, Node? normals = null) =>
            g.Log(g.Columns(observation, 0, new Axis("A", ActionSize)) * 0f - 1f);
    }

    [Test]
    public void A_policy_that_acts_with_no_number_never_passes_for_a_safe_one([Values(1, 2)] int threads)
    {
        using var team = new Team(threads);
        Assert.That(
            () => Evaluator.Run(new Broken(), Task, 80, 0, team),
            Throws.TypeOf<ActionException>().With.Message.Contains("must be finite")
                .And.Message.EndsWith("(the episode of seed 0)"));
    }
}
