using NUnit.Framework;
using Plimsoll.Learning.Tabular;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Tabular;

public sealed class PessimisticCriticTests
{
    private static readonly double[] Behaviour = [0.5, 0.3, 0.2];
    private static readonly double[] Policy = [0.1, 0.2, 0.7];
    private static readonly double[] Target = [1.0, 2.0, 3.0];

    // By hand with alpha = 0.2: y + 0.1 pi/b, less 0.1 when centred. E_pi: 0.1 (0.02 + 0.1333 + 2.45).
    [TestCase(false, new[] { 1.02, 2.0 + 0.2 / 3.0, 3.35 }, 0.1, 0.1 * (0.02 + 0.4 / 3.0 + 2.45))]
    [TestCase(true, new[] { 0.92, 1.9 + 0.2 / 3.0, 3.25 }, 0.0, 0.1 * (0.02 + 0.4 / 3.0 + 1.45))]
    public void The_minimiser_of_a_three_action_table(
        bool centred, double[] golden, double onData, double onPolicy)
    {
        var q = Minimiser(Target, Policy, Behaviour, 0.2, centred);
        Assert.That(q, Is.EqualTo(golden).Within(1e-14));
        var shift = q.Zip(Target, (x, y) => x - y).ToArray();
        Assert.That(Behaviour.Zip(shift, (p, x) => p * x).Sum(), Is.EqualTo(onData).Within(1e-14));
        Assert.That(Policy.Zip(shift, (p, x) => p * x).Sum(), Is.EqualTo(onPolicy).Within(1e-14));
    }

    [Law]
    public bool It_minimises_the_penalised_loss(Process p, Fraction alpha, bool centred)
    {
        var (policy, behaviour, target) = Tables(p);
        double Loss(double[] q) => Enumerable.Range(0, q.Length).Sum(a =>
            behaviour[a] * (q[a] - target[a]) * (q[a] - target[a])
            - alpha.Value * (policy[a] - (centred ? behaviour[a] : 0.0)) * q[a]);
        var best = Minimiser(target, policy, behaviour, alpha.Value, centred);
        // The loss is a parabola in each component, so its central difference at the minimum is 0 to
        // rounding, and its value one step aside higher by exactly b step^2.
        return Enumerable.Range(0, best.Length).All(a =>
        {
            double Moved(double step) => Loss(best.Select((x, i) => i == a ? x + step : x).ToArray());
            var scale = 1e-13 * (1.0 + best.Sum(x => x * x));
            return Math.Abs(Moved(1.0) - Moved(-1.0)) <= 100.0 * scale
                && Math.Abs(Moved(1.0) - Loss(best) - behaviour[a]) <= 100.0 * scale;
        });
    }

    [Law]
    public bool The_data_see_half_alpha_or_nothing_and_the_policy_a_divergence(Process p, Fraction alpha)
    {
        var (policy, behaviour, target) = Tables(p);
        var squared = policy.Zip(behaviour, (x, b) => (x - b) * (x - b) / b).Sum();
        double Shift(double[] weights, bool centred) =>
            Minimiser(target, policy, behaviour, alpha.Value, centred)
            .Select((q, a) => weights[a] * (q - target[a])).Sum();
        // chi^2 = sum pi^2/b - 1, so the plain shift under the policy is at least alpha/2. pi/b reaches 1e4.
        var tolerance = 1e-12 * (1.0 + squared);
        return Math.Abs(Shift(behaviour, false) - alpha.Value / 2.0) <= tolerance
            && Math.Abs(Shift(behaviour, true)) <= tolerance
            && Math.Abs(Shift(policy, false) - alpha.Value / 2.0 * (1.0 + squared)) <= tolerance
            && Math.Abs(Shift(policy, true) - alpha.Value / 2.0 * squared) <= tolerance
            && Shift(policy, true) >= -tolerance;
    }

    [Law]
    public bool Without_pessimism_it_is_plain_temporal_difference(Process p, bool centred)
    {
        var pessimistic = PessimisticCritic.FixedPoint(p.Mdp, p.Policy, p.Behaviour, 0.0, centred);
        var plain = PolicyEvaluation.ActionValue(p.Mdp, p.Policy, p.Mdp.Cost);
        return pessimistic.Cast<double>().SequenceEqual(plain.Cast<double>());
    }

    [Law]
    public bool Bootstrapped_it_is_what_repeated_fitting_converges_to(Process p, Fraction alpha, bool centred)
    {
        var (states, actions) = (p.Mdp.States, p.Mdp.Actions);
        var q = new double[states, actions];
        for (var sweep = 0; sweep < 800; sweep++) // 0.95^800 is 1e-18
        {
            var values = Enumerable.Range(0, states)
                .Select(s => Enumerable.Range(0, actions).Sum(a => p.Policy[s, a] * q[s, a])).ToArray();
            var target = p.Mdp.Backup(p.Mdp.Cost, values);
            for (var s = 0; s < states; s++)
            {
                for (var a = 0; a < actions; a++)
                {
                    // The minimiser by its first-order condition: 2 b (q - y) = alpha (pi - [centred] b).
                    var push = alpha.Value * (p.Policy[s, a] - (centred ? p.Behaviour[s, a] : 0.0));
                    q[s, a] = target[s, a] + push / (2.0 * p.Behaviour[s, a]);
                }
            }
        }
        var closed = PessimisticCritic.FixedPoint(p.Mdp, p.Policy, p.Behaviour, alpha.Value, centred);
        var largest = closed.Cast<double>().Max(Math.Abs);
        return closed.Cast<double>().Zip(q.Cast<double>(), (x, y) => Math.Abs(x - y)).Max()
            <= 1e-11 * (1.0 + largest);
    }

    [Law]
    public bool The_value_under_the_policy_is_never_below_the_true_cost(
        Process p, Fraction alpha, bool centred)
    {
        var pessimistic = PessimisticCritic.FixedPoint(p.Mdp, p.Policy, p.Behaviour, alpha.Value, centred);
        var plain = PolicyEvaluation.ActionValue(p.Mdp, p.Policy, p.Mdp.Cost);
        return Enumerable.Range(0, p.Mdp.States).All(s => Enumerable.Range(0, p.Mdp.Actions)
            .Sum(a => p.Policy[s, a] * (pessimistic[s, a] - plain[s, a])) >= -1e-10);
    }

    [Test]
    public void Outside_the_datas_support_it_is_unbounded_and_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(
            () => PessimisticCritic.Minimiser(1.0, 0.5, 0.0, 0.2, true));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => PessimisticCritic.Minimiser(1.0, 0.5, 0.5, -0.2, true));
    }

    private static double[] Minimiser(
        double[] y, double[] policy, double[] behaviour, double alpha, bool centred) =>
        y.Select((v, a) => PessimisticCritic.Minimiser(v, policy[a], behaviour[a], alpha, centred)).ToArray();

    private static (double[] Policy, double[] Behaviour, double[] Target) Tables(Process p)
    {
        double[] Row(double[,] table) =>
            Enumerable.Range(0, p.Mdp.Actions).Select(a => table[0, a]).ToArray();
        return (Row(p.Policy), Row(p.Behaviour), Row(p.Mdp.Cost));
    }
}
