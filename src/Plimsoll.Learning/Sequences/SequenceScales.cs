using Plimsoll.Data;

namespace Plimsoll.Learning.Sequences;

/// <summary>
/// How a sequence model sees returns and costs to go: R̂ · return scale, and Ĉ · cost scale + offset. It
/// travels with the model, so that acting cannot disagree with training.
/// </summary>
public readonly record struct SequenceScales(double ReturnScale, double CostScale, double CostOffset)
{
    /// <summary>Those of CDT's release: 0.1 R̂ and 50 - Ĉ, whatever the task.</summary>
    public static SequenceScales Published { get; } = new(0.1, -1, 50);

    /// <summary>
    /// Scales that follow from the data: their returns span the one range, their episode costs reach the
    /// other from 0. Tokens are normalised after their embedding, so a number tells itself apart from
    /// another only while it is of the size of the embeddings beside it: neither the task's units nor any
    /// limit may decide that. Where the data have no range, the numbers stay as they are.
    /// </summary>
    /// <param name="dataset">Any.</param>
    /// <param name="returnRange">Above 0.</param>
    /// <param name="costRange">Above 0.</param>
    public static SequenceScales Over(Dataset dataset, double returnRange, double costRange)
    {
        var returns = dataset.Trajectories.Max(t => t.Return) - dataset.Trajectories.Min(t => t.Return);
        var costs = dataset.Trajectories.Max(t => t.Cost);
        return new SequenceScales(
            returns > 0 ? returnRange / returns : 1, costs > 0 ? costRange / costs : 1, CostOffset: 0);
    }

    public float Return(double toGo) => (float)(toGo * ReturnScale);

    public float Cost(double toGo) => (float)(toGo * CostScale + CostOffset);
}
