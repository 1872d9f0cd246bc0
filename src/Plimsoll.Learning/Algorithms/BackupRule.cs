using Plimsoll.Data;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// How the critics of a constrained baseline look ahead, and the threshold and the bound over members that
/// belong to it. As recommended: reward and cost both bootstrap unless the episode ended for good, the
/// threshold on Q_c is κ/L 1/(1-γ), and cost members count by the largest. As OSRL does: the reward stops at
/// time-outs too, the cost never stops, the threshold is the finite sum κ/L (1-γ^L)/(1-γ), and cost members
/// count by the smallest, which is optimistic. Units: rewards as scaled, cost.
/// </summary>
public sealed record BackupRule
{
    private BackupRule(CostLimit limit, bool osrlCompat) => (Limit, OsrlCompat) = (limit, osrlCompat);

    public CostLimit Limit { get; }

    /// <summary>The published form, defects included.</summary>
    public bool OsrlCompat { get; }

    public float Discount => (float)Limit.Discount;

    /// <summary>q_thres: what Q_c may be.</summary>
    public double Threshold => Limit.DiscountedThreshold;

    /// <summary>Whether a reward's value counts to the time-out only. A cost's then has no end at all.</summary>
    public bool RewardStopsAtTimeouts => OsrlCompat;

    /// <summary>How the members of a cost ensemble become one value.</summary>
    public MemberBound CostBound => OsrlCompat ? MemberBound.Smallest : MemberBound.Largest;

    /// <param name="dataset">Its horizon L.</param>
    /// <param name="costLimit">κ, cost/episode, at least 0.</param>
    /// <param name="discount">γ in [0, 1).</param>
    /// <param name="osrlCompat">The published form.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static BackupRule Of(Dataset dataset, double costLimit, double discount, bool osrlCompat) =>
        Of(dataset.Metadata.Horizon, costLimit, discount, osrlCompat);

    internal static BackupRule Of(int horizon, double costLimit, double discount, bool osrlCompat) => new(
        new CostLimit(
            costLimit, horizon, discount,
            osrlCompat ? Bootstrapping.StopsAtTimeouts : Bootstrapping.ThroughTimeouts),
        osrlCompat);

    /// <summary>scale r + γ (1 - end) next, [B].</summary>
    internal Node RewardTarget(OfflineBatch batch, Node next, double scale) =>
        batch.Reward * (float)scale + (1f - batch.Ends(RewardStopsAtTimeouts)) * next * Discount;

    /// <summary>c + γ (1 - terminal) next, [B]; without the mask in OSRL's form.</summary>
    internal Node CostTarget(OfflineBatch batch, Node next) =>
        batch.Cost + (OsrlCompat ? next : (1f - batch.Terminal) * next) * Discount;
}
