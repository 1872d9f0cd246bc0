using Plimsoll.Numerics.Reference;

namespace Plimsoll.Learning.Tabular;

/// <summary>
/// How much more than its behaviour a policy near it can cost (DRCORL, arXiv 2502.12391, proposition 3.1, after CPO,
/// arXiv 1705.10528, corollary 1): with A the behaviour's cost advantage, delta = max over states of |E_pi A|,
/// eps = max KL(pi || b) and m = mean KL over the behaviour's occupancy, |V_pi - V_b| is at most delta/(1-gamma), at
/// most sqrt(2 eps) max|A|/(1-gamma), and at most sqrt(2 m) (max|A|/(1-gamma) + gamma delta/(1-gamma)²). So a policy
/// near a behaviour that keeps the limit breaks it by O(sqrt eps). All in discounted cost from the start.
/// <para>The last one: (1-gamma)(V_pi - V_b) is the mean of E_pi A over pi's occupancy, which is its mean over b's and
/// what the shift of the occupancy adds. The first is at most the mean of ||pi - b||_1 max|A| (E_b A = 0), the second
/// at most the occupancies' L1 distance times delta, and that distance at most gamma/(1-gamma) times the mean of
/// ||pi - b||_1. Pinsker, ||pi - b||_1 &lt;= sqrt(2 KL), and Jensen, over b's occupancy, do the rest. With eps for m in
/// the first term, as it is printed, it would never be the least of the three; with m it is where pi leaves b in
/// states that b seldom visits.</para>
/// <para>Binary64; bitwise.</para>
/// </summary>
/// <param name="Difference">V_pi(rho) - V_b(rho).</param>
/// <param name="ByAdvantage">delta/(1-gamma).</param>
/// <param name="ByDivergence">sqrt(2 eps) max|A|/(1-gamma); infinite where pi does what b never does.</param>
/// <param name="Split">The last one; infinite where pi does what b never does in a state that b visits.</param>
/// <param name="LargestDivergence">eps, nats.</param>
public sealed record BehaviourBound(
    double Difference, double ByAdvantage, double ByDivergence, double Split, double LargestDivergence)
{
    /// <param name="mdp">The process.</param>
    /// <param name="policy">pi [S,A].</param>
    /// <param name="behaviour">b [S,A].</param>
    public static BehaviourBound Of(FiniteCmdp mdp, double[,] policy, double[,] behaviour)
    {
        var advantage = PolicyEvaluation.Advantage(mdp, behaviour, mdp.Cost);
        var visits = PolicyEvaluation.Occupancy(mdp, behaviour);
        var (largest, mean, delta, most) = (0.0, 0.0, 0.0, 0.0);
        for (var s = 0; s < mdp.States; s++)
        {
            var (divergence, shift) = (0.0, 0.0);
            for (var a = 0; a < mdp.Actions; a++)
            {
                divergence += Divergence(policy[s, a], behaviour[s, a]);
                shift += policy[s, a] * advantage[s, a];
                most = Math.Max(most, Math.Abs(advantage[s, a]));
            }
            largest = Math.Max(largest, divergence);
            mean += visits[s] > 0.0 ? visits[s] * divergence : 0.0;
            delta = Math.Max(delta, Math.Abs(shift));
        }
        var left = 1.0 - mdp.Discount;
        return new BehaviourBound(
            PolicyEvaluation.Return(mdp, policy, mdp.Cost) - PolicyEvaluation.Return(mdp, behaviour, mdp.Cost),
            delta / left, Bound(largest, most / left),
            Bound(mean, most / left + mdp.Discount * delta / (left * left)), largest);
    }

    // Pinsker's bound on ||pi - b||_1, rounding below 0 being 0, times a size; of size 0 nothing, however far.
    private static double Bound(double divergence, double size) =>
        size == 0.0 ? 0.0 : Math.Sqrt(2.0 * Math.Max(divergence, 0.0)) * size;

    private static double Divergence(double p, double b)
    {
        if (p == 0.0)
        {
            return 0.0;
        }
        return b > 0.0 ? p * ScalarDouble.Log(p / b) : double.PositiveInfinity;
    }
}
