using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <param name="Hidden">Widths of the hidden layers, each at least 1.</param>
/// <param name="Batch">B, transitions a step.</param>
/// <param name="LearningRate">Of Adam, above 0; constant.</param>
public sealed record BehaviourCloningSettings(IReadOnlyList<int> Hidden, int Batch, double LearningRate);

/// <summary>
/// Behaviour cloning (BC of arXiv 2306.09303 and its library OSRL): min over θ of the mean over batch and action
/// components of (tanh(MLP_θ(s)) - a)², s [B, S], a [B, A], by Adam. BC-Safe is the same on the trajectories whose
/// cost is within the limit. Metric: loss. Deterministic: bitwise, whatever the team's size.
/// </summary>
public sealed class BehaviourCloning
{
    private BehaviourCloning(GraphTraining training, DiracPolicy policy) => (Training, Policy) = (training, policy);

    public GraphTraining Training { get; }

    public DiracPolicy Policy { get; }

    /// <summary>Declares and initialises policy and optimiser and compiles the step. Dispose
    /// <see cref="Training"/>, before the dataset.</summary>
    public static BehaviourCloning Build(
        DatasetTables tables, BehaviourCloningSettings settings, RandomRoot random, Team team)
    {
        var state = new TrainingState();
        var policy = DiracPolicy.Create(
            state, PolicyArrays.Root, tables.Observation.Size, tables.Action.Size, settings.Hidden, random);
        var optimiser = new AdamOptimiser(state, "adam", policy.Parameters);

        var g = new GraphBuilder();
        var batch = OfflineBatch.Draw(g, tables, random, "batch", settings.Batch);
        var loss = g.Mean(g.Square(policy.Act(g, batch.Observation) - batch.Action));
        g.Record("loss", loss);
        g.Minimise(optimiser, loss, g.Constant((float)settings.LearningRate));
        return new BehaviourCloning(new GraphTraining(state, Program.Compile(g, team)), policy);
    }
}
