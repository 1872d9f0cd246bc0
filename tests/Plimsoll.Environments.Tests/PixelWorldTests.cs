using NUnit.Framework;
using Plimsoll.Environments.Controllers;
using Plimsoll.Environments.Tests.Support;

namespace Plimsoll.Environments.Tests;

public class PixelWorldTests
{
    private static readonly (float Row, float Column)[] Moves = [(-1, 0), (1, 0), (0, -1), (0, 1)];

    private static Episode Follow(PixelPath path, int columns, int turnColumn = 0, int seed = 1) =>
        new Solo(new PixelWorld(1, columns)).Run(
            new PixelWorldController(columns, path, turnColumn, epsilon: 0), new SplitMix(seed));

    private static double Discounted(IEnumerable<double> values, double gamma) =>
        values.Reverse().Aggregate(0.0, (sum, value) => value + gamma * sum);

    private static (double Cost, double Safety) ValuesOf(Episode episode, double gamma) => (
        Discounted(episode.Steps.Select(step => (double)step.Cost), gamma),
        Discounted(episode.Steps.Select(step => 1.0 - step.Cost), gamma));

    // The numbers follow from gamma^n and (1 - gamma^n) / (1 - gamma).
    [TestCase(6, 0.99, 0.941480149, 5.851985060)]
    [TestCase(100, 0.99, 0.366032341, 63.396765873)]
    [TestCase(6, 0.9, 0.531441, 4.68559)]
    [TestCase(3, 0.9, 0.729, 2.71)]
    public void The_white_trajectory_has_the_values_of_the_paper(
        int n, double gamma, double cost, double safety)
    {
        var values = ValuesOf(Follow(PixelPath.White, n), gamma);
        Assert.That(values.Cost, Is.EqualTo(cost).Within(5e-10));
        Assert.That(values.Safety, Is.EqualTo(safety).Within(5e-9));
    }

    [Property]
    public bool The_white_trajectory_meets_the_trap_at_step_n_in_any_world(
        byte more, byte discount, byte turn)
    {
        var n = 3 + more % 60;
        var gamma = discount / 256.0;
        var white = Follow(PixelPath.White, n, turn % n);
        var (cost, safety) = ValuesOf(white, gamma);
        var power = Math.Pow(gamma, n);
        return white.Steps.Count == n + 1 && white.Steps[^1].Terminated && white.Return == 0
            && Math.Abs(cost - power) < 1e-12 && Math.Abs(safety - (1 - power) / (1 - gamma)) < 1e-9;
    }

    [Property]
    public bool The_safe_path_earns_1_in_n_moves_and_costs_nothing(byte more, byte turn)
    {
        var n = 3 + more % 60;
        var safe = Follow(PixelPath.Safe, n, turn % n);
        return safe.Steps.Count == n && safe.Steps[^1].Terminated && safe.Return == 1 && safe.Cost == 0;
    }

    [Property]
    public bool Safety_is_that_of_a_costless_walk_as_long_less_the_cost(int seed, byte more)
    {
        var n = 3 + more % 10;
        const double gamma = 0.95;
        var walk = Follow(PixelPath.Random, n, seed: seed);
        var (cost, safety) = ValuesOf(walk, gamma);
        return Math.Abs(safety - (1 - Math.Pow(gamma, walk.Steps.Count)) / (1 - gamma) + cost) < 1e-9;
    }

    [Test]
    public void Only_the_goal_pays_and_only_the_trap_costs_and_both_end_the_episode()
    {
        const int n = 4;
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < n - 1; column++)
            {
                foreach (var move in Moves)
                {
                    var solo = new Solo(new PixelWorld(1, n));
                    solo.Reset(new Given());
                    Enumerable.Range(0, row).ToList().ForEach(_ => solo.Step(1, 0));
                    Enumerable.Range(0, column).ToList().ForEach(_ => solo.Step(0, 1));
                    var step = solo.Step(move.Row, move.Column);
                    var entered = (
                        Math.Clamp(row + (int)move.Row, 0, 2),
                        Math.Clamp(column + (int)move.Column, 0, n - 1));
                    var there = (2 * step.Observation[0], (n - 1) * step.Observation[1]);
                    Assert.That(there, Is.EqualTo(((float)entered.Item1, (float)entered.Item2)));
                    Assert.That(step.Reward, Is.EqualTo(entered == (1, n - 1) ? 1 : 0));
                    Assert.That(step.Cost, Is.EqualTo(entered == (2, n - 1) ? 1 : 0));
                    Assert.That(step.Terminated, Is.EqualTo(entered is (1 or 2, n - 1)));
                }
            }
        }
    }

    [TestCase(0.2f, 0.1f, PixelMove.Down)]
    [TestCase(-0.2f, 0.1f, PixelMove.Up)]
    [TestCase(-0.2f, 0.9f, PixelMove.Right)]
    [TestCase(-0.2f, -0.9f, PixelMove.Left)]
    [TestCase(0.5f, -0.5f, PixelMove.Left)]
    [TestCase(-0.5f, 0.5f, PixelMove.Right)]
    [TestCase(0f, 0f, PixelMove.Right)]
    [TestCase(0.1f, 0f, PixelMove.Down)]
    public void The_larger_component_moves_and_ties_go_to_the_columns(
        float row, float column, PixelMove move) =>
        Assert.That(PixelWorld.MoveOf(row, column), Is.EqualTo(move));

    [Test]
    public void Worlds_of_other_sizes_are_told_by_name_and_horizon()
    {
        Assert.That(Tasks.Find("PixelWorld"), Is.EqualTo(PixelWorld.FactsFor(6)));
        Assert.That(PixelWorld.FactsFor(9).Name, Is.EqualTo("PixelWorld3x9"));
        Assert.That(new PixelWorld(1, 9).Facts.Horizon, Is.EqualTo(36));
        Assert.That(PixelWorld.ColumnsOf(PixelWorld.FactsFor(9)), Is.EqualTo(9));
        Assert.That(PixelWorld.ColumnsOf(PixelWorld.TheFacts), Is.EqualTo(6));
        Assert.That(PixelWorld.ColumnsOf(PointNav.TheFacts), Is.Null);
        Assert.That(() => new PixelWorld(1, 2), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
