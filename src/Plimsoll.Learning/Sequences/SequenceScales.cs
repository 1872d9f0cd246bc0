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
    /// Scales that follow from the data: max |R̂_t| over all steps is the one range, max Ĉ_t the other, since
    /// what the model sees are returns and costs to go, from an episode's whole sum down to a step's. Tokens are
    /// normalised after their embedding, so a number tells itself apart from another only while it is of the size of
    /// the embeddings beside it: neither the task's units nor any limit may decide that, nor how much episodes differ.
    /// Where all are 0, the numbers stay as they are.
    /// </summary>
    /// <param name="dataset">Any.</param>
    /// <param name="returnRange">Above 0.</param>
    /// <param name="costRange">Above 0.</param>
    public static SequenceScales Over(Dataset dataset, double returnRange, double costRange)
    {
        var toGo = ToGo.Of(dataset);
        return new SequenceScales(
            Scale(toGo.Returns, returnRange), Scale(toGo.Costs, costRange), CostOffset: 0);
    }

    private static double Scale(ReadOnlySpan<double> toGo, double range)
    {
        var largest = 0.0;
        foreach (var value in toGo) largest = Math.Max(largest, Math.Abs(value));
        return largest > 0 ? range / largest : 1;
    }

    public float Return(double toGo) => (float)(toGo * ReturnScale);

    public float Cost(double toGo) => (float)(toGo * CostScale + CostOffset);
}
