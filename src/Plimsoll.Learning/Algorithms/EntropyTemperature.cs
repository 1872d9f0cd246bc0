using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Reference;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// The weight T of an entropy bonus, which rises while the entropy is below a target and falls while it is
/// above (SAC, Haarnoja et al., arXiv 1812.05905, equation 18): Adam on log T down T (H - target). Lives in
/// the training state. Deterministic: bitwise.
/// </summary>
internal sealed class EntropyTemperature
{
    private readonly TrainingState state;
    private readonly StateArray log;
    private readonly double target;

    /// <param name="first">T at the first step, above 0.</param>
    /// <param name="target">What the entropy is held at, nats.</param>
    internal EntropyTemperature(TrainingState state, double first, double target)
    {
        (this.state, this.target) = (state, target);
        log = state.Add("log-temperature", Shape.Scalar);
        log.Values[0] = (float)ScalarDouble.Log(first);
    }

    /// <summary>T as it is here, without a gradient; a scalar.</summary>
    internal Node Value(GraphBuilder g) => g.Detach(g.Exp(g.Read(log)));

    /// <summary>One step towards the target.</summary>
    /// <param name="entropy">H, a scalar.</param>
    internal void Update(GraphBuilder g, Node entropy, double rate)
    {
        var read = g.Read(log);
        var loss = g.Exp(read) * (g.Detach(entropy) - (float)target);
        g.Record("temperature-loss", loss);
        var gradients = g.Gradients(loss, read);
        g.Adam(new AdamOptimiser(state, "adam-temperature", [log]), gradients, g.Constant((float)rate));
    }
}
