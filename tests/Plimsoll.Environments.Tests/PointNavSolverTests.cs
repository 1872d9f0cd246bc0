using NUnit.Framework;
using Plimsoll.Environments.Controllers;
using Plimsoll.Environments.Exact;
using Plimsoll.Environments.Tests.Support;

namespace Plimsoll.Environments.Tests;

public class PointNavSolverTests
{
    private const int Nodes = 6;

    private static readonly double[] Prices = [0, 0.5, 8];
    private static readonly PointNavPlan[] Plans =
        [.. Prices.Select(price => PointNavPlan.For(price, Nodes))];
    private static readonly PointNavPlan[] CoarsePlans =
        [.. Prices.Select(price => PointNavPlan.For(price, Nodes / 2))];

    private static readonly Lazy<PointNavFrontier> Frontier = new(() => PointNavSolver.Solve());

    private static double Objective(PointNavPlan plan, double x, double y)
    {
        var (episodeReturn, cost) = plan.From(x, y);
        return episodeReturn - plan.Price * cost;
    }

    private static (double X, double Y) Start(SplitMix random)
    {
        while (true)
        {
            var (x, y) = (random.NextUniform(), random.NextUniform());
            if (!PointNav.IsGoal(x, y))
            {
                return (x, y);
            }
        }
    }

    private sealed class Follower(PointNavPlan plan) : IController
    {
        public void Act(ReadOnlySpan<float> observation, Span<float> action, IUniformSource random)
        {
            var (x, y) = plan.ActionAt(observation[0], observation[1]);
            (action[0], action[1]) = ((float)x, (float)y);
        }
    }

    [Test]
    public void A_start_on_the_goal_s_row_is_solved_by_hand()
    {
        // At distances 0.2, 0.1 and 0, each plus 0.1 a step.
        foreach (var plan in Plans)
        {
            Assert.That(plan.From(0.3, 0.1).Return, Is.EqualTo(-0.6).Within(1e-9));
            Assert.That(plan.From(0.3, 0.1).Cost, Is.Zero);
        }
    }

    [Property(MaxTest = 100)]
    public bool Following_a_plan_in_the_task_gives_at_least_what_it_promises(int seed)
    {
        var (x, y) = Start(new SplitMix(seed));
        return Plans.All(plan =>
        {
            var run = new Solo(new PointNav(1)).Run(new Follower(plan), new Given(x, y));
            var promised = plan.From(x, y);

            // More only where rounding falls on the good side of a rim, which ends the episode a step early.
            var surplus = run.Return - promised.Return;
            return run.Steps[^1].Terminated && run.Steps.Count < 40
                && surplus is > -1e-4 and < 0.101 && run.Cost <= promised.Cost;
        });
    }

    [Test]
    public void No_node_of_the_lattice_has_a_better_move_than_the_plan_s(
        [Values(0, 0.5, 0.7, 8)] double price)
    {
        const int cells = 10 * Nodes;
        var plan = PointNavPlan.For(price, Nodes);
        var values = new double[cells + 1, cells + 1];
        for (var node = 0; node < values.Length; node++)
        {
            var (i, j) = (node % (cells + 1), node / (cells + 1));
            values[i, j] = FromNode(plan, i / (double)cells, j / (double)cells);
        }

        for (var node = 0; node < values.Length; node++)
        {
            var (i, j) = (node % (cells + 1), node / (cells + 1));
            var (x, y) = (i / (double)cells, j / (double)cells);
            if (!PointNav.IsGoal(x, y) && !OnRim(x, y))
            {
                var here = PointNav.RewardAt(x, y) - price * PointNav.CostAt(x, y) + BestAround(values, i, j);
                Assert.That(values[i, j], Is.EqualTo(here).Within(1e-9), $"at {x}, {y}");
            }
        }
    }

    private static double BestAround(double[,] values, int i, int j)
    {
        var best = double.NegativeInfinity;
        for (var b = Math.Max(0, j - Nodes); b <= Math.Min(values.GetLength(1) - 1, j + Nodes); b++)
        {
            for (var a = Math.Max(0, i - Nodes); a <= Math.Min(values.GetLength(0) - 1, i + Nodes); a++)
            {
                best = Math.Max(best, values[a, b]);
            }
        }

        return best;
    }

    private static bool OnRim(double x, double y) => Math.Abs(Distance(x - 0.5, y - 0.5) - 0.3) < 1e-6;

