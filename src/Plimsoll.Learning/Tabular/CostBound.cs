using Plimsoll.Numerics.Reference;

namespace Plimsoll.Learning.Tabular;

/// <summary>
/// The cost of a correction w at its worst near the data (COptiDICE, Lee et al., arXiv 2204.08957): the largest
/// sum p w c over distributions p of state and action with KL(p || d) &lt;= eps whose corrected flow p w is one of the
/// process, found as min over chi, tau &gt; 0 of tau log sum d exp(l/tau) + tau eps, with
/// l(s,a) = (1-gamma) rho'chi + w (c + gamma P chi - chi(s)) and p = softmax of l/tau under d. Where w d is itself a
/// flow, p = d is allowed, so the bound is at least the plain estimate sum d w c. Newton's method in chi, a search in
/// tau between 1e-4 and 1e6 of the largest |w c|, so costs k times as large have k times the bound.
/// <para>No understatement: where the search ends with KL(p || d) at most eps, the value is the dual's, which no p
/// that is allowed exceeds; where it ends above eps, it is the largest cost within that wider radius.</para>
/// <para>Errors: ArithmeticException where no flow is that near to the data, and where rounding hides the worst.
/// Binary64; bitwise.</para>
/// </summary>
/// <param name="Value">The bound, per step: sum p w c, and tau (eps - KL) more where KL is below eps.</param>
/// <param name="Weights">p, [S,A].</param>
/// <param name="Divergence">KL(p || d), nats: eps, or less where no p of that divergence is left.</param>
/// <param name="Temperature">tau, in units of cost.</param>
public sealed record CostBound(double Value, double[,] Weights, double Divergence, double Temperature)
{
    // In units of the largest |w c|.
    private const double LowestTemperature = 1e-4;
    internal const double HighestTemperature = 1e6;

    // Where the data's own mean is a flow, the divergence at the highest temperature is some 1e-12, of which rounding
    // leaves little: a smaller radius gets that much more caution. What is above this does not fall as tau rises.
    private const double Unresolved = 1e-9;

    /// <param name="mdp">The process.</param>
    /// <param name="data">d [S,A].</param>
    /// <param name="weights">w [S,A], of an <see cref="OccupancyCorrection"/>.</param>
    /// <param name="radius">eps, nats, at least 0; 0 gives the plain estimate.</param>
    /// <exception cref="ArithmeticException">No flow is within the radius, or none was found.</exception>
    public static CostBound Of(FiniteCmdp mdp, double[,] data, double[,] weights, double radius)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(radius);
        var problem = new TiltedFlow(mdp, data, weights);
        if (radius == 0.0)
        {
            return problem.Plain;
        }
        // In logarithms the divergence falls as tau rises, along a line of slope -2 where tau is large: by secants
        // from there, and by halves, or to the end not yet tried, where those leave the bracket or are slow.
        var (bottom, top) = (ScalarDouble.Log(LowestTemperature), ScalarDouble.Log(HighestTemperature));
        var (low, high, at, slope) = (bottom, top, 0.0, -2.0);
        var (bottomTried, topTried) = (false, false);
        var found = problem.At(1.0);
        for (var i = 0; i < 60 && Math.Abs(found.Divergence - radius) > 1e-8 * radius && high - low > 1e-9; i++)
        {
            var colder = found.Divergence < radius;
            (low, high) = colder ? (low, at) : (at, high);
            (bottomTried, topTried) = (bottomTried || at == bottom, topTried || at == top);
            if (low >= high)
            {
                break;
            }
            var excess = Excess(found);
            var next = at - excess / slope;
            if (!(next > low && next < high) || i % 8 == 7)
            {
                next = colder && low == bottom && !bottomTried ? bottom
                    : !colder && high == top && !topTried ? top
                    : 0.5 * (low + high);
            }
            found = problem.At(ScalarDouble.Exp(next));
            var rise = (Excess(found) - excess) / (next - at);
            (at, slope) = (next, rise < -1e-3 ? rise : -2.0);
        }
        if (found.Divergence > Math.Max(1.000001 * radius, Unresolved))
        {
            throw new ArithmeticException(
                $"No flow is within {radius:g3} nats of the data: the nearest has {found.Divergence:g3}.");
        }
        var spare = Math.Max(radius - found.Divergence, 0.0);
        return found with { Value = found.Value + found.Temperature * spare };

        double Excess(CostBound bound) => ScalarDouble.Log(Math.Max(bound.Divergence, 1e-300) / radius);
    }
}
