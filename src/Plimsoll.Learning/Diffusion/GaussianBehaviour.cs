namespace Plimsoll.Learning.Diffusion;

/// <summary>
/// A behaviour policy that is N(mean, deviation^2) in each action component, for which the noise predictor
/// and the optimum of the policy surrogate are known exactly: the oracle for trained score networks and
/// policies.
/// <para>Derived: a_t ~ N(alpha m, alpha^2 S^2 + sigma^2), and eps* = -sigma grad log p_t.</para>
/// <para>deviation &gt;= 0 (ArgumentOutOfRangeException). Binary64; bitwise.</para>
/// </summary>
public sealed record GaussianBehaviour
{
    // Simpson panels on [low, high]; the integrands change on the scale of S/beta1, so 4096 leaves less than
    // 1e-12 for deviations from 0.02 on.
    private const int Panels = 4096;

    public double Mean { get; }

    public double Deviation { get; }

    public GaussianBehaviour(double mean, double deviation)
    {
        if (!(deviation >= 0.0))
        {
            throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "A deviation is at least 0.");
        }
        Mean = mean;
        Deviation = deviation;
    }

    /// <summary>eps*(a_t,t) = sigma (a_t - alpha m)/(alpha^2 S^2 + sigma^2) = E[z | a_t].</summary>
    public double Noise(VpSchedule schedule, double noised, double t)
    {
        var alpha = schedule.Alpha(t);
        var sigma = schedule.Sigma(t);
        return sigma * (noised - alpha * Mean) / Spread(alpha, sigma);
    }

    /// <summary>grad log p_t(a_t) = -eps*(a_t,t)/sigma(t); t &gt; 0.</summary>
    public double Score(VpSchedule schedule, double noised, double t) =>
        -Noise(schedule, noised, t) / schedule.Sigma(t);

    /// <summary>
    /// C(S) = E over t ~ U(low,high) of w sigma alpha/(alpha^2 S^2 + sigma^2): the expected surrogate
    /// gradient of the warm start is C(S) (a - mean). By Simpson's rule; relative error below 1e-9.
    /// </summary>
    public double RestoringCoefficient(
        VpSchedule schedule, DiffusionWeight weight, double low = 0.02, double high = 0.98)
    {
        if (!(low < high))
        {
            throw new ArgumentOutOfRangeException(nameof(low), low, "The range of diffusion times is empty.");
        }
        var sum = 0.0;
        for (var i = 0; i <= Panels; i++)
        {
            var t = i == Panels ? high : low + (high - low) * i / Panels;
            var alpha = schedule.Alpha(t);
            var sigma = schedule.Sigma(t);
            var value = DiffusionWeights.At(weight, schedule, t) * sigma * alpha / Spread(alpha, sigma);
            sum += (i == 0 || i == Panels ? 1.0 : i % 2 == 0 ? 2.0 : 4.0) * value;
        }
        return sum / (3.0 * Panels);
    }

    /// <summary>
    /// The action that the reward surrogate converges to for Q(a) = -curvature (a - target)^2/2:
    /// (C m + beta q a*)/(C + beta q), C from <see cref="RestoringCoefficient"/>.
    /// </summary>
    public double SurrogateOptimum(double coefficient, double beta, double curvature, double target) =>
        (coefficient * Mean + beta * curvature * target) / (coefficient + beta * curvature);

    private double Spread(double alpha, double sigma) =>
        alpha * alpha * Deviation * Deviation + sigma * sigma;
}
