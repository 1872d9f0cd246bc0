using Plimsoll.Numerics.Graph.Operations;

namespace Plimsoll.Numerics.Tests.Float64;

internal static partial class Definitions
{
    private static void AddEffects()
    {
        Add<RecordMetric>((record, _, x, e) =>
        {
            e.Metrics.Add(record.Key, x[0][0]);
            return x[0];
        });
        Add<HostOutput>((output, _, x, e) =>
        {
            e.Outputs.Add(output.Key, x[0]);
            return x[0];
        });
        Add<AdvanceCounter>((advance, _, _, e) =>
        {
            e.State[advance.Counter]++;
            return [0];
        });
        // Kingma and Ba 2015; Loshchilov and Hutter 2019 with a decay.
        Add<AdamStep>((step, _, x, e) =>
        {
            var o = step.Optimiser;
            var (p, m, v) = (o.Parameters[step.Index], o.FirstMoments[step.Index], o.SecondMoments[step.Index]);
            double rate = x[1][0], scale = x[2][0], beta1 = o.Beta1, beta2 = o.Beta2;
            var k = e.State[o.Updates];
            var (oldP, oldM, oldV) = (e.State[p], e.State[m], e.State[v]);
            var (bias1, bias2) = (1 - Math.Pow(beta1, k), 1 - Math.Pow(beta2, k));
            var g = Each(x[0].Length, i => x[0][i] * scale);
            var first = Each(g.Length, i => beta1 * oldM[i] + (1 - beta1) * g[i]);
            var second = Each(g.Length, i => beta2 * oldV[i] + (1 - beta2) * g[i] * g[i]);
            e.State[p] = Each(g.Length, i =>
                oldP[i] * (1 - rate * o.WeightDecay)
                - rate * (first[i] / bias1) / (Math.Sqrt(second[i] / bias2) + o.Epsilon));
            (e.State[m], e.State[v]) = (first, second);
            return x[0];
        });
        Add<SgdStep>((step, _, x, e) =>
        {
            var old = e.State[step.Parameter];
            e.State[step.Parameter] = Each(old.Length, i => old[i] - x[1][0] * x[2][0] * x[0][i]);
            return x[0];
        });
        Add<PolyakStep>((step, _, x, e) =>
        {
            var old = e.State[step.Target];
            e.State[step.Target] = Each(old.Length, i => (1 - (double)step.Rate) * old[i] + step.Rate * x[0][i]);
            return x[0];
        });
    }
}
