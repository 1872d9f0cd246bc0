namespace Plimsoll.Learning.Diffusion;

/// <summary>
/// The gradient, in one action component, of the surrogate losses of a Dirac policy a = m(s):
///   guidance = w(t) (eps(a_t,t) - b z),  a_t = alpha a + sigma z,
///   reward loss: guidance - beta dQ_r/da,   cost loss: guidance + beta dQ_c/da,   warm start: guidance.
/// <para>Equation: DRCORL (arXiv 2502.12391), equation (21); b = 1 as there (its code has b = 0). The scalar
/// law that the batched training program is checked against.</para>
/// <para>beta &gt;= 0 converts value into the diffusion term's units: a smaller beta is more conservative.
/// Binary64; NaN propagates; bitwise.</para>
/// </summary>
public static class PolicySurrogate
{
    /// <summary>w(t) (predicted - b drawn).</summary>
    public static double Guidance(
        DiffusionWeight weight, VpSchedule schedule, double t, double predicted, double drawn,
        bool subtract) =>
        DiffusionWeights.At(weight, schedule, t) * (subtract ? predicted - drawn : predicted);

    /// <summary>d/da of the loss whose minimum raises the reward's value.</summary>
    public static double RewardGradient(double guidance, double beta, double slope) =>
        guidance - beta * slope;

    /// <summary>d/da of the loss whose minimum lowers the cost's value.</summary>
    public static double CostGradient(double guidance, double beta, double slope) =>
        guidance + beta * slope;
}
