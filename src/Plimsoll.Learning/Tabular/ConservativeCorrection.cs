namespace Plimsoll.Learning.Tabular;

/// <summary>
/// The correction whose cost at its worst near the data keeps a threshold (COptiDICE, Lee et al., arXiv 2204.08957,
/// conservative form): the price of cost by halving, the correction at each price from the dual, its
/// <see cref="CostBound"/> against the threshold. Binary64; bitwise.
/// </summary>
public static class ConservativeCorrection
{
    /// <summary>The upper end of the last interval of prices, so that the bound keeps the threshold; null where it
    /// does not even at the largest price.</summary>
    /// <param name="mdp">The process, as far as the data tell.</param>
    /// <param name="data">d [S,A] of the data's policy in it.</param>
    /// <param name="threshold">b on the cost per step.</param>
    /// <param name="alpha">Above 0.</param>
    /// <param name="radius">eps, nats, at least 0.</param>
    /// <param name="largestPrice">Prices are looked for between 0 and it.</param>
    /// <param name="halvings">Of that interval.</param>
    public static OccupancyCorrection? Of(
        FiniteCmdp mdp, double[,] data, double threshold, double alpha, double radius, double largestPrice = 10.0,
        int halvings = 15)
    {
        bool Keeps(OccupancyCorrection at) => CostBound.Of(mdp, data, at.Weights, radius).Value <= threshold;
        var free = OccupancyCorrection.AtPrice(mdp, data, 0.0, alpha);
        if (Keeps(free))
        {
            return free;
        }
        var kept = OccupancyCorrection.AtPrice(mdp, data, largestPrice, alpha, free.Values);
        if (!Keeps(kept))
        {
            return null;
        }
        var low = 0.0;
        for (var i = 0; i < halvings; i++)
        {
            var middle = OccupancyCorrection.AtPrice(mdp, data, 0.5 * (low + kept.Price), alpha, kept.Values);
            if (Keeps(middle))
            {
                kept = middle;
            }
            else
            {
                low = middle.Price;
            }
        }
        return kept;
    }
}
