using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Networks;

/// <summary>How the weights of a network start.</summary>
public enum Initialisation
{
    /// <summary>Weights and biases U(±1/√fan-in), PyTorch's default.</summary>
    TorchLinear,

    /// <summary>Weights U(±√(6/fan-in)), biases 0 (He et al. 2015).</summary>
    KaimingUniform,
}

/// <summary>
/// A multi-layer perceptron with ReLU between its layers, or an ensemble E of them with separate weights.
/// Input [B, I]; output [B, O], or [E, B, O] for an ensemble.
/// </summary>
public sealed class Mlp
{
    private readonly List<(StateArray Weight, StateArray Bias)> layers = [];

    private Mlp(string name, Axis? ensemble, IReadOnlyList<Axis> widths)
    {
        Name = name;
        Ensemble = ensemble;
        Widths = widths;
    }

    public string Name { get; }

    public Axis? Ensemble { get; }

    /// <summary>Input, hidden and output axes.</summary>
    public IReadOnlyList<Axis> Widths { get; }

    /// <summary>Weight and bias of each layer, first layer first.</summary>
    public IReadOnlyList<StateArray> Parameters => [.. layers.SelectMany(l => new[] { l.Weight, l.Bias })];

    /// <summary>Adds a network to the state and initialises it. Member e draws from stream member e.</summary>
    public static Mlp Create(
        TrainingState state, string name, Axis input, IReadOnlyList<int> hidden, Axis output, Axis? ensemble,
        RandomRoot random, Initialisation initialisation = Initialisation.TorchLinear)
    {
        var network = Declare(state, name, input, hidden, output, ensemble);
        var members = ensemble?.Size ?? 1;
        for (var l = 0; l < network.layers.Count; l++)
        {
            var (weight, bias) = network.layers[l];
            var fanIn = network.Widths[l].Size;
            for (var e = 0; e < members; e++)
            {
                var w = weight.Values.Slice(e * weight.Values.Length / members, weight.Values.Length / members);
                var b = bias.Values.Slice(e * bias.Values.Length / members, bias.Values.Length / members);
                Initialise(w, b, fanIn, random.Stream($"{name}/{l}", e), initialisation);
            }
        }
        return network;
    }

    /// <summary>A network whose weights are zeros, or are already in the state under that name.</summary>
    public static Mlp Declare(
        TrainingState state, string name, Axis input, IReadOnlyList<int> hidden, Axis output, Axis? ensemble)
    {
        Axis[] widths = [input, .. hidden.Select((size, i) => new Axis($"H{i + 1}", size)), output];
        var network = new Mlp(name, ensemble, widths);
        for (var l = 0; l + 1 < widths.Length; l++)
        {
            var weight = new Shape(widths[l], widths[l + 1]);
            var bias = new Shape(widths[l + 1]);
            if (ensemble is { } members) (weight, bias) = (weight.Prepend(members), bias.Prepend(members));
            network.layers.Add((state.GetOrAdd($"{name}/{l}/weight", weight), state.GetOrAdd($"{name}/{l}/bias", bias)));
        }
        return network;
    }

    /// <summary>A copy under another name, such as a target network.</summary>
    public Mlp Copy(TrainingState state, string name)
    {
        var hidden = Widths.Skip(1).SkipLast(1).Select(a => a.Size).ToList();
        var copy = Declare(state, name, Widths[0], hidden, Widths[^1], Ensemble);
        copy.Assign(this);
        return copy;
    }

    /// <summary>Takes over the weights of a network of the same shape.</summary>
    public void Assign(Mlp source)
    {
        foreach (var (to, from) in Parameters.Zip(source.Parameters)) from.Values.CopyTo(to.Values);
    }

    /// <summary>[B, I] to [B, O]; [B, I] or [E, B, I] to [E, B, O] for an ensemble.</summary>
    public Node Forward(GraphBuilder g, Node x)
    {
        for (var l = 0; l < layers.Count; l++)
        {
            var activation = l + 1 < layers.Count ? Activation.Relu : Activation.None;
            x = g.Linear(x, g.Read(layers[l].Weight), g.Read(layers[l].Bias), activation);
        }
        return x;
    }

    internal static unsafe void Initialise(
        Span<float> weight, Span<float> bias, int fanIn, StreamAddress stream, Initialisation initialisation)
    {
        fixed (float* w = weight, b = bias)
        {
            if (initialisation == Initialisation.KaimingUniform)
                Initialisers.KaimingUniformRelu(w, b, fanIn, bias.Length, stream);
            else
                Initialisers.TorchLinearDefault(w, b, fanIn, bias.Length, stream);
        }
    }
}
