namespace Plimsoll.Environments.MuJoCo.Velocity;

/// <summary>Draws from N(0, 1) by arithmetic and square roots alone, so with the same bits
/// everywhere.</summary>
/// <remarks>
/// Marsaglia's polar method (1964): (u, v) uniform in the unit disc, s = u^2 + v^2, then u sqrt(-2 ln s / s)
/// is exactly normal; rounding adds a relative error below 1e-15. The second number, v's, is not kept, so
/// that a draw depends on the stream alone.
/// </remarks>
internal static class StandardNormal
{
    private const double Ln2 = 0.69314718055994530942;

    /// <summary>One draw. Reads two numbers of the stream for each try; a try succeeds with probability
    /// pi/4.</summary>
    public static double Next(IUniformSource random)
    {
        double u, s;
        do
        {
            u = 2 * random.NextUniform() - 1;
            var v = 2 * random.NextUniform() - 1;
            s = u * u + v * v;
        }
        while (s >= 1 || s == 0);
        return u * Math.Sqrt(-2 * Log(s) / s);
    }

    /// <summary>
    /// ln x = e ln 2 + 2 artanh((m - 1) / (m + 1)) for x = m 2^e with m in [sqrt(1/2), sqrt(2)), the series
    /// of artanh to its 23rd power.
    /// </summary>
    /// <param name="x">Positive and normal. Relative error below 1e-15.</param>
    internal static double Log(double x)
    {
        const long fractionBits = (1L << 52) - 1;
        const long one = 1023L << 52;
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var m = BitConverter.Int64BitsToDouble((bits & fractionBits) | one);
        if (m > 1.4142135623730951)
        {
            m /= 2;
            exponent++;
        }

        var t = (m - 1) / (m + 1);
        var square = t * t;
        var sum = 0.0;
        for (var power = 23; power >= 3; power -= 2)
        {
            sum = (sum + 1.0 / power) * square;
        }

        return exponent * Ln2 + 2 * (t + t * sum);
    }
}
