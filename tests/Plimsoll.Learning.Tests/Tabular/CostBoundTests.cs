using NUnit.Framework;
using Plimsoll.Learning.Tabular;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Tabular;

public sealed class CostBoundTests
{
    [Law(MaxTest = 40)]
    public bool It_is_the_worst_case_of_a_flow_near_the_data(Process p, Fraction size)
    {
        var (data, w) = Corrected(p);
        var radius = 0.05 * size.Value;
        var bound = CostBound.Of(p.Mdp, data, w, radius);
        var plain = CostBound.Of(p.Mdp, data, w, 0);
        // p w is a flow: with the divergence at the radius, the conditions of the optimum of a convex problem.
        var residual = Residual(p.Mdp, bound.Weights, w).Max(Math.Abs);
        return Math.Abs(bound.Weights.Cast<double>().Sum() - 1) <= 1e-12
            && bound.Weights.Cast<double>().All(x => x >= 0) && residual <= 1e-7
            && bound.Divergence >= 0 && bound.Divergence <= radius * 1.000001
            && (bound.Divergence >= radius * 0.999999 || bound.Temperature <= 1.01e-4)
            && bound.Value >= plain.Value - 1e-9;
    }

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
        var stay = new double[1, 2, 1];
        stay[0, 0, 0] = stay[0, 1, 0] = 1;
        var mdp = new FiniteCmdp(stay, new double[1, 2], new[,] { { 1.0, 0.0 } }, [1.0], 0.9);
        const double p = 0.7;
        var radius = p * Math.Log(2 * p) + (1 - p) * Math.Log(2 * (1 - p));
        var bound = CostBound.Of(mdp, new[,] { { 0.5, 0.5 } }, new[,] { { 1.0, 1.0 } }, radius);
        Assert.That(bound.Value, Is.EqualTo(p).Within(1e-7));
        Assert.That(bound.Temperature, Is.EqualTo(1 / Math.Log(p / (1 - p))).Within(1e-6), "p_1/p_2 = exp(1/tau)");
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

    /// <summary>The paper's test: 50 states, 4 actions, 4 successors each by Dirichlet(1), discount 0.95, threshold 0.1;
    /// few trajectories, alpha = 1/N and eps = 0.1/N. The data come from the best policy within the limit, mixed with
    /// the uniform one. Both corrections know the data alone; their policies are judged by the true process.</summary>
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

    private static double[] Residual(FiniteCmdp mdp, double[,] p, double[,] w)
    {
        var residual = new double[mdp.States];
        for (var s = 0; s < mdp.States; s++)
        {
            residual[s] -= (1 - mdp.Discount) * mdp.Start[s];
            for (var a = 0; a < mdp.Actions; a++)
            {
                residual[s] += p[s, a] * w[s, a];
                for (var n = 0; n < mdp.States; n++)
                    residual[n] -= mdp.Discount * mdp.Transition(s, a, n) * p[s, a] * w[s, a];
            }
        }
        return residual;
    }
}
