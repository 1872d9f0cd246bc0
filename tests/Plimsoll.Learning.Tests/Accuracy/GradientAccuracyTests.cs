using NUnit.Framework;
using Plimsoll.Learning.Probe;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Graph.Operations;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;
using Plimsoll.Numerics.Tests.Float64;

namespace Plimsoll.Learning.Tests.Accuracy;

/// <summary>
/// The gradients that reach the optimisers of every training program, evaluated in binary64, are the
/// derivatives of the losses that the program records; and the first binary32 step has the moments and losses
/// of the binary64 one.
/// </summary>
public sealed class GradientAccuracyTests
{
    /// <summary>Relative to the sum of magnitudes of the terms of a directional derivative. A wrong formula
    /// is off by order one.</summary>
    private const double Formula = 1e-6;

    /// <summary>Of the losses of one step, relative to themselves. The largest measured is 1.6e-7.</summary>
    private const double Losses32 = 7e-7;

    /// <summary>Of the first moments after one step, relative to the largest of an array. The largest
    /// measured is 5e-6: the time embedding takes sines of angles of some hundreds, whose own rounding is
    /// 3e-5; without it, 2.5e-6.</summary>
    private const double Moments32 = 2e-5;

    /// <summary>Which recorded loss an array descends, by the start of the array's name. An array without a
    /// row follows a direction that is given to it: its loss is the inner product of that direction and the
    /// action.</summary>
    private static readonly Dictionary<string, string> Losses = new()
    {
        ["behaviour cloning: policy/"] = "loss",
        ["diffusion fit: behaviour/"] = "loss",
        ["reward critic: reward-v/"] = "value-loss",
        ["reward critic: reward-q/"] = "critic-loss",
        ["cost critic: cost-q/"] = "critic-loss",
        ["safe adaptation: reward-q/"] = "reward-critic-loss",
        ["safe adaptation: cost-q/"] = "cost-critic-loss",
        ["safe policy improvement: noise/"] = "objective",
        ["safe policy improvement: reward-q/"] = "reward-critic-loss",
        ["safe policy improvement: safety-q/"] = "safety-critic-loss",
        ["safe policy improvement, best backup: noise/"] = "objective",
        ["safe policy improvement, best backup: reward-q/"] = "reward-critic-loss",
        ["safe policy improvement, best backup: safety-q/"] = "safety-critic-loss",
        ["fitted Q evaluation: fqe-reward/"] = "reward-loss",
        ["fitted Q evaluation: fqe-cost/"] = "cost-loss",
        ["decision transformer fit: policy/"] = "loss",
        ["decision transformer fit: log-temperature"] = "temperature-loss",
        ["COptiDICE: nu/"] = "nu-loss",
        ["COptiDICE: chi/"] = "bound-loss",
        ["COptiDICE: temperature"] = "bound-loss",
        ["COptiDICE: policy/"] = "policy-loss",
        ["COptiDICE, as published: nu/"] = "nu-loss",
        ["COptiDICE, as published: chi/"] = "bound-loss",
        ["COptiDICE, as published: temperature"] = "bound-loss",
        ["COptiDICE, as published: policy/"] = "policy-loss",
        ["TD3+BC: critic/"] = "critic-loss",
        ["constraints-penalised Q: vae/"] = "vae-loss",
        ["constraints-penalised Q: reward-q/"] = "reward-critic-loss",
        ["constraints-penalised Q: cost-q/"] = "penalised-cost-loss",
        ["constraints-penalised Q, as OSRL: vae/"] = "vae-loss",
        ["constraints-penalised Q, as OSRL: reward-q/"] = "reward-critic-loss",
        ["constraints-penalised Q, as OSRL: cost-q/"] = "penalised-cost-loss",
        ["batch-constrained Lagrangian: policy/vae/"] = "vae-loss",
        ["batch-constrained Lagrangian: policy/reward-q/"] = "reward-critic-loss",
        ["batch-constrained Lagrangian: cost-q/"] = "cost-critic-loss",
        ["batch-constrained Lagrangian: policy/perturbation/"] = "policy-loss",
        ["batch-constrained Lagrangian, as OSRL: policy/vae/"] = "vae-loss",
        ["batch-constrained Lagrangian, as OSRL: policy/reward-q/"] = "reward-critic-loss",
        ["batch-constrained Lagrangian, as OSRL: cost-q/"] = "cost-critic-loss",
        ["batch-constrained Lagrangian, as OSRL: policy/perturbation/"] = "policy-loss",
        ["BEAR's Lagrangian: vae/"] = "vae-loss",
        ["BEAR's Lagrangian: reward-q/"] = "reward-critic-loss",
        ["BEAR's Lagrangian: cost-q/"] = "cost-critic-loss",
        ["BEAR's Lagrangian: policy/"] = "policy-loss",
        ["BEAR's Lagrangian, as OSRL: vae/"] = "vae-loss",
        ["BEAR's Lagrangian, as OSRL: reward-q/"] = "reward-critic-loss",
        ["BEAR's Lagrangian, as OSRL: cost-q/"] = "cost-critic-loss",
        ["BEAR's Lagrangian, as OSRL: policy/"] = "policy-loss",
    };

