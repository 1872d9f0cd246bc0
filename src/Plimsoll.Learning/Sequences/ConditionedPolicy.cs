using Plimsoll.Learning.Rollouts;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Sequences;

/// <summary>
/// A sequence model that is asked for a return and a cost (CDT, Liu et al., arXiv 2302.07351):
/// it starts with (R̂, Ĉ) = the targets, takes the mean action of the latest state, clamped to [-1, 1], and
/// has r taken from R̂ and c from Ĉ after every step, Ĉ below 0 too. It sees the last K steps.
/// Deterministic.
/// </summary>
/// <param name="Model">The model.</param>
/// <param name="ReturnTarget">R̂ of the first step, reward/episode.</param>
/// <param name="CostTarget">Ĉ of the first step, cost/episode.</param>
public sealed record ConditionedPolicy(SequenceModel Model, double ReturnTarget, double CostTarget)
    : IHistoryPolicy
{
    public int ObservationSize => Model.ObservationSize;

    public int ActionSize => Model.ActionSize;

    /// <summary>Numbers of the window that is kept of each episode while acting.</summary>
    public long WindowNumbers => Model.Network.Sizes.Context * ((long)ObservationSize + ActionSize + 4);

    public Actor Compile(int count, Team team) => new ConditionedActor(this, count, team);
}
