using Plimsoll.Learning.Safety;

namespace Plimsoll.Learning.Tabular;

/// <summary>
/// Step size, slack and what they guarantee of <see cref="TabularAdaptation"/> with exact critics (DRCORL, arXiv
/// 2502.12391, theorem 3.1, with the constants of PCRPO/ESPO, arXiv 2405.20860): with eta = (1-gamma)^1.5 /
/// sqrt(S A T), h- = 0, h+ = 2 sqrt(S A)/((1-gamma)^1.5 sqrt(T)) (E KL + 4 c_max² + 6 c_max) and x_r at least 1/2, the
/// weighted mixture costs at most limit + h+ and earns at most h+ less than the best policy within the limit.
/// Falls as 1/sqrt(T); says nothing while h+ is as large as values are.
/// </summary>
/// <param name="Rate">eta, above 0.</param>
/// <param name="Slack">h+, in discounted cost and reward.</param>
public sealed record AdaptationGuarantee(double Rate, double Slack)
{
    /// <param name="mdp">The process.</param>
    /// <param name="steps">T, at least 1.</param>
    /// <param name="divergence">Of the best policy from the first, E over the best policy's states of KL, nats; at most
    /// log A from the uniform policy.</param>
    public static AdaptationGuarantee Of(FiniteCmdp mdp, int steps, double divergence)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(divergence);
        var largest = mdp.Reward.Cast<double>().Concat(mdp.Cost.Cast<double>()).Max(Math.Abs);
        var horizon = (1.0 - mdp.Discount) * Math.Sqrt(1.0 - mdp.Discount);
        var size = Math.Sqrt((double)mdp.States * mdp.Actions);
        return new AdaptationGuarantee(
            horizon / (size * Math.Sqrt(steps)),
            2.0 * size / (horizon * Math.Sqrt(steps)) * (divergence + 4.0 * largest * largest + 6.0 * largest));
    }

    /// <summary>The band around a limit: from it to h+ above it.</summary>
    public SafetyBand Around(double limit) => new(limit, Slack, 0.0);

    /// <summary>CRPO's (Xu et al. 2021): reward up to h+ above it, cost beyond.</summary>
    public SafetyBand CrpoAround(double limit) => SafetyBand.Crpo(limit, Slack);
}
