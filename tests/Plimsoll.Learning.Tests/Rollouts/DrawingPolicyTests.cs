using NUnit.Framework;
using Plimsoll.Environments;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Rollouts;

/// <summary>A policy that draws is still reproducible: its numbers belong to the episode and the step.</summary>
public sealed class DrawingPolicyTests
{
    private const string Task = "DiscCircle";

    private static readonly TaskFacts Facts = Tasks.Find(Task)!;

    /// <summary>Acts with its draws and hardly anything else.</summary>
    private sealed class Dice : IMarkovPolicy
    {
        public int ObservationSize => Facts.ObservationSize;

        public int ActionSize => Facts.ActionSize;

        public int Normals => ActionSize;

        public Node Act(GraphBuilder g, Node observation, Node? normals = null)
        {
            var shape = new Shape(observation.Shape[0], new Axis("A", ActionSize));
            return g.Tanh(g.Reshape(normals!, shape) + g.Columns(observation, 0, shape[1]) * 1e-3f);
        }
    }

    private static IReadOnlyList<Episode> Run(int episodes, int threads = 1, long seed = 4)
    {
        using var team = new Team(threads);
        return Evaluator.Run(new Dice(), Task, episodes, seed, team);
    }

    [Test]
    public void An_episode_does_not_depend_on_how_many_there_are([Values(1, 2, 63, 64, 65, 131)] int episodes) =>
        Assert.That(Run(episodes), Is.EqualTo(Run(150).Take(episodes)));

    [Test]
    public void Threads_change_no_bit([Values(2, 3)] int threads) =>
        Assert.That(Run(80, threads), Is.EqualTo(Run(80)));

    [Test]
    public void Another_run_seed_draws_other_numbers() =>
        Assert.That(Run(5, seed: 5).Select(e => e.Return), Is.Not.EqualTo(Run(5).Select(e => e.Return)));

    /// <summary>The mean of n draws of tanh(z) is within five standard errors of 0, its variance of that of tanh(z),
    /// 0.394 by quadrature; steps that repeated their numbers, or rows that shared them, would show.</summary>
    [Test]
    public void Draws_are_new_at_every_step_and_in_every_row()
    {
        using var team = new Team(1);
        const int rows = 50;
        using var actor = Actor.Compile(new Dice(), rows, team);
        for (var row = 0; row < rows; row++) actor.Begin(row, 100 + row);
        var seen = new HashSet<float>();
        var (sum, squares, count) = (0.0, 0.0, 0);
        for (var step = 0; step < 40; step++)
        {
            foreach (var action in actor.Act())
            {
                seen.Add(action);
                sum += action;
                squares += (double)action * action;
                count++;
            }
        }
        Assert.Multiple(() =>
        {
            Assert.That(seen, Has.Count.GreaterThan(count * 0.999), "few repetitions of binary32 numbers");
            Assert.That(sum / count, Is.EqualTo(0).Within(5 * Math.Sqrt(0.394 / count)));
            Assert.That(squares / count, Is.EqualTo(0.394).Within(0.03));
        });
    }

    [Test]
    public void A_row_that_begins_again_with_its_seed_draws_the_same()
    {
        using var team = new Team(1);
        using var actor = Actor.Compile(new Dice(), 2, team);
        actor.Begin(0, 7);
        actor.Begin(1, 8);
        var first = actor.Act().ToArray();
        actor.Act();
        actor.Begin(1, 7);
        var later = actor.Act().ToArray();
        Assert.That(later[Facts.ActionSize..], Is.EqualTo(first[..Facts.ActionSize]));
    }
}