    /// <summary>The objective from a node: rims count as outside the goal and inside the hazard.</summary>
    private static double FromNode(PointNavPlan plan, double x, double y) =>
        Distance(x - 0.1, y - 0.1) < 0.05 - 1e-6
            ? PointNav.RewardAt(x, y)
            : Objective(plan, x, y) - (OnRim(x, y) ? plan.Price * (1 - PointNav.CostAt(x, y)) : 0);

    private static double Distance(double dx, double dy) => Math.Sqrt(dx * dx + dy * dy);

    [Property(MaxTest = 60)]
    public bool Refining_the_lattice_never_worsens_the_objective(int seed)
    {
        var (x, y) = Start(new SplitMix(seed));
        return CoarsePlans.Zip(Plans).All(pair =>
            Objective(pair.First, x, y) <= Objective(pair.Second, x, y) + 1e-12);
    }

    [Property(MaxTest = 200)]
    public bool No_scripted_walker_beats_the_plan_from_its_own_start(int seed)
    {
        var random = new SplitMix(seed);
        var run = new Solo(new PointNav(1)).Run(new PointNavFamily().Draw(random), random);
        var (x, y) = (run.Seen[0][0], run.Seen[0][1]);
        return Plans.All(plan => run.Return - plan.Price * run.Cost <= Objective(plan, x, y) + 0.25);
    }

    [Test]
    public void A_higher_price_buys_less_cost_and_less_return()
    {
        Assert.That(Plans.Select(plan => plan.MeanCost), Is.Ordered.Descending);
        Assert.That(Plans.Select(plan => plan.MeanReturn), Is.Ordered.Descending);
    }

    [Test]
    public void The_mean_over_starts_is_that_of_random_episodes()
    {
        var random = new SplitMix(11);
        foreach (var plan in Plans)
        {
            var runs = Enumerable.Range(0, 1500)
                .Select(_ => new Solo(new PointNav(1)).Run(new Follower(plan), random)).ToArray();
            Assert.That(runs.Average(run => run.Return), Is.EqualTo(plan.MeanReturn).Within(
                4 * Deviation(runs.Select(run => run.Return)) / Math.Sqrt(1500)));
            Assert.That(runs.Average(run => run.Cost), Is.EqualTo(plan.MeanCost).Within(
                4 * Deviation(runs.Select(run => run.Cost)) / Math.Sqrt(1500)));
        }
    }

    [Test]
    public void The_frontier_rises_and_bends_down()
    {
        var points = Frontier.Value.Points;
        Assert.That(points, Has.Count.GreaterThan(8));
        var slopes = points.Zip(points.Skip(1), (a, b) => (b.Return - a.Return) / (b.Cost - a.Cost));
        Assert.That(slopes, Has.All.Positive);
        Assert.That(slopes, Is.Ordered.Descending);
        Assert.That(points.Select(p => p.Cost), Is.Ordered.Ascending);
    }

    [Test]
    public void The_frontier_answers_between_below_and_above_its_corners()
    {
        var frontier = Frontier.Value;
        var (a, b) = (frontier.Points[2], frontier.Points[3]);
        var middle = (a.Return + b.Return) / 2;
        Assert.That(frontier.BestReturn((a.Cost + b.Cost) / 2), Is.EqualTo(middle).Within(1e-12));
        Assert.That(frontier.BestReturn(frontier.Points[0].Cost), Is.EqualTo(frontier.Points[0].Return));
        Assert.That(frontier.BestReturn(frontier.Points[0].Cost - 1e-3), Is.Null);
        Assert.That(frontier.BestReturn(50), Is.EqualTo(frontier.Points[^1].Return));
    }

    [Test]
    public void The_stated_error_covers_the_next_refinement()
    {
        var (coarse, fine) = (PointNavSolver.Solve(4), Frontier.Value);
        Assert.That(fine.ReturnError, Is.LessThan(0.06));
        Assert.That(fine.CostError, Is.LessThan(0.05));
        foreach (var limit in new[] { 0.45, 0.6, 0.9, 1.2, 2 })
        {
            var gain = fine.BestReturn(limit) - coarse.BestReturn(limit);
            Assert.That(gain, Is.InRange(0, coarse.ReturnError), $"at limit {limit}");
        }
    }

    [Test]
    public void Prices_and_lattices_out_of_range_are_refused()
    {
        Assert.That(() => PointNavPlan.For(-1, 2), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => PointNavPlan.For(double.NaN, 2), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => PointNavSolver.Solve(3), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private static double Deviation(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var mean = all.Average();
        return Math.Sqrt(all.Average(value => (value - mean) * (value - mean)));
    }
}
