using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <summary>The models that adaptation starts from, all in one state.</summary>
public sealed record DrcorlModels(
    TrainingState State, ScoreNetwork Behaviour, Critic Reward, Critic Cost, ISurrogatePolicy Policy);

/// <summary>
/// DRCORL's safe adaptation (arXiv 2502.12391, algorithms 1 and 2). Each step: both critics learn the value
/// of the current policy (<see cref="AdaptationCritics"/>); the upper confidence estimate of its episode
/// cost, from data alone, chooses a mode (<see cref="AdaptationMode"/>); the policy moves along the reward
/// gradient, along the cost gradient, or along their combination (<see cref="AdaptationPolicyStep"/>). The
/// estimate is smoothed over steps so that one batch does not decide. Optimisers start afresh. Metrics,
/// beside the losses: policy-cost-value (upper confidence value, one batch), estimated_cost (smoothed,
/// cost/episode), pull (mean square of the behaviour's direction), multiplier and deviation where there are
/// such, and the mode of every step. In the hybrid form the estimate is measured instead (<see
/// cref="IMeasuredEstimate"/>) and stands until the next measurement. Deterministic: bitwise where the
/// measurement is.
/// </summary>
public sealed class SafeAdaptation : ITraining
{
    private const string Estimate = "estimated_cost";
    private const string Mode = "mode";

    private readonly DrcorlModels models;
    private readonly Program critics;
    private readonly Program[] policySteps;
    private readonly IMeasuredEstimate? measured;
    private readonly Counter started;
    private readonly StateArray smoothed;
    private readonly Accumulator estimate = new(Estimate);
    private readonly PointLog modes = new(Mode);

    private SafeAdaptation(
        SafeAdaptationSettings settings, CostHorizon horizon, DrcorlModels models, Program critics,
        Program[] policySteps, IMeasuredEstimate? measured)
    {
        Settings = settings;
        Horizon = horizon;
        this.models = models;
        this.critics = critics;
        this.policySteps = policySteps;
        this.measured = measured;
        started = models.State.Counter("estimate/started");
        // Two names, so that neither form takes a checkpoint of the other for its own.
        smoothed = models.State.GetOrAdd(measured is null ? "estimate/smoothed" : "estimate/measured", Shape.Scalar);
        // The three policy programs record under the same names: each runs in some of the steps.
        Carried = new Carried(
            models.State, [.. critics.Accumulators, .. policySteps.SelectMany(p => p.Accumulators), estimate], [modes]);
    }

    public Carried Carried { get; }

    public SafeAdaptationSettings Settings { get; }

    public CostHorizon Horizon { get; }

    public ISurrogatePolicy Policy => models.Policy;

    /// <summary>The critics' update, then the policy's for each <see cref="SafetyMode"/> in order.</summary>
    public IReadOnlyList<Program> Programs => [critics, .. policySteps];

    /// <param name="states">Where the safety estimate is read; null: at the batch, that is over all of the
    /// data.</param>
    /// <param name="measured">Of the models' policy, in the hybrid form; null: the estimate is read off the
    /// critics. Belongs to the training from here on, and is disposed of where there comes to be none.</param>
    public static SafeAdaptation Build(
        DatasetTables tables, DrcorlModels models, SafeAdaptationSettings settings, CostHorizon horizon,
        StateTable? states, RandomRoot random, Team team, IMeasuredEstimate? measured = null)
    {
        try
        {
            return new SafeAdaptation(
                settings, horizon, models,
                AdaptationCritics.Compile(tables, models, settings, horizon, states, random, team),
                AdaptationPolicyStep.Compile(tables, models, settings, random, team), measured);
        }
        catch
        {
            measured?.Dispose();
            throw;
        }
    }

    /// <summary>Runs steps, which must follow on another and stay below <see
    /// cref="SafeAdaptationSettings.Steps"/>.</summary>
    public void Advance(long firstStep, long count)
    {
        for (var step = firstStep; step < firstStep + count; step++)
            Advance(step, static (program, at) => program.Run(at));
    }

    public IReadOnlyList<StepTrace> Trace(long step)
    {
        var traces = new List<StepTrace>();
        Advance(step, (program, at) => traces.Add(program.Trace(at)));
        return traces;
    }

    private void Advance(long step, Action<Program, long> run)
    {
        run(critics, step);
        var cost = EstimateAt(step);
        var mode = AdaptationMode.Of(Settings, Horizon.Limits.PerEpisode, cost, step);
        run(policySteps[(int)mode], step);
        estimate.Add(cost);
        modes.Add(step, (int)mode);
    }

    public void Dispose()
    {
        measured?.Dispose();
        critics.Dispose();
        foreach (var program in policySteps) program.Dispose();
        models.State.Dispose();
    }

    private double EstimateAt(long step)
    {
        if (measured is null) return Smooth(Horizon.EpisodeCost(critics.Metric(AdaptationCritics.Value)));
        return measured.IsDue(step) ? Smooth(measured.At(step)) : smoothed.Values[0];
    }

    private double Smooth(double cost)
    {
        ref var running = ref smoothed.Values[0];
        running = started.Value == 0
            ? (float)cost
            : (float)(Settings.Smoothing * running + (1 - Settings.Smoothing) * cost);
        started.Value = 1;
        return running;
    }
}
