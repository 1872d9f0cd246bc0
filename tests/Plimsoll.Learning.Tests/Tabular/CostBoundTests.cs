using NUnit.Framework;
using Plimsoll.Learning.Tabular;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Tabular;

public sealed class CostBoundTests
{
    private static readonly double[,] Half = { { 0.5, 0.5 } };
    private static readonly double[,] One = { { 1.0, 1.0 } };

    [Law(MaxTest = 40)]
    public bool It_is_the_worst_case_of_a_flow_near_the_data(Process p, Fraction size)
    {
        var (data, w) = Corrected(p);
        var radius = 0.05 * size.Value;
        var bound = CostBound.Of(p.Mdp, data, w, radius);
        var plain = CostBound.Of(p.Mdp, data, w, 0);
        // p w is a flow: with the divergence at the radius, the conditions of the optimum of a convex problem.
        var residual = OccupancyCases.Residual(p.Mdp, bound.Weights, w).Max(Math.Abs);
        return Math.Abs(bound.Weights.Cast<double>().Sum() - 1) <= 1e-12
            && bound.Weights.Cast<double>().All(x => x >= 0) && residual <= 1e-7
            && bound.Divergence >= 0 && bound.Divergence <= radius * 1.000001
            && (bound.Divergence >= radius * 0.999999 || bound.Temperature <= 1.01e-4 * LargestCost(p.Mdp, w))
            && bound.Value >= plain.Value - 1e-9;
    }

    // Where plain Newton steps between the temperatures of a search end off the flow, or the last temperature is the
    // lowest.
    [TestCase(1337, 0.3375)]
    [TestCase(2717, 0.7175)]
    [TestCase(2809, 0.8095)]
    [TestCase(2830, 0.8305)]
    [TestCase(1540606373, 0.704774)]
    public void On_processes_that_are_hard_to_cool_it_is_the_worst_case_as_well(int seed, double size) =>
        Assert.That(It_is_the_worst_case_of_a_flow_near_the_data(Process.FromSeed(seed), new Fraction(size)));

    [Law(MaxTest = 30)]
    public bool It_rises_with_the_radius_and_comes_to_the_plain_mean(Process p)
    {
        var (data, w) = Corrected(p);
        double At(double radius) => CostBound.Of(p.Mdp, data, w, radius).Value;
        var plain = data.Cast<double>().Zip(w.Cast<double>(), (d, x) => d * x).Zip(p.Mdp.Cost.Cast<double>())
            .Sum(t => t.First * t.Second);
        var values = new[] { 0, 1e-6, 1e-4, 1e-3, 1e-2, 1e-1 }.Select(At).ToArray();
        // The distance falls as the root of the radius: sqrt(2 eps Var), the deviation of l below 10.
        return Math.Abs(values[0] - plain) <= 1e-12 && values.Zip(values.Skip(1)).All(v => v.Second >= v.First - 1e-9)
            && values[1] - plain <= 1.5e-3 * 10;
    }

    [Test]
    public void On_one_state_it_is_known()
    {
        // Any p with sum p w = 1 is a flow: w = 1 leaves all of them, and the bound of cost (1, 0) under
        // d = (1/2, 1/2) is the p_1 > 1/2 with KL((p_1, 1 - p_1) || d) = eps.
        const double p = 0.7;
        var radius = p * Math.Log(2 * p) + (1 - p) * Math.Log(2 * (1 - p));
        var bound = CostBound.Of(OccupancyCases.Bandit(), Half, One, radius);
        Assert.That(bound.Value, Is.EqualTo(p).Within(1e-7));
        Assert.That(bound.Temperature, Is.EqualTo(1 / Math.Log(p / (1 - p))).Within(1e-6), "p_1/p_2 = exp(1/tau)");
    }

    // Beyond log 2 all of p may be on the first action, whose cost is k.
    [TestCase(1e-6)]
    [TestCase(1)]
    [TestCase(1e6)]
    public void Where_no_p_of_the_radius_is_left_the_bound_is_the_largest_cost(double k)
    {
        var bound = CostBound.Of(Costing(OccupancyCases.Bandit(), k), Half, One, 1.0);
        Assert.That(bound.Divergence, Is.EqualTo(Math.Log(2)).Within(1e-12));
        Assert.That(bound.Value / k, Is.InRange(1.0, 1.0 + 1e-4));
    }

    [Law(MaxTest = 20)]
    public bool Costs_in_another_unit_have_the_bound_in_that_unit(Process p, Fraction size, Scale unit, Scale again)
    {
        var (data, w) = Corrected(p);
        var k = unit.Value * again.Value;
        var one = CostBound.Of(p.Mdp, data, w, 0.05 * size.Value);
        var other = CostBound.Of(Costing(p.Mdp, k), data, w, 0.05 * size.Value);
        return Math.Abs(other.Value / k - one.Value) <= 1e-8 * (1 + one.Value);
    }

