namespace Plimsoll.Learning.Tabular;

/// <summary>
/// Expectile regression: l(u) = |tau - 1(u &lt; 0)| u^2, u = target - prediction, tau in (0,1).
/// <para>Equation: IQL (Kostrikov et al., arXiv 2110.06169), section 4; DRCORL, equation (16).</para>
/// <para>Binary64; NaN propagates; tau outside (0,1): ArgumentOutOfRangeException. Bitwise.</para>
/// </summary>
public static class Expectile
{
    /// <summary>l(u).</summary>
    public static double Loss(double u, double tau) => Weight(u, tau) * u * u;

    /// <summary>dl/du = 2 |tau - 1(u &lt; 0)| u, continuous at 0.</summary>
    public static double Slope(double u, double tau) => 2.0 * Weight(u, tau) * u;

    /// <summary>
    /// The minimiser e of sum w_i l(x_i - e), which solves tau sum w (x-e)+ = (1-tau) sum w (e-x)+: exact,
    /// because e is a weighted mean once it is known which x lie below. Weights at least 0 with a positive
    /// sum. O(n log n).
    /// </summary>
    public static double Of(ReadOnlySpan<double> values, ReadOnlySpan<double> weights, double tau)
    {
        CheckTau(tau);
        if (values.Length == 0 || values.Length != weights.Length)
        {
            throw new ArgumentException(
                $"{values.Length} values with {weights.Length} weights have no expectile.");
        }
        var x = values.ToArray();
        var w = weights.ToArray();
        Array.Sort(x, w);
        double weightAbove = 0.0, momentAbove = 0.0, weightBelow = 0.0, momentBelow = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            if (!(w[i] >= 0.0) || !double.IsFinite(x[i]))
            {
                throw new ArgumentException("An expectile needs finite values and weights of at least 0.");
            }
            weightAbove += w[i];
            momentAbove += w[i] * x[i];
        }
        if (!(weightAbove > 0.0))
        {
            throw new ArgumentException("The weights of an expectile sum to more than 0.", nameof(weights));
        }
        for (var i = 0; i < x.Length; i++)
        {
            weightBelow += w[i];
            momentBelow += w[i] * x[i];
            weightAbove -= w[i];
            momentAbove -= w[i] * x[i];
            var mass = (1.0 - tau) * weightBelow + tau * weightAbove;
            var e = ((1.0 - tau) * momentBelow + tau * momentAbove) / mass;
            // The first split whose mean does not pass the next value; rounding of the running sums cannot
            // carry it below this value, which is kept as a bound.
            if (mass > 0.0 && (i + 1 == x.Length || e <= x[i + 1]))
            {
                return i + 1 == x.Length ? Math.Min(e, x[i]) : Math.Max(e, x[i]);
            }
        }
        return x[^1];
    }

    /// <summary>The expectile of equally likely values.</summary>
    public static double Of(ReadOnlySpan<double> values, double tau)
    {
        var weights = new double[values.Length];
        Array.Fill(weights, 1.0);
        return Of(values, weights, tau);
    }

    /// <summary>
    /// IQL's V with a table and exact expectations: V(s) = expectile over a ~ behaviour of
    /// r(s,a) + gamma sum P(s'|s,a) V(s'). tau = 1/2 is the behaviour's value; tau to 1 the best within its
    /// support. Iterated to the tolerance; the map contracts by gamma for every tau.
    /// </summary>
    public static double[] Values(
        FiniteCmdp mdp, double[,] behaviour, double[,] signal, double tau, double tolerance = 1e-12)
    {
        CheckTau(tau);
        var values = new double[mdp.Actions];
        var weights = new double[mdp.Actions];
        return FixedPoint.Iterate(mdp, signal, tolerance, (q, s) =>
        {
            for (var a = 0; a < mdp.Actions; a++)
            {
                values[a] = q[s, a];
                weights[a] = behaviour[s, a];
            }
            return Of(values, weights, tau);
        });
    }

    private static double Weight(double u, double tau)
    {
        CheckTau(tau);
        return u < 0.0 ? 1.0 - tau : tau;
    }

    private static void CheckTau(double tau)
    {
        if (!(tau > 0.0 && tau < 1.0))
        {
            throw new ArgumentOutOfRangeException(nameof(tau), tau, "An expectile lies in (0,1).");
        }
    }
}
