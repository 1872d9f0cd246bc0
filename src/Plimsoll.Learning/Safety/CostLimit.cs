namespace Plimsoll.Learning.Safety;

/// <summary>What a critic's target does at the end of an episode that only the time limit ended.</summary>
public enum Bootstrapping
{
    /// <summary>target = c + gamma V(s') at time-outs: V is an infinite-horizon value.</summary>
    ThroughTimeouts,

    /// <summary>target = c at time-outs: V is a value over the episode's horizon.</summary>
    StopsAtTimeouts,
}

/// <summary>
/// A limit on the undiscounted cost of an episode and its two equivalents for a discounted critic, under a
/// uniform cost rate kappa/L: with the effective horizon H = sum of gamma^t, t = 0..L-1 (or to infinity),
/// threshold on V: kappa/L H; on the normalised occupancy: (1-gamma) kappa/L H; episode's cost from V: V L/H.
/// <para>Equation: OSRL's qc_thres and DRCORL's estimate L(1-gamma)V (arXiv 2502.12391). Differs
/// from both in that one choice, <see cref="Bootstrapping"/>, fixes H for every direction, so a limit and an
/// estimate cannot use different horizons.</para>
/// <para>Units: kappa cost/episode, at least 0; L steps, at least 1; gamma in [0,1), and 1 only when the
/// critic stops at time-outs, where V is then the undiscounted cost-to-go itself. Others:
/// ArgumentOutOfRangeException.</para>
/// <para>Determinism: bitwise; products and sums only.</para>
/// </summary>
public sealed record CostLimit
{
    /// <summary>kappa, cost/episode.</summary>
    public double PerEpisode { get; }

    /// <summary>L, steps/episode.</summary>
    public int Horizon { get; }

    /// <summary>gamma, 1/step.</summary>
    public double Discount { get; }

    /// <summary>The mask of the critic whose values are compared.</summary>
    public Bootstrapping Bootstrapping { get; }

    /// <summary>H, steps: what a cost rate is multiplied by to give a discounted value.</summary>
    public double EffectiveHorizon { get; }

    public CostLimit(double perEpisode, int horizon, double discount, Bootstrapping bootstrapping)
    {
        if (!(perEpisode >= 0.0) || double.IsInfinity(perEpisode))
        {
            throw new ArgumentOutOfRangeException(
                nameof(perEpisode), perEpisode, "A cost limit is finite and at least 0.");
        }
        if (horizon < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(horizon), horizon, "An episode has at least one step.");
        }
        var endless = bootstrapping == Bootstrapping.ThroughTimeouts;
        if (!(discount >= 0.0 && (discount < 1.0 || (discount == 1.0 && !endless))))
        {
            throw new ArgumentOutOfRangeException(nameof(discount), discount, endless
                ? "A critic that bootstraps through time-outs needs a discount in [0,1)."
                : "A discount lies in [0,1].");
        }
        PerEpisode = perEpisode;
        Horizon = horizon;
        Discount = discount;
        Bootstrapping = bootstrapping;
        EffectiveHorizon = endless ? 1.0 / (1.0 - discount) : GeometricSum(discount, horizon);
    }

    /// <summary>What no value of a critic reaches. It and its square, which an optimiser forms, are numbers of
    /// binary32.</summary>
    public const double LargestThreshold = 1e15;

    /// <summary>The discounted value at which the limit is met: q_thres = kappa/L H, at most
    /// <see cref="LargestThreshold"/>.</summary>
    public double DiscountedThreshold => Math.Min(PerEpisode / Horizon * EffectiveHorizon, LargestThreshold);

    /// <summary>The limit on the expected cost under the normalised discounted occupancy:
    /// (1-gamma) q_thres.</summary>
    public double OccupancyThreshold => (1.0 - Discount) * DiscountedThreshold;

    /// <summary>The undiscounted cost of an episode, cost/episode, from a discounted
    /// cost value: V L/H.</summary>
    public double EpisodicCost(double value) => value * Horizon / EffectiveHorizon;

    /// <summary>An episode's cost as a fraction of the limit, C/(kappa + epsilon) (DRCORL: epsilon 0.1,
    /// which keeps a limit of 0 finite).</summary>
    public double Normalised(double episodicCost, double epsilon = 0.1) =>
        episodicCost / (PerEpisode + epsilon);

    /// <summary>1 + x + ... + x^(n-1) by doubling: no subtraction, so exact at x = 1 and stable near
    /// it.</summary>
    internal static double GeometricSum(double x, int n)
    {
        var sum = 0.0;
        var power = 1.0; // x^m where sum covers the first m terms
        for (var bit = 30; bit >= 0; bit--)
        {
            sum += sum * power;
            power *= power;
            if (((n >> bit) & 1) != 0)
            {
                sum += power;
                power *= x;
            }
        }
        return sum;
    }
}
