using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Networks;

/// <summary>
/// Observations as a network trained on normalised ones sees them: (s - mean)/(deviation + margin), column by column.
/// The numbers lie in the training state, so they are carried with it.
/// </summary>
public sealed class StateNormalisation
{
    private readonly StateArray shift, scale;

    private StateNormalisation(StateArray shift, StateArray scale) => (this.shift, this.scale) = (shift, scale);

    /// <param name="moments">Of the data's observations [S].</param>
    /// <param name="margin">Added to every deviation, above 0, so that a constant column is no trouble.</param>
    public static StateNormalisation Create(
        TrainingState state, string name, Axis observation, ColumnMoments moments, double margin)
    {
        var shape = new Shape(observation);
        var normalisation = new StateNormalisation(
            state.Add($"{name}/shift", shape), state.Add($"{name}/scale", shape));
        for (var k = 0; k < observation.Size; k++)
        {
            normalisation.shift.Values[k] = (float)-moments.Mean[k];
            normalisation.scale.Values[k] = (float)(1 / (moments.Deviation[k] + margin));
        }
        return normalisation;
    }

    /// <summary>s [B, S] normalised.</summary>
    public Node Of(GraphBuilder g, Node observation) =>
        g.TimesRow(g.AddRow(observation, g.Read(shift)), g.Read(scale));

    /// <summary>
    /// The policy of raw observations that acts as the given one does on normalised ones: with first layer
    /// x W + b, x = (s + m) k with m minus the column's mean and k = 1/(deviation + margin), its own is
    /// s (k W) + (b + (m k) W), formed in binary64 and rounded once. Where |m| k is large the rounding of large
    /// products shows: a first-layer unit is off by about 1e-7 |mean|/(deviation + margin) times its weight, so a
    /// constant column of large mean is the worst case.
    /// </summary>
    /// <param name="policy">Of normalised observations.</param>
    /// <param name="state">Gets the new policy's weights.</param>
    public DiracPolicy Folded(DiracPolicy policy, TrainingState state)
    {
        int[] hidden = [.. policy.Network.Widths.Skip(1).SkipLast(1).Select(a => a.Size)];
        var folded = DiracPolicy.Declare(
            state, PolicyArrays.Root, policy.ObservationSize, policy.ActionSize, hidden);
        folded.Network.Assign(policy.Network);
        var weight = folded.Parameters[0].Values;
        var bias = folded.Parameters[1].Values;
        for (var h = 0; h < bias.Length; h++)
        {
            double offset = bias[h];
            for (var k = 0; k < policy.ObservationSize; k++)
            {
                var scaled = (double)scale.Values[k] * weight[k * bias.Length + h];
                offset += shift.Values[k] * scaled;
                weight[k * bias.Length + h] = (float)scaled;
            }
            bias[h] = (float)offset;
        }
        return folded;
    }
}
