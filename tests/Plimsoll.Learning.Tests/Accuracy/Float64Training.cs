using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Collection;
using Plimsoll.Learning.Probe;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Sequences;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.Tests.Float64;

namespace Plimsoll.Learning.Tests.Accuracy;

/// <summary>A training's twin in binary64: the same graphs by the definitions of <see cref="Definitions"/>, the same
/// draws, its own state.</summary>
internal abstract class Float64Training(ITraining training)
{
    internal Float64State State { get; } = new(training.Carried.State);

    /// <summary>Runs one step; what it recorded.</summary>
    internal abstract IReadOnlyDictionary<string, double> Advance(long step);

    internal static Float64Training Of(ITraining training) =>
        training switch
        {
            GraphTraining graph => new OneGraph(graph),
            SafeAdaptation adaptation => new Adaptation(adaptation),
            DelayedTraining delayed => new Delayed(delayed),
            WindowTraining windows => new WithInputs(windows),
            _ => throw new NotSupportedException($"{training.GetType().Name} has no binary64 twin; add one here"),
        };

    /// <summary>The inputs of a program as they are when they are asked for.</summary>
    internal static Evaluation.InputValues Inputs(Program program) =>
        name => Float64State.Widened(program.Input(name));

    private IReadOnlyDictionary<string, double> Run(Program program, long step) =>
        Evaluation.Run(program.Graph!, State, step).Metrics;

    private sealed class OneGraph(GraphTraining training) : Float64Training(training)
    {
        internal override IReadOnlyDictionary<string, double> Advance(long step) => Run(training.Program, step);
    }

    /// <summary>What the host fills in are binary32 numbers by definition.</summary>
    private sealed class WithInputs(WindowTraining training) : Float64Training(training)
    {
        internal override IReadOnlyDictionary<string, double> Advance(long step)
        {
            training.Windows.Fill(training.Program, step);
            return Evaluation.Run(training.Program.Graph!, State, step, inputs: Inputs(training.Program)).Metrics;
        }
    }

    /// <summary>Critics at every step, policy at every second.</summary>
    private sealed class Delayed(DelayedTraining training) : Float64Training(training)
    {
        internal override IReadOnlyDictionary<string, double> Advance(long step)
        {
            var metrics = new Dictionary<string, double>(Run(training.Always, step));
            if (step % 2 == 0) return metrics;
            foreach (var (name, value) in Run(training.Delayed, step)) metrics.Add(name, value);
            return metrics;
        }
    }

    /// <summary>What the host does between the programs, written again.</summary>
    private sealed class Adaptation(SafeAdaptation training)
        : Float64Training(training)
    {
        private readonly SafeAdaptationSettings settings = training.Settings;
        private readonly CostHorizon horizon = training.Horizon;
        private double? smoothed;

        internal override IReadOnlyDictionary<string, double> Advance(long step)
        {
            var metrics = new Dictionary<string, double>(Run(training.Programs[0], step));
            var cost = horizon.EpisodeCost(metrics["policy-cost-value"]);
            cost = smoothed is { } past ? settings.Smoothing * past + (1 - settings.Smoothing) * cost : cost;
            smoothed = cost;
            State[training.Carried.State["estimate/smoothed"]] = [cost];
            var limit = horizon.Limits.PerEpisode;
            var slack = settings.Slack.At(step, settings.Steps);
            var (above, below) = settings.Rule == AdaptationRule.Crpo ? (settings.Tolerance, -settings.Tolerance) : (slack, slack);
            var mode = new SafetyBand(limit / (limit + 0.1), above, below).Mode(cost / (limit + 0.1));
            foreach (var (name, value) in Run(training.Programs[1 + (int)mode], step)) metrics.Add(name, value);
            metrics.Add("estimated_cost", cost);
            return metrics;
        }
    }
}
