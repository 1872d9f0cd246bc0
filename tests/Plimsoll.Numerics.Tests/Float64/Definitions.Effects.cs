using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Graph.Operations;

namespace Plimsoll.Numerics.Tests.Float64;

internal static partial class Definitions
{
    private static void AddEffects()
    {
        Add<RecordMetric>((record, _, x, e) =>
        {
            e.Metrics.Add(record.Key, x[0][0]);
            return None;
        });
        Add<HostOutput>((output, _, x, e) =>
        {
            e.Outputs.Add(output.Key, x[0]);
            return x[0];
        });
        Add<AdvanceCounter>((advance, _, _, e) =>
        {
            e.State[advance.Counter]++;
            return None;
        });
        // Kingma and Ba 2015; Loshchilov and Hutter 2019 with a decay. Inputs: gradients, learning rate, scale.
        Add<AdamStep>((step, _, x, e) =>
        {
            for (var i = 0; i < step.Optimiser.Parameters.Count; i++) Adam(step.Optimiser, i, x[i], x[^2][0],
                x[^1][0], e);
            return None;
        });
        Add<SgdStep>((step, _, x, e) =>
        {
            var old = e.State[step.Parameter];
            e.State[step.Parameter] = Each(old.Length, i => old[i] - x[1][0] * x[2][0] * x[0][i]);
            return None;
        });
        Add<PolyakStep>((step, _, x, e) =>
        {
            for (var t = 0; t < step.Targets.Count; t++)
            {
                var (old, source) = (e.State[step.Targets[t]], x[t]);
                e.State[step.Targets[t]] = Each(old.Length, i => (1 - (double)step.Rate) * old[i]
                    + step.Rate * source[i]);
            }
            return None;
        });
    }

    /// <summary>What an effect without a value leaves.</summary>
    private static readonly double[] None = [];

    private static void Adam(AdamOptimiser o, int index, double[] gradient, double rate, double scale, Evaluation e)
    {
        var (p, m, v) = (o.Parameters[index], o.FirstMoments[index], o.SecondMoments[index]);
        double beta1 = o.Beta1, beta2 = o.Beta2;
        var (oldP, oldM, oldV) = (e.State[p], e.State[m], e.State[v]);
        var (bias1, bias2) = (1 - Math.Pow(beta1, e.State[o.Updates]), 1 - Math.Pow(beta2, e.State[o.Updates]));
        var g = Each(gradient.Length, i => gradient[i] * scale);
        var first = Each(g.Length, i => beta1 * oldM[i] + (1 - beta1) * g[i]);
        var second = Each(g.Length, i => beta2 * oldV[i] + (1 - beta2) * g[i] * g[i]);
        e.State[p] = Each(g.Length, i =>
            oldP[i] * (1 - rate * o.WeightDecay)
            - rate * (first[i] / bias1) / (Math.Sqrt(second[i] / bias2) + o.Epsilon));
        (e.State[m], e.State[v]) = (first, second);
    }
}
