namespace Plimsoll.Numerics.Tests.Kernels;

internal static class NormalDistribution
{
    /// <summary>The standard normal distribution function: a series near 0, a continued fraction in the tails
    /// (Abramowitz and Stegun 26.2.11 and 26.2.14).</summary>
    internal static double Below(double x)
    {
        double density = Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
        double t = Math.Abs(x);
        if (t < 3)
        {
            double term = x;
            double sum = x;
            for (int n = 3; Math.Abs(term) > 1e-18 * Math.Abs(sum); n += 2)
            {
                term *= x * x / n;
                sum += term;
            }

            // Below 0 the sum nearly cancels the half; 3 leaves 13 digits.
            return 0.5 + density * sum;
        }

        double fraction = t;
        for (int n = 120; n > 0; n--)
        {
            fraction = t + n / fraction;
        }

        return x < 0 ? density / fraction : 1 - density / fraction;
    }
}
