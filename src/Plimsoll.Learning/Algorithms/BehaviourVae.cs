using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <summary>The behaviour's autoencoder within the step of a constrained baseline: one update on the batch,
/// before anything asks it for actions or codes.</summary>
internal static class BehaviourVae
{
    /// <summary>Adds the network and writes its update; records vae-loss.</summary>
    internal static ConditionalVae Learnt(
        GraphBuilder g, TrainingState state, string name, DatasetTables tables, OfflineBatch batch,
        ConstrainedSettings settings, RandomRoot random)
    {
        var vae = ConditionalVae.Create(
            state, name, tables.Observation.Size, tables.Action.Size, settings.VaeHidden, random);
        var optimiser = new AdamOptimiser(state, "adam-vae", vae.Parameters);
        var loss = vae.Loss(
            g, batch.Observation, batch.Action, random.Stream("posterior"), (float)settings.Beta).Total;
        g.Record("vae-loss", loss);
        g.Minimise(optimiser, loss, g.Constant((float)settings.VaeLearningRate));
        return vae;
    }
}