    /// <summary>Arrays that descend no recorded loss, because a part that depends on them is held: COptiDICE's price,
    /// with the bound of the cost held; TD3+BC's policy, with the mean size of the value held; CPQ's policy, with the
    /// critics held that have just learnt from its draws at the next states. Their tests against tables and closed forms
    /// stand for this one.</summary>
    private static readonly string[] Held =
    [
        "COptiDICE: multiplier", "COptiDICE, as published: multiplier", "TD3+BC: policy/",
        "constraints-penalised Q: policy/", "constraints-penalised Q, as OSRL: policy/",
    ];

    [TestCaseSource(nameof(Names))]
    public void Every_gradient_is_the_derivative_of_its_loss(string name)
    {
        using var bench = new AccuracyBench(name);
        // Past the start, where biases are zero and optimisers have no past.
        bench.Training.Advance(0, 3);
        var state = new Float64State(bench.Training.Carried.State);
        var random = new System.Random(5);
        var (checks, kinks) = (0, 0);
        foreach (var program in bench.Programs)
        {
            foreach (var update in Evaluation.Live(program.Graph!).Where(n => n.Operation is AdamStep))
            {
                var parameters = ((AdamStep)update.Operation).Optimiser.Parameters;
                for (var i = 0; i < parameters.Count; i++)
                {
                    var path = $"{name}: {parameters[i].Name}";
                    if (IsDrawnOrDisplaced(name, parameters[i])
                        || Held.Any(h => path.StartsWith(h, StringComparison.Ordinal))) continue;
                    var (done, skipped) = Check(program, state, name, parameters[i], update.Inputs[i], random);
                    (checks, kinks) = (checks + done, kinks + skipped);
                }
            }
        }
        TestContext.Out.WriteLine($"{checks} directions, {kinks} left out for kinks");
        Assert.That(checks, Is.GreaterThan(5).And.GreaterThan(4 * kinks));
    }

    [TestCaseSource(nameof(All))]
    public void The_first_step_has_the_moments_and_losses_of_binary64(string name)
    {
        using var bench = new AccuracyBench(name);
        var recorded = bench.Step(0);
        var moments = 0.0;
        var arrays = bench.Training.Carried.State.Arrays.Where(a => a.Name.Contains("/m/")
            && !AccuracyBench.IsFree(a));
        foreach (var array in arrays)
        {
            var expected = bench.Exact.State[array];
            var scale = expected.Max(Math.Abs);
            for (var i = 0; i < expected.Length; i++)
                moments = Math.Max(moments, scale == 0 ? Math.Abs(array.Values[i])
                    : Math.Abs(array.Values[i] - expected[i]) / scale);
        }
        // Not Enumerable.Max, which passes over NaN.
        var losses = recorded.Values.Aggregate(
            0.0, (worst, m) => Math.Max(worst, m.Actual == m.Exact ? 0 : Math.Abs(m.Actual - m.Exact) / Math.Abs(m.Exact)));
        TestContext.Out.WriteLine($"moments {moments:E1}, losses {losses:E1}");
        Assert.Multiple(() =>
        {
            // A constant in ν or χ has the gradient (1 - γ)(1 - w), a hundredth of its terms and less: as much more of
            // their rounding; the worst case τ log mean exp(ℓ/τ) is the logarithm of nearly 1. The largest measured are
            // 1.1e-4 and 4.3e-6.
            var cancelled = name.StartsWith("COptiDICE", StringComparison.Ordinal) ? 20 : 1;
            Assert.That(moments, Is.InRange(0, Moments32 * cancelled), "first moments");
            Assert.That(losses, Is.InRange(0, Losses32 * cancelled), "losses");
        });
    }