    [Law(MaxTest = 20)]
    public bool No_flow_within_the_radius_costs_more(Process p, Fraction size)
    {
        // From the data in random directions that change neither sum p nor the flow, as far as the radius goes.
        var (data, w) = Corrected(p);
        var radius = 0.05 * size.Value;
        var bound = CostBound.Of(p.Mdp, data, w, radius).Value;
        double[] d = [.. data.Cast<double>()];
        double[] cost = [.. p.Mdp.Cost.Cast<double>().Zip(w.Cast<double>(), (c, x) => c * x)];
        var fixedSums = Orthonormal([.. FlowRows(p.Mdp, w), [.. d.Select(_ => 1.0)]]);
        var random = new Random(p.Seed);
        for (var i = 0; i < 20; i++)
        {
            double[] v = [.. d.Select(x => x * (random.NextDouble() - 0.5))];
            foreach (var row in fixedSums.Concat(fixedSums))
                v = Inputs.Plus(v, Inputs.Times(-Inputs.Dot(row, v), row));
            var (near, far) = (0.0, 1e3);
            for (var k = 0; k < 60; k++)
            {
                var middle = 0.5 * (near + far);
                var q = Inputs.Plus(d, Inputs.Times(middle, v));
                (near, far) = q.All(x => x > 0) && q.Zip(d, (x, y) => x * Math.Log(x / y)).Sum() <= radius
                    ? (middle, far) : (near, middle);
            }
            if (Inputs.Dot(cost, Inputs.Plus(d, Inputs.Times(near, v))) > bound + 1e-9) return false;
        }
        return true;
    }

    [Test]
    public void A_correction_that_is_no_flow_near_the_data_is_refused()
    {
        // w = 2 on the only action that is likely, so p must leave it: sum p w = 1 needs p_1 = 1/2.
        var fault = Assert.Throws<ArithmeticException>(() => CostBound.Of(
            OccupancyCases.Bandit(), new[,] { { 0.99, 0.01 } }, new[,] { { 2.0, 0.0 } }, 0.01));
        Assert.That(fault!.Message, Does.Contain("No flow"));
        Assert.Throws<ArithmeticException>(
            () => CostBound.Of(OccupancyCases.Bandit(), Half, new[,] { { 2.0, 3.0 } }, 0.01), "no p at all");
        Assert.Throws<ArithmeticException>(
            () => CostBound.Of(OccupancyCases.Bandit(), Half, new[,] { { double.NaN, 1.0 } }, 0.01));
    }

    [Test]
    public void With_radius_0_the_conservative_correction_is_the_plain_one()
    {
        var road = Road3.Create();
        var data = PolicyEvaluation.ActionOccupancy(road, road.UniformPolicy());
        foreach (var alpha in new[] { 0.1, 1.0, 10.0 })
        {
            var plain = OccupancyCorrection.Of(road, data, 0.2, alpha)!;
            var halved = ConservativeCorrection.Of(road, data, 0.2, alpha, 0, halvings: 40)!;
            Assert.That(halved.Price, Is.EqualTo(plain.Price).Within(1e-8));
            Assert.That(halved.Reward, Is.EqualTo(plain.Reward).Within(1e-7));
            var careful = ConservativeCorrection.Of(road, data, 0.2, alpha, 0.01)!;
            Assert.That(careful.Cost, Is.LessThanOrEqualTo(plain.Cost + 1e-12));
            Assert.That(careful.Price, Is.GreaterThanOrEqualTo(plain.Price));
        }
        Assert.That(ConservativeCorrection.Of(road, data, -1, 1, 0.01), Is.Null);
    }

