using Plimsoll.Numerics.Reference;

namespace Plimsoll.Learning.Diffusion;

/// <summary>How the noise of a <see cref="DdpmSchedule"/> grows over its steps.</summary>
public enum NoiseGrowth
{
    /// <summary>The variance-preserving process of continuous time with rates 0.1 and 10, sampled at T times
    /// (Diffusion-QL): whatever T, little of the action is left at the end.</summary>
    Vp,

    /// <summary>beta from 1e-4 to 2e-2 in a straight line (Ho et al., arXiv 2006.11239): made for T = 1000.
    /// </summary>
    Linear,

    /// <summary>alphaBar = cos^2 of the step, beta at most 0.999 (Nichol and Dhariwal, arXiv 2102.09672, equation
    /// 17).</summary>
    Cosine,
}

/// <summary>The names of schedules in parameters and files.</summary>
public static class NoiseGrowths
{
    public static string NameOf(NoiseGrowth growth) => growth switch
    {
        NoiseGrowth.Vp => "vp",
        NoiseGrowth.Linear => "linear",
        NoiseGrowth.Cosine => "cosine",
        _ => throw new ArgumentOutOfRangeException(nameof(growth), growth, "no such schedule"),
    };

    /// <summary>The schedule of a name; null if there is none.</summary>
    public static NoiseGrowth? Find(string name)
    {
        foreach (var growth in Enum.GetValues<NoiseGrowth>())
        {
            if (NameOf(growth) == name) return growth;
        }
        return null;
    }

    /// <exception cref="ArgumentOutOfRangeException">There is none of that name.</exception>
    public static NoiseGrowth Of(string name) =>
        Find(name) ?? throw new ArgumentOutOfRangeException(nameof(name), name, "no such schedule");
}

/// <summary>
/// Denoising diffusion in T steps, i = 0..T-1 (Ho et al., arXiv 2006.11239): x_i = sqrt(alphaBar_i) x +
/// sqrt(1 - alphaBar_i) eps, eps ~ N(0, I), alphaBar_i = product over j &lt;= i of (1 - beta_j), alphaBar_{-1} = 1.
/// One step back, given the predicted noise e (equations 7 and 15):
///   clean = x_i / sqrt(alphaBar_i) - sqrt(1/alphaBar_i - 1) e,
///   x_{i-1} = [sqrt(alphaBar_{i-1}) beta_i/(1 - alphaBar_i)] clean
///           + [sqrt(1 - beta_i) (1 - alphaBar_{i-1})/(1 - alphaBar_i)] x_i + deviation_i z,
///   deviation_i^2 = beta_i (1 - alphaBar_{i-1})/(1 - alphaBar_i), at i = 0 exactly x_{-1} = clean.
/// <para>With few steps the samples are narrower than the data even with perfect predictions.</para>
/// <para>Binary64, each number within a few roundings of its definition; bitwise.</para>
/// </summary>
public sealed class DdpmSchedule
{
    /// <summary>Largest T.</summary>
    public const int MostSteps = 1000;

    private const double LargestBeta = 0.999;
    private static readonly VpSchedule Continuous = new(0.1, 10.0);

    private readonly double[] betas, kept;

    /// <param name="growth">Which schedule.</param>
    /// <param name="steps">T, 1 to <see cref="MostSteps"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such T.</exception>
    public DdpmSchedule(NoiseGrowth growth, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(steps, MostSteps);
        (Growth, Steps) = (growth, steps);
        (betas, kept) = (new double[steps], new double[steps]);
        for (var i = 0; i < steps; i++)
        {
            betas[i] = BetaOf(growth, i, steps);
            kept[i] = (1.0 - betas[i]) * Kept(i - 1);
        }
    }

    public NoiseGrowth Growth { get; }

    /// <summary>T.</summary>
    public int Steps { get; }

    /// <summary>beta_i, in (0, 1).</summary>
    public double Beta(int step) => betas[step];

    /// <summary>alphaBar_i in (0, 1); 1 for i = -1.</summary>
    public double Kept(int step) => step < 0 ? 1.0 : kept[step];

    /// <summary>Factors of the clean action and of the noise in x_i.</summary>
    public (double Action, double Noise) Forward(int step) =>
        (Math.Sqrt(Kept(step)), Math.Sqrt(1.0 - Kept(step)));

    /// <summary>Factors of x_i and of the predicted noise in the clean action: clean = Noisy x_i - Noise e.</summary>
    public (double Noisy, double Noise) Clean(int step) =>
        (Math.Sqrt(1.0 / Kept(step)), Math.Sqrt(1.0 / Kept(step) - 1.0));

    /// <summary>Factors of the clean action and of x_i in the mean of x_{i-1}; (1, 0) at i = 0.</summary>
    public (double Clean, double Noisy) Mean(int step)
    {
        if (step == 0) return (1.0, 0.0);
        var spread = 1.0 - Kept(step);
        return (
            Math.Sqrt(Kept(step - 1)) * Beta(step) / spread,
            Math.Sqrt(1.0 - Beta(step)) * (1.0 - Kept(step - 1)) / spread);
    }

    /// <summary>Standard deviation of x_{i-1}; 0 at i = 0.</summary>
    public double Deviation(int step) =>
        step == 0 ? 0.0 : Math.Sqrt(Beta(step) * (1.0 - Kept(step - 1)) / (1.0 - Kept(step)));

    private static double BetaOf(NoiseGrowth growth, int step, int steps) => growth switch
    {
        NoiseGrowth.Vp => Continuous.DiscreteBeta(step, steps),
        NoiseGrowth.Linear => steps == 1 ? 1e-4 : 1e-4 + (2e-2 - 1e-4) * step / (steps - 1),
        NoiseGrowth.Cosine => Math.Min(1.0 - Cosine(step + 1, steps) / Cosine(step, steps), LargestBeta),
        _ => throw new ArgumentOutOfRangeException(nameof(growth), growth, "no such schedule"),
    };

    private static double Cosine(int step, int steps)
    {
        var cosine = ScalarDouble.Cos(((double)step / steps + 0.008) / 1.008 * Math.PI / 2.0);
        return cosine * cosine;
    }
}
