using NUnit.Framework;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Learning.Sequences;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Sequences;

/// <summary>Acting on the history of an episode.</summary>
public sealed class ConditionedActorTests
{
    private const int S = 3, A = 2, K = 4, Horizon = 12;

    private static readonly CausalTransformerSizes Sizes = new(K, Horizon, Width: 24, Blocks: 2, Heads: 3);
    private static readonly SequenceScales Scales = new(0.25, -0.5, 3);

    private Team team = null!;
    private TrainingState state = null!;
    private ConditionedPolicy policy = null!;

    [OneTimeSetUp]
    public void Make()
    {
        (team, state) = (new Team(1), new TrainingState());
        policy = new ConditionedPolicy(Model(state), ReturnTarget: 9, CostTarget: 2);
    }

    [OneTimeTearDown]
    public void Release()
    {
        state.Dispose();
        team.Dispose();
    }

    /// <summary>Weights far from their start, so that actions differ and some are clamped.</summary>
    private static SequenceModel Model(TrainingState state)
    {
        var random = RandomRoot.Of(3, "test");
        var network = CausalTransformer.Create(state, PolicyArrays.Root, S, A, Sizes, random);
        foreach (var array in network.Parameters)
        {
            var draws = new SequentialRandom(random.Stream(array.Name), 0);
            foreach (ref var x in array.Values) x += 0.3f * (float)draws.NextNormal();
        }
        return new SequenceModel(network, Scales, S, A);
    }

    /// <summary>A world without physics: what an episode of a seed shows and brings at each step.</summary>
    private static (float[] Observation, float Reward, float Cost) World(long seed, int t)
    {
        var draws = new SequentialRandom(RandomRoot.Of(seed, "world").Stream("step"), (ulong)t);
        float[] observation = [.. Enumerable.Range(0, S).Select(_ => (float)draws.NextNormal())];
        return (observation, (float)draws.NextUniform(), draws.NextUniform() < 0.5 ? 1 : 0);
    }

    private static int LengthOf(long seed) => 2 + (int)(seed * 5 % 17);

    /// <summary>Actions of episodes that follow on another in a number of rows.</summary>
    private Dictionary<long, List<float[]>> Run(IReadOnlyList<long> seeds, int rows)
    {
        using var actor = policy.Compile(rows, team);
        var actions = seeds.ToDictionary(seed => seed, _ => new List<float[]>());
        var waiting = new Queue<long>(seeds);
        var running = new long?[rows];
        while (true)
        {
            for (var row = 0; row < rows; row++)
            {
                if (running[row] is null && waiting.TryDequeue(out var seed))
                {
                    running[row] = seed;
                    actor.Begin(row, seed);
                }
                if (running[row] is { } episode)
                    World(episode, actions[episode].Count).Observation.CopyTo(actor.Observations[(row * S)..]);
            }
            if (running.All(seed => seed is null)) return actions;
            var acted = actor.Act().ToArray();
            for (var row = 0; row < rows; row++)
            {
                if (running[row] is not { } seed) continue;
                var (_, reward, cost) = World(seed, actions[seed].Count);
                actions[seed].Add(acted[(row * A)..((row + 1) * A)]);
                actor.Told(row, reward, cost);
                if (actions[seed].Count == LengthOf(seed)) running[row] = null;
            }
        }
    }

    [Test]
    public void An_episodes_actions_depend_on_nothing_that_runs_beside_it([Values(1, 2, 3, 8, 20)] int rows)
    {
        long[] seeds = [.. Enumerable.Range(1, 20)];
        var together = Run(seeds, rows);
        foreach (var seed in seeds)
        {
            var alone = Run([seed], 1)[seed];
            Assert.That(alone, Has.Count.EqualTo(LengthOf(seed)));
            Assert.That(together[seed], Is.EqualTo(alone), $"episode {seed}");
        }
    }

    /// <summary>The network itself on the last K steps without padding, built for each length.</summary>
    [Test]
    public void An_action_is_the_clamped_mean_of_the_network_over_the_latest_steps()
    {
        const long seed = 6;
        const int steps = Horizon + K + 3;
        var (returns, costs) = (new List<double> { 9 }, new List<double> { 2 });
        var actions = new List<float[]>();
        var clamped = 0;
        using var actor = policy.Compile(2, team);
        actor.Begin(1, 0);
        for (var t = 0; t < steps; t++)
        {
            World(seed, t).Observation.CopyTo(actor.Observations[S..]);
            var acted = actor.Act()[A..].ToArray();
            var first = Math.Max(0, t + 1 - K);
            var mean = Mean(first, t, returns, costs, actions, seed);
            float[] expected = [.. mean.Select(m => Math.Clamp(m, -1, 1))];
            clamped += mean.Count(m => Math.Abs(m) > 1);
            Assert.That(acted, Is.EqualTo(expected), $"step {t}");
            actions.Add(acted);
            var (_, reward, cost) = World(seed, t);
            actor.Told(1, reward, cost);
            returns.Add(returns[^1] - reward);
            costs.Add(costs[^1] - cost);
        }
        Assert.That(costs[^1], Is.LessThan(0), "no floor");
        Assert.That(clamped, Is.InRange(1, A * steps - 1));
    }

