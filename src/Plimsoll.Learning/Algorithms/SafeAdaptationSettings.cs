using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Schedules;

namespace Plimsoll.Learning.Algorithms;

/// <param name="Steps">K, adaptation steps; the schedules run over them.</param>
/// <param name="Batch">B, for the critics, the policy and the safety estimate each.</param>
/// <param name="PolicyLearningRate">Of Adam at the first step, above 0; falls to 0 over the steps by a cosine.</param>
/// <param name="CriticLearningRate">Of Adam for both critics, above 0; constant.</param>
/// <param name="Polyak">Target rate of both critics, in (0, 1].</param>
/// <param name="RewardDiscount">γ in [0, 1) that the reward critic was trained with.</param>
/// <param name="Temperature">β(k): weight of the critics against the pull of the behaviour model.</param>
/// <param name="Slack">h(k) in units of the normalised cost; h⁺ and h⁻ are equal.</param>
/// <param name="Confidence">k of the upper confidence bound over critic members, at least 0.</param>
/// <param name="Smoothing">Weight of the past in the running safety estimate, in [0, 1).</param>
/// <param name="RewardScale">The factor that the reward critic was trained with.</param>
/// <param name="Weight">w(t) of the pull towards the behaviour.</param>
/// <param name="Cost">Of it, the pessimism and its form; the rest is the fit's.</param>
public sealed record SafeAdaptationSettings(
    long Steps, int Batch, double PolicyLearningRate, double CriticLearningRate, double Polyak, double RewardDiscount,
    double RewardScale, Schedule Temperature, Schedule Slack, double Confidence, double Smoothing,
    DiffusionWeight Weight, CostCriticSettings Cost);
