using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;

namespace Plimsoll.Learning.Collection;

/// <summary>How agents are trained and their lives turned into a dataset.</summary>
/// <param name="Steps">Environment steps over all agents before thinning; open episodes are completed.</param>
/// <param name="Penalties">λ of each agent: the reward that a unit of cost takes away; below 0 it is sought.</param>
/// <param name="PenaltyRise">Share in [0, 1] of an agent's steps over which its λ rises from 0; 0: λ at once.</param>
/// <param name="Environments">Environments of each agent, at least 1.</param>
/// <param name="WarmUp">Uniformly random steps of each agent before its first update, at least 1.</param>
/// <param name="UpdatesPerStep">Updates for each environment step after that, above 0.</param>
/// <param name="Exploration">Largest deviation of the exploration noise, at least 0. Environment i of N has
/// i / (N - 1) of it, the only one all of it, so that one of many acts without noise.</param>
/// <param name="Cells">Cells of the thinning grid along each of cost and return.</param>
/// <param name="MostPerCell">Trajectories kept of a crowded cell; 0 keeps everything.</param>
public sealed record AgentCollectionSettings(
    long Steps, long Seed, IReadOnlyList<double> Penalties, double PenaltyRise, int Environments, long WarmUp,
    double UpdatesPerStep, double Exploration, Td3Settings Learning, int Cells, int MostPerCell)
{
    /// <summary>Steps of each agent before the open episodes are completed.</summary>
    public long StepsPerAgent => (Steps + Penalties.Count - 1) / Penalties.Count;
}

/// <summary>A sign of life.</summary>
/// <param name="Step">Environment steps of all agents.</param>
/// <param name="Steps">Environment steps that there will be, the completion of open episodes aside.</param>
/// <param name="Penalty">λ of the agent that reports.</param>
/// <param name="MeanReturn">Of its latest episodes, one an environment; undiscounted sums without any
/// price.</param>
/// <param name="MeanCost">Likewise.</param>
public readonly record struct CollectionReport(
    long Step, long Steps, double Penalty, double MeanReturn, double MeanCost);

public abstract record CollectionOutcome
{
    private CollectionOutcome()
    {
    }

    /// <summary>The dataset is the caller's to dispose.</summary>
    public sealed record Collected(Dataset Dataset) : CollectionOutcome;

    /// <summary>The first agent in order whose actions or losses were not finite. A result, not an error.</summary>
    /// <param name="Agent">Its place among the penalties.</param>
    /// <param name="Step">Environment steps that it had done.</param>
    public sealed record Diverged(int Agent, double Penalty, long Step, string What) : CollectionOutcome;

    /// <summary>The first agent in order most of whose episodes the engine gave up on.</summary>
    /// <param name="Agent">Its place among the penalties.</param>
    /// <param name="Dropped">Episodes that broke down, of all that were <paramref name="Begun"/>.</param>
    /// <param name="Words">What the engine said of the first.</param>
    public sealed record Broken(int Agent, double Penalty, int Dropped, int Begun, string Words) : CollectionOutcome;

    public sealed record Cancelled : CollectionOutcome;
}