    /// <summary>The paper's test: 50 states, 4 actions, 4 successors each by Dirichlet(1), discount 0.95, threshold
    /// 0.1; few trajectories, alpha = 1/N and eps = 0.1/N. The data come from the best policy within the limit, mixed
    /// with the uniform one. Both corrections know the data alone; their policies are judged by the true
    /// process.</summary>
    [Test]
    public void On_processes_of_the_published_form_caution_lowers_the_true_cost()
    {
        const int trajectories = 40;
        var (plainCost, carefulCost, plainBreaks, carefulBreaks) = (0.0, 0.0, 0, 0);
        const int runs = 4;
        for (var seed = 0; seed < runs; seed++)
        {
            var random = new Random(seed);
            double Uniform() => 1.0 - random.NextDouble();
            var mdp = Published(Uniform);
            const double threshold = 0.1;
            var best = ConstrainedOptimum.Of(mdp, threshold / (1 - mdp.Discount))!;
            var behaviour = new double[50, 4];
            for (var i = 0; i < 200; i++) behaviour[i / 4, i % 4] = 0.7 * best.Policy[i / 4, i % 4] + 0.3 * 0.25;
            var sample = SampledCmdp.Of(mdp, behaviour, trajectories, 50, Uniform);
            var data = PolicyEvaluation.ActionOccupancy(sample.Mdp, sample.Behaviour);
            const double alpha = 1.0 / trajectories, radius = 0.1 / trajectories;
            var plain = OccupancyCorrection.Of(sample.Mdp, data, threshold, alpha)!;
            var careful = ConservativeCorrection.Of(sample.Mdp, data, threshold, alpha, radius)!;
            double True(OccupancyCorrection of) => 0.05 * Frontier.OutcomeOf(mdp, of.Policy).Cost;
            Assert.That(plain.Cost, Is.EqualTo(threshold).Within(1e-8), "the limit binds in the data");
            Assert.That(careful.Cost, Is.LessThan(plain.Cost));
            (plainCost, carefulCost) = (plainCost + True(plain) / runs, carefulCost + True(careful) / runs);
            plainBreaks += True(plain) > threshold ? 1 : 0;
            carefulBreaks += True(careful) > threshold ? 1 : 0;
        }
        Assert.That(carefulCost, Is.LessThan(plainCost));
        Assert.That(carefulBreaks, Is.LessThanOrEqualTo(plainBreaks));
    }

    // Of the flow's residual of p w, as it depends on p.
    private static double[][] FlowRows(FiniteCmdp mdp, double[,] w)
    {
        var rows = Enumerable.Range(0, mdp.States).Select(_ => new double[w.Length]).ToArray();
        for (var i = 0; i < w.Length; i++)
        {
            var (s, a) = (i / mdp.Actions, i % mdp.Actions);
            rows[s][i] += w[s, a];
            for (var n = 0; n < mdp.States; n++) rows[n][i] -= mdp.Discount * mdp.Transition(s, a, n) * w[s, a];
        }
        return rows;
    }

    // By Gram and Schmidt, twice, for the rounding.
    private static List<double[]> Orthonormal(double[][] rows)
    {
        var basis = new List<double[]>();
        foreach (var row in rows)
        {
            var rest = row;
            foreach (var b in basis.Concat(basis)) rest = Inputs.Plus(rest, Inputs.Times(-Inputs.Dot(b, rest), b));
            var length = Math.Sqrt(Inputs.Dot(rest, rest));
            if (length > 1e-9) basis.Add(Inputs.Times(1 / length, rest));
        }
        return basis;
    }

    private static FiniteCmdp Costing(FiniteCmdp mdp, double unit)
    {
        var next = new double[mdp.States, mdp.Actions, mdp.States];
        var cost = new double[mdp.States, mdp.Actions];
        for (var s = 0; s < mdp.States; s++)
        {
            for (var a = 0; a < mdp.Actions; a++)
            {
                cost[s, a] = unit * mdp.Cost[s, a];
                for (var n = 0; n < mdp.States; n++) next[s, a, n] = mdp.Transition(s, a, n);
            }
        }
        return new FiniteCmdp(next, mdp.Reward, cost, mdp.Start, mdp.Discount);
    }

    private static double LargestCost(FiniteCmdp mdp, double[,] w) =>
        mdp.Cost.Cast<double>().Zip(w.Cast<double>(), (c, x) => Math.Abs(c * x)).Max();

    private static FiniteCmdp Published(Func<double> uniform)
    {
        var (next, reward, cost) = (new double[50, 4, 50], new double[50, 4], new double[50, 4]);
        for (var s = 0; s < 50; s++)
        {
            for (var a = 0; a < 4; a++)
            {
                var shares = RandomCmdp.Dirichlet(4, uniform);
                for (var k = 0; k < 4; k++) next[s, a, (int)(uniform() * 49.999)] += shares[k];
                reward[s, a] = uniform();
                cost[s, a] = uniform() < 0.5 ? 0 : uniform();
            }
        }
        var start = new double[50];
        start[0] = 1;
        return new FiniteCmdp(next, reward, cost, start, 0.95);
    }

    private static (double[,] Data, double[,] Weights) Corrected(Process p)
    {
        var data = PolicyEvaluation.ActionOccupancy(p.Mdp, p.Behaviour);
        return (data, OccupancyCorrection.AtPrice(p.Mdp, data, 0.5, 1).Weights);
    }
}
