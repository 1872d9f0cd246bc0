using Plimsoll.Data;

namespace Plimsoll.Learning.Sequences;

/// <summary>
/// What an episode still brings from a step on, undiscounted (Chen et al., arXiv 2106.01345; CDT, Liu et
/// al., arXiv 2302.07351): R̂_t = r_t + R̂_(t+1) and Ĉ_t = c_t + Ĉ_(t+1), 0 after an episode's
/// last step. [N] each, row by row as the dataset; units of reward and cost. Added in binary64 from the
/// last step backwards: bitwise.
/// </summary>
public sealed class ToGo
{
    private readonly double[] returns, costs;

    private ToGo(double[] returns, double[] costs) => (this.returns, this.costs) = (returns, costs);

    /// <summary>R̂ [N].</summary>
    public ReadOnlySpan<double> Returns => returns;

    /// <summary>Ĉ [N].</summary>
    public ReadOnlySpan<double> Costs => costs;

    public static ToGo Of(Dataset dataset) =>
        new(Sums(dataset, dataset.Rewards), Sums(dataset, dataset.Costs));

    private static double[] Sums(Dataset dataset, ReadOnlySpan<float> signal)
    {
        var sums = new double[dataset.Count];
        foreach (var trajectory in dataset.Trajectories)
        {
            var sum = 0.0;
            for (var row = trajectory.LastRow; row >= trajectory.Start; row--) sums[row] = sum += signal[row];
        }
        return sums;
    }
}
