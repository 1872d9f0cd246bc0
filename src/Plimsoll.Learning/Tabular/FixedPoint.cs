namespace Plimsoll.Learning.Tabular;

/// <summary>Fixed points V(s) = reduce(u + gamma P V)(s), where reduce contracts no distance (maximum,
/// expectile).</summary>
internal static class FixedPoint
{
    /// <summary>
    /// From V = 0 until no state moves by more than tolerance (1-gamma), or until a sweep moves as far as the
    /// one before: the map contracts by gamma, so that happens only once rounding is all that moves.
    /// </summary>
    public static double[] Iterate(
        FiniteCmdp mdp, double[,] signal, double tolerance, Func<double[,], int, double> reduce)
    {
        var values = new double[mdp.States];
        var last = double.PositiveInfinity;
        while (true)
        {
            var q = mdp.Backup(signal, values);
            var moved = 0.0;
            for (var s = 0; s < mdp.States; s++)
            {
                var value = reduce(q, s);
                moved = Math.Max(moved, Math.Abs(value - values[s]));
                values[s] = value;
            }
            if (moved <= tolerance * (1.0 - mdp.Discount) || moved >= last)
            {
                return values;
            }
            last = moved;
        }
    }
}
