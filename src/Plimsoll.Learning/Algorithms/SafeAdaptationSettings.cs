using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Schedules;

namespace Plimsoll.Learning.Algorithms;

/// <summary>How the estimate of the cost chooses what a step improves.</summary>
public enum AdaptationRule
{
    /// <summary>Reward, both or cost, by a band around the limit (DRCORL, algorithm 2).</summary>
    ThreeModes,

    /// <summary>Reward up to limit + tolerance, else cost (CRPO, Xu et al., arXiv 2011.05869).</summary>
    Crpo,
}

/// <summary>What lowers the cost.</summary>
public enum CostGuidance
{
    /// <summary>∇_a Q_c.</summary>
    Cost,

    /// <summary>∇_a (λ Q_c - Q_r), λ by a PID controller (DRCORL's code for its Bullet tasks).</summary>
    PidLagrangian,
}

/// <summary>What equation 12 combines.</summary>
public enum Combination
{
    /// <summary>Raw gradients of one batch, times and noise; then one Adam step.</summary>
    Gradients,

    /// <summary>The displacements of two Adam steps, each with moments of its own (DRCORL, appendix
    /// B.1).</summary>
    Displacements,
}

/// <param name="Steps">K, adaptation steps; the schedules run over them.</param>
/// <param name="Batch">B, for the critics, the policy and the safety estimate each.</param>
/// <param name="PolicyLearningRate">Of Adam at the first step, above 0; falls to 0 over the steps by a
/// cosine.</param>
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
    DiffusionWeight Weight, CostCriticSettings Cost)
{
    public AdaptationRule Rule { get; init; } = AdaptationRule.ThreeModes;

    /// <summary>Of CRPO, in units of the normalised cost; negative: it turns to the cost below the
    /// limit.</summary>
    public double Tolerance { get; init; }

    /// <summary>First steps that follow the reward whatever the estimate says (DRCORL's code: 500).</summary>
    public long RewardOnlySteps { get; init; }

    public CostGuidance Guidance { get; init; } = CostGuidance.Cost;

    /// <summary>Of the PID controller.</summary>
    public PidGains Gains { get; init; } = PidGains.Usual;

    public Combination Combination { get; init; } = Combination.Gradients;

    /// <summary>σ of the actions that the surrogate draws where the policy learns none; 0: the mean
    /// (Dirac).</summary>
    public double Deviation { get; init; }
}
