using Plimsoll.Data;

namespace Plimsoll.Learning.Sequences;

/// <summary>
/// A trajectory of the data under a label of its own: states and actions are the data's, and all its
/// returns and costs to go are shifted by one constant each, so that the first ones are the label's (CDT,
/// arXiv 2302.07351: what a policy that does as well as the label says would see).
/// </summary>
/// <param name="Source">Index among the dataset's trajectories.</param>
/// <param name="Return">R̂ of the first step.</param>
/// <param name="Cost">Ĉ of the first step.</param>
public readonly record struct LabelledTrajectory(int Source, double Return, double Cost)
{
    /// <summary>All trajectories as they are.</summary>
    public static IEnumerable<LabelledTrajectory> AllOf(Dataset dataset) =>
        dataset.Trajectories.Select((t, i) => new LabelledTrajectory(i, t.Return, t.Cost));
}
