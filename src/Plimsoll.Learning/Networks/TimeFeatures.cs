using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Reference;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Networks;

/// <summary>Times [B] as features [B, F] of sines and cosines.</summary>
public static class TimeFeatures
{
    private const float TwoPi = 6.2831855f;

    /// <summary>[sin 2πft, cos 2πft] for frequencies f [I=1, F] (Tancik et al., arXiv 2006.10739): [B,
    /// 2F].</summary>
    public static Node Fourier(GraphBuilder g, Node time, Node frequencies) =>
        Waves(g, g.Linear(g.Unsqueeze(time, "I"), frequencies, null) * TwoPi);

    /// <summary>[sin ft, cos ft] for angular frequencies f [I=1, F]: [B, 2F].</summary>
    public static Node Sinusoidal(GraphBuilder g, Node time, Node frequencies) =>
        Waves(g, g.Linear(g.Unsqueeze(time, "I"), frequencies, null));

    /// <summary>The angular frequencies 10000^(-k/(F-1)), k = 0..F-1, of the transformer's position code
    /// (Vaswani et al., arXiv 1706.03762, section 3.5, as DDPM's code has it): constants that stand in the
    /// state, [I=1, F]. F at least 2.</summary>
    public static StateArray SinusoidalFrequencies(TrainingState state, string name, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        var frequencies = state.GetOrAdd(name, new Shape(new Axis("I", 1), new Axis("F", count)));
        var spread = ScalarDouble.Log(10_000) / (count - 1);
        for (var k = 0; k < count; k++) frequencies.Values[k] = (float)ScalarDouble.Exp(-k * spread);
        return frequencies;
    }

    private static Node Waves(GraphBuilder g, Node angle) => g.Concat("F", g.Sin(angle), g.Cos(angle));
}
