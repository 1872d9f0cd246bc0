using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <summary>The parts of SPI's objective for the diffusion model (equations 6 and 9).</summary>
internal static class ImprovementObjective
{
    /// <summary>Keeps a division by a mean of |Q| that is 0 from making infinities.</summary>
    private const float Guard = 1e-6f;

    /// <summary>What a denoising step i needs beside the network: i, √ᾱ_i and √(1-ᾱ_i), a row each. [T, K=3].
    /// Constants that stand in the state.</summary>
    internal static StateArray StepTable(TrainingState state, DdpmSchedule schedule)
    {
        var table = state.GetOrAdd(
            "denoising-steps", new Shape(new Axis("T", schedule.Steps), new Axis("K", 3)));
        for (var i = 0; i < schedule.Steps; i++)
        {
            var (action, noise) = schedule.Forward(i);
            (table.Values[3 * i], table.Values[3 * i + 1], table.Values[3 * i + 2]) = (i, (float)action, (float)noise);
        }
        return table;
    }

    /// <summary>
    /// (9): the mean over batch and components of (ε(√ᾱ_i a + √(1-ᾱ_i) z, i | s) - z)², i uniform over the steps,
    /// z ~ N(0, I). s [B, S], a [B, A]; a scalar.
    /// </summary>
    internal static Node Cloning(
        GraphBuilder g, NoiseNetwork network, StateArray steps, Node observation, Node action, RandomRoot random)
    {
        var rows = g.Rows(random.Stream("denoising-step"), action.Shape[0], steps.Shape[0].Size);
        var entries = g.Lookup(steps, rows);
        var noise = g.Normal(random.Stream("denoising-noise"), action.Shape);
        var noisy = g.TimesColumn(action, Entry(1)) + g.TimesColumn(noise, Entry(2));
        return g.Mean(g.Square(network.Forward(g, noisy, Entry(0), observation) - noise));

        Node Entry(int k) => g.Squeeze(g.Columns(entries, k, new Axis("K", 1)));
    }

    /// <summary>
    /// The mean over the batch of Q_j, divided by that of |Q_other| as a number without gradient, so that the scale of
    /// the signal drops out (Diffusion-QL's code). Q [E=2, B]; j is the first twin where the coin is not 0.
    /// </summary>
    /// <param name="g">The graph.</param>
    /// <param name="values">Q of both twins at the sampled actions, [E=2, B].</param>
    /// <param name="coin">A scalar, 0 or 1.</param>
    internal static Node NormalisedValue(GraphBuilder g, Node values, Node coin)
    {
        var (first, second) = (g.Member(values, 0), g.Member(values, 1));
        var isFirst = g.Broadcast(coin, first.Shape);
        var (value, other) = (g.Select(isFirst, first, second), g.Select(isFirst, second, first));
        return g.Mean(value) / g.Detach(g.Mean(g.Abs(other)) + Guard);
    }

    /// <summary>0 or 1 with equal probability, a scalar.</summary>
    internal static Node Coin(GraphBuilder g, StreamAddress stream) =>
        g.GreaterThan(g.Uniform(stream, Shape.Scalar), g.Constant(0.5f));
}
