using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <param name="Network">Sizes of the noise predictor.</param>
/// <param name="Batch">B, transitions a step.</param>
/// <param name="LearningRate">Of AdamW, above 0; constant.</param>
/// <param name="WeightDecay">Of AdamW, on all parameters; 0.01 is PyTorch's default, which DRCORL's code takes.</param>
public sealed record DiffusionFitSettings(
    ScoreNetworkSizes Network, int Batch, double LearningRate, double WeightDecay = 0.01);

/// <summary>
/// DRCORL's behaviour model (arXiv 2502.12391, equation 5): min over ψ of
/// E_{(s,a)~D, t~U[0.001,1], z~N(0,I)} ‖ε_ψ(αa + σz, t | s) - z‖², by AdamW, with dropout. The norm sums over A.
/// Shapes: s [B, S], a and z [B, A], t [B]. Metric: loss. Deterministic: bitwise.
/// </summary>
public sealed class DiffusionFit
{
    public const string ModelName = "behaviour";
    private const float SmallestTime = 1e-3f;

    private DiffusionFit(GraphTraining training, ScoreNetwork network) => (Training, Network) = (training, network);

    public GraphTraining Training { get; }

    public ScoreNetwork Network { get; }

    public static DiffusionFit Build(DatasetTables tables, DiffusionFitSettings settings, RandomRoot random, Team team)
    {
        var state = new TrainingState();
        var network = ScoreNetwork.Create(
            state, ModelName, tables.Observation.Size, tables.Action.Size, settings.Network, random);
        var optimiser = new AdamOptimiser(state, "adamw", network.Parameters, (float)settings.WeightDecay);

        var g = new GraphBuilder();
        var batch = OfflineBatch.Draw(g, tables, random, "batch", settings.Batch);
        var time = g.Uniform(random.Stream("time"), batch.Reward.Shape) * (1f - SmallestTime) + SmallestTime;
        var noise = g.Normal(random.Stream("noise"), batch.Action.Shape);
        var (alpha, sigma) = DiffusionNodes.Schedule(g, time, VpSchedule.Default);
        var noisy = DiffusionNodes.Diffuse(g, batch.Action, noise, alpha, sigma);
        var predicted = network.Forward(
            g, noisy, time, batch.Observation, new DropoutStreams(random, "dropout"));
        var loss = g.Sum(g.Square(predicted - noise)) * (1f / settings.Batch);
        g.Record("loss", loss);
        g.Minimise(optimiser, loss, g.Constant((float)settings.LearningRate));
        return new DiffusionFit(new GraphTraining(state, Program.Compile(g, team)), network);
    }
}
