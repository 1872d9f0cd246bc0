using Plimsoll.Data;
using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Schedules;
using Plimsoll.Learning.Sequences;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// CDT (Liu et al., "Constrained Decision Transformer for Offline Safe Reinforcement Learning", arXiv
/// 2302.07351): a causal transformer over windows of (R̂, Ĉ, s, a), fitted to the data's actions by
/// likelihood with an entropy bonus, for every limit at once; the loss as its release has it. Of the K
/// steps of a window those that are no padding count, each component alike: -(mean log π(a_t | ..) + T mean
/// H) + w_c mean NLL(does step t cost) + w_s mean (s_(t+1) - ŝ)². T falls where the mean entropy of a
/// component exceeds its target, by Adam on log T down T (H - target). AdamW with a warm-up, gradients
/// clipped by their norm. Windows [B, K]. Metrics: loss, likelihood, entropy, cost-loss, state-loss (where
/// weighted), temperature, temperature-loss. Deterministic: bitwise.
/// </summary>
public sealed class ConstrainedDecisionTransformer
{
    private ConstrainedDecisionTransformer(WindowTraining training, SequenceModel model) =>
        (Training, Model) = (training, model);

    public WindowTraining Training { get; }

    public SequenceModel Model { get; }

    /// <summary>Whether the settings leave a trajectory that is drawn at all.</summary>
    public static bool CanDraw(Dataset dataset, DecisionTransformerSettings settings) =>
        !settings.Published || dataset.Trajectories.Any(t => t.Cost < TrajectoryWeights.PublishedLimit);

    /// <summary>Whether a training step is within the bounds of memory and of random numbers.</summary>
    public static bool Fits(Dataset dataset, DecisionTransformerSettings settings) =>
        HasTimes(dataset) && SequenceBounds.CanTrain(settings.SizesFor(dataset.Metadata.Horizon), settings.Batch);

    /// <summary>Whether the episodes are short enough for a table of times.</summary>
    public static bool HasTimes(Dataset dataset) => dataset.Metadata.Horizon <= SequenceBounds.LongestHorizon;

    /// <summary>Relabels, declares and initialises the network and compiles the step. Dispose
    /// <see cref="Training"/>, before the dataset.</summary>
    /// <exception cref="ArgumentException">No trajectory is drawn, or the step does not fit: see
    /// <see cref="CanDraw"/> and <see cref="Fits"/>.</exception>
    public static ConstrainedDecisionTransformer Build(
        Dataset dataset, DecisionTransformerSettings settings, RandomRoot random, Team team)
    {
        if (!Fits(dataset, settings))
            throw new ArgumentException("the training step is too large", nameof(settings));
        var scales = settings.Published
            ? SequenceScales.Published
            : SequenceScales.Over(dataset, settings.ReturnRange, settings.CostRange);
        var windows = Windows(dataset, settings, scales, random);
        var state = new TrainingState();
        var model = new SequenceModel(
            CausalTransformer.Create(
                state, PolicyArrays.Root, dataset.ObservationSize, dataset.ActionSize,
                settings.SizesFor(dataset.Metadata.Horizon), random),
            scales, dataset.ObservationSize, dataset.ActionSize);

        var g = new GraphBuilder();
        var window = windows.Declare(g, out var costly);
        var predicted = model.Network.Forward(g, window, new DropoutStreams(random, "dropout"));
        var temperature = new EntropyTemperature(
            state, settings.Temperature, settings.Published ? -dataset.ActionSize : -1);
        var loss = Loss(g, predicted, window, costly, temperature.Value(g), settings, out var entropy);
        if (settings.StateWeight > 0)
        {
            var error = MaskedMean.OfRows(
                g, g.Square(predicted.NextObservation - windows.DeclareNext(g)), window.Mask!);
            g.Record("state-loss", error);
            loss += error * (float)settings.StateWeight;
        }
        g.Record("loss", loss);
        var optimiser = new AdamOptimiser(
            state, "adamw", model.Network.Parameters, (float)settings.WeightDecay,
            DecisionTransformerSettings.Beta1, DecisionTransformerSettings.Beta2);
        var warmUp = new WarmUpSchedule(new ConstantSchedule(settings.LearningRate), settings.WarmUp);
        g.MinimiseClipped(
            optimiser, loss, g.PerStep("learning-rate", warmUp, long.MaxValue), (float)settings.Clip);
        temperature.Update(g, entropy, settings.TemperatureRate);
        return new ConstrainedDecisionTransformer(
            new WindowTraining(state, Program.Compile(g, team), windows), model);
    }

    /// <summary>The loss but for the next state, a scalar.</summary>
    /// <param name="costly">[B, K]: 1 where a step costs, else 0.</param>
    /// <param name="temperature">T, a scalar that the gradient leaves alone.</param>
    /// <param name="entropy">Mean entropy of a component, a scalar.</param>
    internal static Node Loss(
        GraphBuilder g, StepPrediction predicted, TrajectoryWindow window, Node costly, Node temperature,
        DecisionTransformerSettings settings, out Node entropy)
    {
        var mask = window.Mask!;
        var likelihood = MaskedMean.OfRows(
            g, GaussianLikelihood.Log(g, predicted.Action, window.Action), mask);
        entropy = MaskedMean.OfRows(g, GaussianLikelihood.Entropy(predicted.Action), mask);
        var cost = MaskedMean.Of(
            g, CrossEntropy.OfClasses(g, predicted.CostLogits, CrossEntropy.OneHot(g, costly)), mask);
        g.Record("likelihood", likelihood);
        g.Record("entropy", entropy);
        g.Record("cost-loss", cost);
        g.Record("temperature", temperature);
        return cost * (float)settings.CostWeight - (likelihood + temperature * entropy);
    }

    private static WindowSampler Windows(
        Dataset dataset, DecisionTransformerSettings settings, SequenceScales scales, RandomRoot random)
    {
        LabelledTrajectory[] labels =
        [
            .. LabelledTrajectory.AllOf(dataset), .. Augmentation.Of(dataset, settings.Augmentation, random),
        ];
        double[] costs = [.. labels.Select(label => label.Cost)];
        return new WindowSampler(
            dataset, labels,
            settings.Published ? TrajectoryWeights.Published(costs) : TrajectoryWeights.Inverse(costs),
            scales, settings.Batch, settings.Context, settings.Published ? 1 : 0, random);
    }
}