    private float[] Mean(
        int first, int t, List<double> returns, List<double> costs, List<float[]> actions, long seed)
    {
        var n = t + 1 - first;
        var g = new GraphBuilder();
        var shape = new Shape(new Axis("B", 1), new Axis("K", n));
        var predicted = policy.Model.Network.Forward(
            g, new TrajectoryWindow(
                g.Input("return", shape), g.Input("cost", shape), g.Input("observation", shape.Append(new("S", S))),
                g.Input("action", shape.Append(new("A", A))), g.Input("time", shape), null),
            null);
        g.Output("mean", predicted.Action.Mean);
        using var program = Program.Compile(g, team);
        program.Input("action").Clear();
        for (var k = 0; k < n; k++)
        {
            var at = first + k;
            program.Input("return")[k] = (float)(returns[at] * 0.25);
            program.Input("cost")[k] = (float)(3 - 0.5 * costs[at]);
            // No data reach further than the horizon.
            program.Input("time")[k] = Math.Min(at, Horizon - 1);
            World(seed, at).Observation.CopyTo(program.Input("observation")[(k * S)..]);
            if (at < t) actions[at].CopyTo(program.Input("action")[(k * A)..]);
        }
        program.Run(0);
        return program.Output("mean")[((n - 1) * A)..].ToArray();
    }

    [Test]
    public void Rows_that_act_in_portions_act_as_they_do_all_at_once([Values(1, 2, 3, 6)] int portion)
    {
        const int rows = 7;
        using var whole = new ConditionedActor(policy, rows, rows, team);
        using var portions = new ConditionedActor(policy, rows, portion, team);
        for (var t = 0; t < K + 3; t++)
        {
            for (var row = 0; row < rows; row++)
            {
                var (observation, reward, cost) = World(row, t);
                foreach (var actor in new[] { whole, portions })
                {
                    if (t > 0) actor.Told(row, reward, cost);
                    observation.CopyTo(actor.Observations[(row * S)..]);
                }
            }
            if (t == 2)
            {
                whole.Begin(4, 0);
                portions.Begin(4, 0);
            }
            Assert.That(portions.Act().ToArray(), Is.EqualTo(whole.Act().ToArray()), $"step {t}");
        }
    }

    [Test]
    public void Acting_twice_without_news_is_acting_once()
    {
        using var actor = policy.Compile(1, team);
        actor.Begin(0, 0);
        for (var t = 0; t < 7; t++)
        {
            World(2, t).Observation.CopyTo(actor.Observations);
            var once = actor.Act().ToArray();
            Assert.That(actor.Act().ToArray(), Is.EqualTo(once));
            actor.Told(0, 1, 0);
        }
    }

    [Test]
    public void It_draws_nothing_so_a_seed_changes_nothing()
    {
        float[] Of(long seed)
        {
            using var actor = policy.Compile(1, team);
            actor.Begin(0, seed);
            World(2, 0).Observation.CopyTo(actor.Observations);
            return actor.Act().ToArray();
        }
        Assert.That(Of(1), Is.EqualTo(Of(2)));
    }

    [Test]
    public void What_is_asked_for_and_what_came_change_the_action()
    {
        float[] Of(ConditionedPolicy asked, float reward, float cost)
        {
            using var actor = asked.Compile(1, team);
            actor.Begin(0, 0);
            actor.Observations.Clear();
            actor.Act();
            actor.Told(0, reward, cost);
            return actor.Act().ToArray();
        }
        var before = Of(policy, 1, 0);
        Assert.That(Of(policy with { ReturnTarget = 8 }, 1, 0), Is.Not.EqualTo(before));
        Assert.That(Of(policy with { CostTarget = 1 }, 1, 0), Is.Not.EqualTo(before));
        Assert.That(Of(policy, 2, 0), Is.Not.EqualTo(before));
        Assert.That(Of(policy, 1, 1), Is.Not.EqualTo(before));
    }

    [Test]
    public void A_step_allocates_nothing()
    {
        using var actor = policy.Compile(3, team);
        void Step()
        {
            actor.Act();
            for (var row = 0; row < 3; row++) actor.Told(row, 0.5f, 0);
        }
        for (var t = 0; t < 3; t++) Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var t = 0; t < 10; t++) Step();
        actor.Begin(1, 4);
        Step();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void It_rolls_out_in_a_task_whatever_the_threads()
    {
        using var own = new TrainingState();
        var network = CausalTransformer.Create(
            own, PolicyArrays.Root, 5, 2, new(3, 200, Width: 8, Blocks: 1, Heads: 2), RandomRoot.Of(1, "test"));
        var asked = new ConditionedPolicy(new SequenceModel(network, Scales, 5, 2), 100, 10);
        IReadOnlyList<Episode> Roll(int threads, int episodes)
        {
            using var several = new Team(threads);
            return Evaluator.Run(asked, "DiscCircle", episodes, 3, several);
        }
        var one = Roll(1, 5);
        Assert.That(Roll(2, 5), Is.EqualTo(one));
        Assert.That(Roll(1, 2), Is.EqualTo(one.Take(2)));
    }
}
