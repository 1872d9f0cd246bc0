namespace Plimsoll.Learning.Tabular;

/// <summary>A policy's discounted cost and reward from the start distribution.</summary>
public readonly record struct Outcome(double Cost, double Reward);

/// <summary>
/// The best reward within a cost limit: max V_r(rho) subject to V_c(rho) &lt;= l over all policies, which is
/// the upper concave envelope of the deterministic policies' outcomes, because the occupancy polytope is
/// their convex hull (Altman 1999). An oracle for the linear programme that needs no solver.
/// Binary64; bitwise.
/// </summary>
public sealed class Frontier
{
    private const long LargestEnumeration = 1_000_000;

    private Frontier(IReadOnlyList<Outcome> vertices) => Vertices = vertices;

    /// <summary>Outcomes that no mixture of others dominates, by rising cost and reward.</summary>
    public IReadOnlyList<Outcome> Vertices { get; }

    /// <summary>Every deterministic policy, A^S of them (at most a million, else ArgumentException); the
    /// first state's action varies slowest.</summary>
    public static IEnumerable<int[]> DeterministicPolicies(FiniteCmdp mdp)
    {
        var count = 1L;
        for (var s = 0; s < mdp.States; s++)
        {
            count *= mdp.Actions;
            if (count > LargestEnumeration)
            {
                throw new ArgumentException(
                    $"{mdp.Actions}^{mdp.States} deterministic policies are too many to enumerate.",
                    nameof(mdp));
            }
        }
        return Enumerate(mdp, count);
    }

    private static IEnumerable<int[]> Enumerate(FiniteCmdp mdp, long count)
    {
        for (var index = 0L; index < count; index++)
        {
            var choice = new int[mdp.States];
            var rest = index;
            for (var s = mdp.States - 1; s >= 0; s--)
            {
                choice[s] = (int)(rest % mdp.Actions);
                rest /= mdp.Actions;
            }
            yield return choice;
        }
    }

    /// <summary>A deterministic choice [S] as a policy [S,A].</summary>
    public static double[,] PolicyOf(FiniteCmdp mdp, int[] choice)
    {
        var policy = new double[mdp.States, mdp.Actions];
        for (var s = 0; s < mdp.States; s++)
        {
            policy[s, choice[s]] = 1.0;
        }
        return policy;
    }

    /// <summary>The outcome of a policy.</summary>
    public static Outcome OutcomeOf(FiniteCmdp mdp, double[,] policy) => new(
        PolicyEvaluation.Return(mdp, policy, mdp.Cost), PolicyEvaluation.Return(mdp, policy, mdp.Reward));

    /// <summary>The frontier of a process, by enumeration.</summary>
    public static Frontier Of(FiniteCmdp mdp) =>
        Of(DeterministicPolicies(mdp).Select(choice => OutcomeOf(mdp, PolicyOf(mdp, choice))));

    /// <summary>The upper concave envelope of outcomes, up to the largest reward.</summary>
    public static Frontier Of(IEnumerable<Outcome> outcomes)
    {
        var hull = new List<Outcome>();
        foreach (var point in outcomes.OrderBy(o => o.Cost).ThenByDescending(o => o.Reward))
        {
            if (hull.Count > 0 && point.Reward <= hull[^1].Reward)
            {
                continue;
            }
            while (hull.Count >= 2 && Slope(hull[^2], hull[^1]) <= Slope(hull[^2], point))
            {
                hull.RemoveAt(hull.Count - 1);
            }
            hull.Add(point);
        }
        return hull.Count > 0
            ? new Frontier(hull)
            : throw new ArgumentException("No outcomes.", nameof(outcomes));
    }

    /// <summary>The optimum at a limit on V_c; null where no policy meets it.</summary>
    public double? RewardAt(double limit)
    {
        if (!(limit >= Vertices[0].Cost))
        {
            return null;
        }
        for (var i = 1; i < Vertices.Count; i++)
        {
            if (limit < Vertices[i].Cost)
            {
                var left = Vertices[i - 1];
                return left.Reward + Slope(left, Vertices[i]) * (limit - left.Cost);
            }
        }
        return Vertices[^1].Reward;
    }

    /// <summary>
    /// The price of the limit: d RewardAt/d limit towards larger limits, the constraint's multiplier; 0 where
    /// it does not bind and null where no policy meets it.
    /// </summary>
    public double? PriceAt(double limit)
    {
        if (!(limit >= Vertices[0].Cost))
        {
            return null;
        }
        for (var i = 1; i < Vertices.Count; i++)
        {
            if (limit < Vertices[i].Cost)
            {
                return Slope(Vertices[i - 1], Vertices[i]);
            }
        }
        return 0.0;
    }

    // Equal costs come with falling rewards, so a point that survives lies at a larger cost than the last.
    private static double Slope(Outcome left, Outcome right) =>
        (right.Reward - left.Reward) / (right.Cost - left.Cost);
}
