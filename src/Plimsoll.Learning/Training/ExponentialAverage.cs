using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Training;

/// <summary>
/// A running average of parameters, ema &lt;- ema - (1 - decay)(ema - p), at every
/// <paramref name="Every"/>-th step from step <paramref name="Start"/> on; until then, and in between, it
/// stands still. (Diffusion-QL, arXiv 2208.06193: decay 0.995 from step 1000, every 5.) An average at every
/// step is <see cref="GraphBuilder.Polyak"/> with rate 1 - decay. Its only memory is the target arrays.
/// </summary>
/// <param name="Decay">In [0, 1).</param>
/// <param name="Start">The first step, counted from 0, at least 0.</param>
/// <param name="Every">Steps between updates, at least 1.</param>
public sealed record ExponentialAverage(double Decay, long Start = 0, long Every = 1)
{
    /// <summary>The first step that updates: the first multiple of <see cref="Every"/> from
    /// <see cref="Start"/> on.</summary>
    public long First => (Start + Every - 1) / Every * Every;

    /// <summary>The share of p at a step: 1 - decay where an update is due, else 0.</summary>
    public float RateAt(long step) => step >= Start && step % Every == 0 ? (float)(1 - Decay) : 0f;

    /// <summary>Updates targets from sources as they are where this is written. A rate of 0 leaves
    /// every finite value; -0 may become +0, and a difference that is not finite makes NaN.</summary>
    /// <param name="name">Names the rate within the graph.</param>
    public void Update(
        GraphBuilder g, string name, IReadOnlyList<StateArray> targets, IReadOnlyList<StateArray> sources)
    {
        if (targets.Count != sources.Count)
            throw new ShapeException($"{name}: {targets.Count} averages of {sources.Count} arrays");
        var differences = targets.Zip(sources, (target, source) => g.Read(target) - g.Read(source)).ToArray();
        g.Sgd(targets, differences, g.PerStep(name, RateAt));
    }
}
