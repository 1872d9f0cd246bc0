using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.LookAhead;

/// <summary>A training state at one moment, in binary64, and what its networks say, written again.</summary>
internal sealed class Snapshot(TrainingState state)
{
    private readonly Dictionary<string, double[]> arrays = state.Arrays.ToDictionary(
        a => a.Name, a => a.Values.ToArray().Select(v => (double)v).ToArray());

    internal double[] this[string name] => arrays[name];

    internal IEnumerable<string> Names => arrays.Keys;

    /// <summary>A perceptron's output for one row: ReLU or tanh between layers, nothing after the last.</summary>
    internal double[] Network(string name, double[] x, bool tanh = false, int member = 0, int members = 1)
    {
        for (var l = 0; ; l++)
        {
            var (weight, bias) = (arrays[$"{name}/{l}/weight"], arrays[$"{name}/{l}/bias"]);
            var outputs = bias.Length / members;
            var y = bias[(member * outputs)..((member + 1) * outputs)];
            for (var i = 0; i < x.Length; i++)
            {
                for (var o = 0; o < outputs; o++) y[o] += x[i] * weight[(member * x.Length + i) * outputs + o];
            }
            if (!arrays.ContainsKey($"{name}/{l + 1}/weight")) return y;
            x = [.. y.Select(v => tanh ? Math.Tanh(v) : Math.Max(v, 0))];
        }
    }

    /// <summary>Q_e(s, a) of every member.</summary>
    internal double[] Values(string critic, int members, double[] state, double[] action) =>
        [.. Enumerable.Range(0, members)
            .Select(e => Network(critic, [.. action, .. state], member: e, members: members)[0])];

    /// <summary>u = μ + σ ξ of a Gaussian actor, before its tanh.</summary>
    internal double[] Draw(string actor, double[] state, double[] normals)
    {
        var output = Network(actor, state);
        var size = output.Length / 2;
        return [.. Enumerable.Range(0, size)
            .Select(k => output[k] + Math.Exp(Math.Clamp(output[size + k], -20, 2)) * normals[k])];
    }

    /// <summary>What a decoder makes of a code clipped to ±½, before its tanh.</summary>
    internal double[] Decode(string decoder, double[] state, double[] normals) =>
        Network(decoder, [.. state, .. normals.Select(z => Math.Clamp(z, -0.5, 0.5))]);
}
