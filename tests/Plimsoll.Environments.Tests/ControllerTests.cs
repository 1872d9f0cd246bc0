using NUnit.Framework;
using Plimsoll.Environments.Controllers;
using Plimsoll.Environments.Tests.Support;

namespace Plimsoll.Environments.Tests;

/// <summary>What the families' trajectories cover. Shares are of 800 episodes, one controller each.</summary>
public class ControllerTests
{
    private const int Episodes = 800;

    private static (double Return, double Cost)[] Collect(TaskFacts task, int seed)
    {
        var random = new SplitMix(seed);
        var family = ControllerFamily.For(task);
        var solo = new Solo(Tasks.Create(task.Name, 1));
        return [.. Enumerable.Range(0, Episodes).Select(_ =>
        {
            var run = solo.Run(family.Draw(random), random);
            return (run.Return, run.Cost);
        })];
    }

    private static double Share((double Return, double Cost)[] runs, double above, double upTo) =>
        runs.Count(run => run.Cost > above && run.Cost <= upTo) / (double)runs.Length;

    private static double Best((double Return, double Cost)[] runs, double limit) =>
        runs.Where(run => run.Cost <= limit).Max(run => run.Return);

    [Test]
    public void The_discs_make_the_limits_10_20_and_40_bite([Values(1, 2, 3)] int seed)
    {
        var runs = Collect(DiscCircle.TheFacts, seed);
        Assert.That(Share(runs, -1, 10), Is.GreaterThan(0.3));
        Assert.That(Share(runs, 10, 20), Is.GreaterThan(0.02));
        Assert.That(Share(runs, 20, 40), Is.GreaterThan(0.08));
        Assert.That(Share(runs, 40, 200), Is.GreaterThan(0.3));
        Assert.That(runs.Max(run => run.Cost), Is.GreaterThan(120));

        var best = Best(runs, 200);
        Assert.That(Best(runs, 10), Is.InRange(0.55 * best, 0.85 * best), "safety has its price");
        Assert.That(Best(runs, 40), Is.LessThan(0.97 * best));
        var safe = runs.Where(run => run.Cost <= 10).Select(run => run.Return).Order().ToArray();
        Assert.That(safe[safe.Length / 4], Is.LessThan(0.2 * best), "safe and poor");
        Assert.That(safe[safe.Length * 9 / 10], Is.GreaterThan(0.35 * best), "safe and rich");
        var unsafeOnes = runs.Where(run => run.Cost > 40).Select(run => run.Return).Order().ToArray();
        Assert.That(unsafeOnes[unsafeOnes.Length / 4], Is.LessThan(0.35 * best), "costly and poor");
    }

    [Test]
    public void The_walkers_cross_the_hazard_and_go_around_it([Values(1, 2, 3)] int seed)
    {
        var runs = Collect(PointNav.TheFacts, seed);
        Assert.That(Share(runs, -1, 0), Is.GreaterThan(0.3));
        Assert.That(Share(runs, 0, 4), Is.GreaterThan(0.15));
        Assert.That(Share(runs, 4, 10), Is.GreaterThan(0.1));
        Assert.That(Share(runs, 10, 100), Is.GreaterThan(0.08));
        var safe = runs.Where(run => run.Cost == 0).Select(run => run.Return).Order().ToArray();
        Assert.That(safe[safe.Length / 10], Is.LessThan(-10), "dawdlers");
        Assert.That(safe[safe.Length / 2], Is.GreaterThan(-7), "brisk ones");
    }

    [TestCase(Detour.Left)]
    [TestCase(Detour.Right)]
    public void A_walker_with_clearance_reaches_the_goal_without_cost_on_its_side(Detour side)
    {
        var solo = new Solo(new PointNav(1));
        var run = solo.Run(
            new PointNavController(new PointNavStyle(side, Clearance: 0.36)), new Given(0.9, 0.85));
        Assert.That(run.Cost, Is.Zero);
        Assert.That(run.Steps[^1].Terminated, Is.True);
        var beside = run.Seen.MinBy(seen => Math.Abs(seen[0] + seen[1] - 1))!;
        Assert.That(beside[0] > beside[1], Is.EqualTo(side == Detour.Left), $"{beside[0]}, {beside[1]}");
    }

    [Test]
    public void A_walker_without_a_detour_crosses_the_hazard()
    {
        var run = new Solo(new PointNav(1)).Run(
            new PointNavController(new PointNavStyle(Detour.None)), new Given(0.9, 0.9));
        Assert.That(run.Cost, Is.EqualTo(5), "0.7, 0.6, 0.5, 0.4 and 0.3 on the diagonal lie inside");
        Assert.That(run.Steps, Has.Count.EqualTo(9));
    }

    [Test]
    public void The_pixel_walkers_reach_the_goal_and_the_trap([Values(1, 2, 3)] int seed)
    {
        var runs = Collect(PixelWorld.TheFacts, seed);
        Assert.That(runs.Count(run => run.Return == 1) / (double)Episodes, Is.InRange(0.4, 0.7));
        Assert.That(Share(runs, 0, 1), Is.InRange(0.2, 0.5));
    }

    [Test]
    public void Actions_keep_to_their_box_and_repeat_with_the_stream()
    {
        foreach (var task in Tasks.All.Where(ControllerFamily.Has))
        {
            var (a, b) = (new SplitMix(6), new SplitMix(6));
            var (first, second) = (new float[task.ActionSize], new float[task.ActionSize]);
            var solo = new Solo(Tasks.Create(task.Name, 1));
            for (var t = 0; t < 500; t++)
            {
                ControllerFamily.For(task).Draw(a).Act(solo.Reset(a), first, a);
                ControllerFamily.For(task).Draw(b).Act(solo.Reset(b), second, b);
                Assert.That(first, Has.All.InRange(-1f, 1f));
                Assert.That(second, Is.EqualTo(first));
            }
        }
    }

    [Test]
    public void A_task_without_controllers_is_refused_by_name() => Assert.That(
        () => ControllerFamily.For(new TaskFacts("BallRun", ["x"], 1, 100, false, "")),
        Throws.ArgumentException.With.Message.Contains("'BallRun'"));
}
