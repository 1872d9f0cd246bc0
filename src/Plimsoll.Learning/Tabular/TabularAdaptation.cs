using Plimsoll.Learning.Safety;

namespace Plimsoll.Learning.Tabular;

/// <summary>What the policies of positive weight come to.</summary>
public abstract record AdaptedMixture
{
    private AdaptedMixture()
    {
    }

    /// <summary>Their weighted mean.</summary>
    /// <param name="Outcome">Of the mixture.</param>
    /// <param name="LargestCost">The largest exact cost among them.</param>
    public sealed record Mixed(Outcome Outcome, double LargestCost) : AdaptedMixture;

    /// <summary>No policy of the run has weight: every step lowered the cost, and none came within the band (CRPO's
    /// empty N0). Remedy: a higher limit or slack where the least cost of any policy
    /// (<see cref="ConstrainedOptimum.LeastCost"/>) is above the band; else more steps.</summary>
    /// <param name="LowestCost">The lowest exact cost of the run.</param>
    /// <param name="Within">Limit and upper slack, which it had to come to.</param>
    public sealed record NeverWithinLimit(double LowestCost, double Within) : AdaptedMixture;
}

/// <summary>
/// What a run of tabular safe adaptation did: steps per mode (both, split by whether the gradients
/// conflicted), what the weighted mixture of its policies comes to, and the final logits.
/// </summary>
public sealed record AdaptationRun(
    int RewardSteps, int CostSteps, int AlignedSteps, int ConflictSteps, AdaptedMixture Mixture, double[,] Logits);

/// <summary>
/// Safe adaptation with exact critics and natural gradients, from the uniform policy: reward, cost or both by
/// <see cref="SafetyBand"/> on V_c(rho), both by <see cref="GradientManipulation"/> with g_r from A_r and g_c
/// from -A_c. The result mixes the policies with weights 1 (reward), x_r (aligned), the reward factor y_r
/// (conflict), 0 (cost).
/// <para>Equation: DRCORL (arXiv 2502.12391), theorem 3.1, after PCRPO/ESPO (arXiv 2405.20860). Every policy
/// of positive weight has V_c &lt;= l + h+, and so has the mixture; a run without one is
/// <see cref="AdaptedMixture.NeverWithinLimit"/>. Binary64; bitwise; O(steps S^3).</para>
/// </summary>
public static class TabularAdaptation
{
    /// <param name="mdp">The process.</param>
    /// <param name="band">Limit and slacks on the discounted cost from the start.</param>
    /// <param name="rate">Step size, above 0.</param>
    /// <param name="steps">Number of steps, at least 1.</param>
    /// <param name="rewardShare">x_r in [0,1].</param>
    public static AdaptationRun Run(
        FiniteCmdp mdp, SafetyBand band, double rate, int steps, double rewardShare = 0.5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        var logits = new double[mdp.States, mdp.Actions];
        var counts = new int[4];
        double weight = 0.0, cost = 0.0, reward = 0.0, largest = double.NegativeInfinity;
        var lowest = double.PositiveInfinity;
        for (var k = 0; k < steps; k++)
        {
            var policy = NaturalPolicyGradient.Softmax(logits);
            var outcome = Frontier.OutcomeOf(mdp, policy);
            var up = NaturalPolicyGradient.Direction(mdp, policy, mdp.Reward);
            var down = NaturalPolicyGradient.Direction(mdp, policy, mdp.Cost);
            var (kind, ofReward, ofCost) = Choose(band.Mode(outcome.Cost), up, down, rewardShare);
            counts[kind]++;
            lowest = Math.Min(lowest, outcome.Cost);
            if (ofReward > 0.0)
            {
                weight += ofReward;
                cost += ofReward * outcome.Cost;
                reward += ofReward * outcome.Reward;
                largest = Math.Max(largest, outcome.Cost);
            }
            for (var s = 0; s < mdp.States; s++)
            {
                for (var a = 0; a < mdp.Actions; a++)
                {
                    logits[s, a] += rate * (ofReward * up[s, a] - ofCost * down[s, a]);
                }
            }
        }
        AdaptedMixture mixture = weight > 0.0
            ? new AdaptedMixture.Mixed(new Outcome(cost / weight, reward / weight), largest)
            : new AdaptedMixture.NeverWithinLimit(lowest, band.Limit + band.SlackAbove);
        return new AdaptationRun(counts[0], counts[1], counts[2], counts[3], mixture, logits);
    }

    // The cost gradient is -down, hence the sign of the product.
    private static (int Kind, double Reward, double Cost) Choose(
        SafetyMode mode, double[,] up, double[,] down, double rewardShare)
    {
        switch (mode)
        {
            case SafetyMode.Reward:
                return (0, 1.0, 0.0);
            case SafetyMode.Cost:
                return (1, 0.0, 1.0);
            default:
                var product = -Dot(up, down);
                var (reward, cost) = GradientManipulation.CombineDouble(
                    Dot(up, up), product, Dot(down, down), rewardShare);
                return (product < 0.0 ? 3 : 2, reward, cost);
        }
    }

    private static double Dot(double[,] x, double[,] y)
    {
        var sum = 0.0;
        for (var i = 0; i < x.GetLength(0); i++)
        {
            for (var j = 0; j < x.GetLength(1); j++)
            {
                sum += x[i, j] * y[i, j];
            }
        }
        return sum;
    }
}