    /// <summary>Whether an array's gradient has closed forms to be tested against instead: of a policy that is trained
    /// by draws (<see cref="Training.GaussianPolicyTests"/>), whose mean is not all that it descends by; and of the copies
    /// that displacements are taken with (<see cref="Training.PolicyDescentTests"/>), which no loss reads.</summary>
    private static bool IsDrawnOrDisplaced(string name, StateArray array) =>
        array.Name.StartsWith("displaced-", StringComparison.Ordinal)
        || (name.EndsWith("Gaussian", StringComparison.Ordinal)
            && (array.Name.StartsWith("acting/", StringComparison.Ordinal)
                || array.Name.StartsWith("policy/", StringComparison.Ordinal)));

    /// <summary>Along a random direction and along the largest element; how many were compared, and how many
    /// left out.</summary>
    private static (int Done, int Kinks) Check(
        Program program, Float64State state, string name, StateArray array, Node gradientNode, System.Random random)
    {
        const int step = 3;
        var graph = program.Graph!;
        var kinks = 0;
        var differences = new Differences(graph, state, at => Loss(graph, at, name, array.Name), step,
            Float64Training.Inputs(program));
        var gradient = differences.Base[gradientNode];
        double[][] directions = [Random(random, gradient.Length), Largest(gradient)];
        foreach (var direction in directions)
        {
            if (differences.Along(array, direction) is not var (slope, rounding))
            {
                kinks++;
                continue;
            }
            var terms = gradient.Zip(direction, (g, d) => g * d).ToList();
            Assert.That(terms.Sum(), Is.EqualTo(slope).Within(Formula * terms.Sum(Math.Abs) + rounding), array.Name);
        }
        return (directions.Length - kinks, kinks);
    }

    private static Func<Evaluation, double> Loss(GraphBuilder graph, Evaluation at, string name, string array)
    {
        var row = Losses.FirstOrDefault(l => $"{name.Split(',')[0]}: {array}".StartsWith(l.Key, StringComparison.Ordinal));
        if (row.Key is not null) return e => e.Metrics[row.Value];
        // Σ_j w_j <direction_j, action>: each direction enters at the slope of the policy's tanh; the weights
        // are 1, or those by which gradients combine.
        var live = Evaluation.Live(graph);
        var slopes = live.Where(n => n.Operation is Slope { Kind: SlopeKind.Tanh }).ToList();
        var weights = live.Where(n => n.Operation is ScalarMap).Select(n => at[n][0]).ToList();
        if (slopes.Count == 0 || (slopes.Count > 1 && weights.Count != slopes.Count))
            throw new NotSupportedException($"{name}: which loss does {array} descend? Add a row to {nameof(Losses)}");
        return e => slopes
            .Select((s, j) => (slopes.Count > 1 ? weights[j] : 1) * at[s.Inputs[0]].Zip(e[s.Inputs[1]],
                (d, a) => d * a).Sum())
            .Sum();
    }

    private static double[] Random(System.Random random, int count)
    {
        double[] direction = [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextDouble() - 1)];
        var norm = Math.Sqrt(direction.Sum(d => d * d));
        return [.. direction.Select(d => d / norm)];
    }

    private static double[] Largest(double[] gradient)
    {
        var direction = new double[gradient.Length];
        direction[Array.IndexOf(gradient, gradient.MaxBy(Math.Abs))] = 1;
        return direction;
    }

    private static IEnumerable<string> All() => [.. AccuracyBench.Names, .. NetworkPrograms.All.Keys];

    // Of the Gaussian warm start nothing would be left.
    private static IEnumerable<string> Names() => AccuracyBench.Names.Where(name => name != "warm start, Gaussian");
}
