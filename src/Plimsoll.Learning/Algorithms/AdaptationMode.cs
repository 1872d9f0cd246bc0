using Plimsoll.Learning.Safety;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// What a step of adaptation improves, by the estimated cost of an episode, cost/episode. Normalised as
/// DRCORL does, C/(κ + 0.1) against the limit κ/(κ + 0.1), which lies a little below 1 and keeps a limit of 0
/// usable. Deterministic: bitwise.
/// </summary>
internal static class AdaptationMode
{
    private const double LimitOffset = 0.1;

    /// <param name="limit">κ, cost/episode.</param>
    /// <param name="cost">Ĉ, cost/episode; NaN gives the cost mode.</param>
    internal static SafetyMode Of(SafeAdaptationSettings settings, double limit, double cost, long step)
    {
        if (step < settings.RewardOnlySteps) return SafetyMode.Reward;
        var scale = limit + LimitOffset;
        return Band(settings, limit / scale, step).Mode(cost / scale);
    }

    private static SafetyBand Band(SafeAdaptationSettings settings, double limit, long step)
    {
        if (settings.Rule == AdaptationRule.Crpo) return SafetyBand.Crpo(limit, settings.Tolerance);
        var slack = settings.Slack.At(step, settings.Steps);
        return new SafetyBand(limit, slack, slack);
    }
}
