namespace Plimsoll.Learning.Sequences;

/// <summary>
/// The polynomial of a degree with the least squared error at some points, by polynomials that are
/// orthogonal over the points (Forsythe, "Generation and use of orthogonal polynomials for data-fitting
/// with a digital computer", J. SIAM 5, 1957): no linear system, and sound where powers of x are not. The
/// degree is lowered to what the number of different x, on the scale of their range, determines. Binary64, bitwise.
/// </summary>
public sealed class PolynomialFit
{
    private readonly double middle, half;

    // p_(k+1)(t) = (t - shift_k) p_k(t) - factor_k p_(k-1)(t), and the fit is the sum of coefficient_k p_k.
    private readonly double[] coefficients, shifts, factors;

    private PolynomialFit(double middle, double half, int degree)
    {
        (this.middle, this.half) = (middle, half);
        (coefficients, shifts) = (new double[degree + 1], new double[degree + 1]);
        factors = new double[degree + 1];
    }

    /// <summary>At most the degree that was asked for.</summary>
    public int Degree => coefficients.Length - 1;

    /// <param name="xs">At least one, finite.</param>
    /// <param name="ys">As many.</param>
    /// <param name="degree">At least 0.</param>
    public static PolynomialFit Of(IReadOnlyList<double> xs, IReadOnlyList<double> ys, int degree)
    {
        var (lowest, highest) = (xs.Min(), xs.Max());
        var half = highest > lowest ? (highest - lowest) / 2 : 1;
        var middle = lowest + (highest - lowest) / 2;
        // The sums see x as t, and two different x can have one t.
        var ts = xs.Select(x => (x - middle) / half).ToArray();
        var fit = new PolynomialFit(middle, half, Math.Min(degree, ts.Distinct().Count() - 1));
        var (before, now) = (new double[ts.Length], ts.Select(_ => 1.0).ToArray());
        var sizeBefore = 1.0;
        for (var k = 0; k <= fit.Degree; k++)
        {
            var (size, along, shift) = (0.0, 0.0, 0.0);
            for (var i = 0; i < ts.Length; i++)
            {
                size += now[i] * now[i];
                along += now[i] * ys[i];
                shift += ts[i] * now[i] * now[i];
            }
            fit.coefficients[k] = along / size;
            fit.shifts[k] = shift / size;
            fit.factors[k] = k == 0 ? 0 : size / sizeBefore;
            for (var i = 0; i < ts.Length; i++)
                (before[i], now[i]) = (now[i], (ts[i] - fit.shifts[k]) * now[i] - fit.factors[k] * before[i]);
            sizeBefore = size;
        }
        return fit;
    }

    public double At(double x)
    {
        var t = (x - middle) / half;
        var (before, now, sum) = (0.0, 1.0, 0.0);
        for (var k = 0; k <= Degree; k++)
        {
            sum += coefficients[k] * now;
            (before, now) = (now, (t - shifts[k]) * now - factors[k] * before);
        }
        return sum;
    }
}
