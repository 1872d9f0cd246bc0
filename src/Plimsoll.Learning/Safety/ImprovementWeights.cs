namespace Plimsoll.Learning.Safety;

/// <summary>
/// The weights of SPI's objective (equation 6): η of staying with the data's actions, μ of the reward's value, φ of
/// the safety's. Each in [0, 1], and together 1: a point of the simplex.
/// </summary>
public sealed record ImprovementWeights
{
    /// <summary>How far the sum may be from 1, for weights written with six digits.</summary>
    public const double Tolerance = 2e-6;

    /// <exception cref="ArgumentOutOfRangeException">They are no such point; ask <see cref="AreSound"/> first.
    /// </exception>
    public ImprovementWeights(double cloning, double reward, double safety)
    {
        if (!AreSound(cloning, reward, safety))
            throw new ArgumentOutOfRangeException(
                nameof(cloning), cloning, $"{cloning} + {reward} + {safety} is no point of the simplex");
        (Cloning, Reward, Safety) = (cloning, reward, safety);
    }

    /// <summary>η.</summary>
    public double Cloning { get; }

    /// <summary>μ.</summary>
    public double Reward { get; }

    /// <summary>φ.</summary>
    public double Safety { get; }

    /// <summary>A third each.</summary>
    public static ImprovementWeights Even { get; } = new(1.0 / 3, 1.0 / 3, 1.0 / 3);

    public static bool AreSound(double cloning, double reward, double safety) =>
        IsShare(cloning) && IsShare(reward) && IsShare(safety)
        && Math.Abs(cloning + reward + safety - 1) <= Tolerance;

    private static bool IsShare(double weight) => weight is >= 0 and <= 1;
}
