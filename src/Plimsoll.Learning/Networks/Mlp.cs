using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Networks;

/// <summary>What stands between the linear layers of an <see cref="Mlp"/>.</summary>
/// <param name="Hidden">Follows each hidden layer.</param>
/// <param name="Output">Follows the last layer.</param>
/// <param name="LayerNorm">Normalise before each hidden function: f(LayerNorm(x W + b)). Not for
/// ensembles.</param>
/// <param name="Dropout">Probability in [0, 1) of dropping an element after each hidden function, in
/// training.</param>
public sealed record MlpForm(
    Nonlinearity Hidden = Nonlinearity.Relu, Nonlinearity Output = Nonlinearity.None, bool LayerNorm = false,
    float Dropout = 0f)
{
    /// <summary>ReLU between layers and nothing else.</summary>
    public static MlpForm Plain { get; } = new();

    /// <summary>Mish between layers, as the networks of Diffusion-QL have it.</summary>
    public static MlpForm Mish { get; } = new(Nonlinearity.Mish);

    public float Dropout { get; } = Dropout is >= 0f and < 1f
        ? Dropout
        : throw new ArgumentOutOfRangeException(
            nameof(Dropout), Dropout, "A probability of dropping lies in [0, 1).");
}

/// <summary>
/// A multi-layer perceptron, or an ensemble E of them with separate weights: h_l = f(h_{l-1} W_l + b_l), f
/// the <see cref="MlpForm"/>'s, ReLU unless said otherwise. Input [B, I]; output [B, O], or [E, B, O] for an
/// ensemble.
/// </summary>
public sealed class Mlp
{
    private readonly List<Layer> layers = [];

    private Mlp(string name, Axis? ensemble, IReadOnlyList<Axis> widths, MlpForm form)
    {
        Name = name;
        Ensemble = ensemble;
        Widths = widths;
        Form = form;
    }

    public string Name { get; }

    public Axis? Ensemble { get; }

    /// <summary>Input, hidden and output axes.</summary>
    public IReadOnlyList<Axis> Widths { get; }

    public MlpForm Form { get; }

    /// <summary>Weight and bias of each layer, first layer first; with LayerNorm also gain and offset of each
    /// hidden one.</summary>
    public IReadOnlyList<StateArray> Parameters => [.. layers.SelectMany(l => l.Arrays)];

    /// <summary>Adds a network to the state and initialises it. Member e draws from stream member
    /// e.</summary>
    public static Mlp Create(
        TrainingState state, string name, Axis input, IReadOnlyList<int> hidden, Axis output, Axis? ensemble,
        RandomRoot random, Initialisation initialisation = Initialisation.TorchLinear, MlpForm? form = null)
    {
        var network = Declare(state, name, input, hidden, output, ensemble, form);
        var members = ensemble?.Size ?? 1;
        for (var l = 0; l < network.layers.Count; l++)
        {
            var ((weight, bias), norm) = network.layers[l];
            norm?.Gain.Values.Fill(1f);
            var fanIn = network.Widths[l].Size;
            for (var e = 0; e < members; e++)
            {
                var w = weight.Values.Slice(
                    e * weight.Values.Length / members, weight.Values.Length / members);
                var b = bias.Values.Slice(e * bias.Values.Length / members, bias.Values.Length / members);
                InitialWeights.Fill(w, b, fanIn, random.Stream($"{name}/{l}", e), initialisation);
            }
        }
        return network;
    }

    /// <summary>A network whose weights are zeros, or are already in the state under that name.</summary>
    public static Mlp Declare(
        TrainingState state, string name, Axis input, IReadOnlyList<int> hidden, Axis output, Axis? ensemble,
        MlpForm? form = null)
    {
        form ??= MlpForm.Plain;
        if (form.LayerNorm && ensemble is not null)
            throw new ArgumentException(
                $"{name}: members of an ensemble have no layer norm of their own", nameof(form));
        Axis[] widths = [input, .. hidden.Select((size, i) => new Axis($"H{i + 1}", size)), output];
        var network = new Mlp(name, ensemble, widths, form);
        for (var l = 0; l + 1 < widths.Length; l++)
        {
            var weight = new Shape(widths[l], widths[l + 1]);
            var bias = new Shape(widths[l + 1]);
            if (ensemble is { } members) (weight, bias) = (weight.Prepend(members), bias.Prepend(members));
            network.layers.Add(new Layer(
                new LinearLayer(
                    state.GetOrAdd($"{name}/{l}/weight", weight), state.GetOrAdd($"{name}/{l}/bias", bias)),
                form.LayerNorm && l + 2 < widths.Length ? Normal(l, widths[l + 1]) : null));
        }
        return network;

        NormLayer Normal(int l, Axis width) => new(
            state.GetOrAdd($"{name}/{l}/gain", new Shape(width)),
            state.GetOrAdd($"{name}/{l}/offset", new Shape(width)));
    }

    /// <summary>A copy under another name, such as a target network.</summary>
    public Mlp Copy(TrainingState state, string name)
    {
        var hidden = Widths.Skip(1).SkipLast(1).Select(a => a.Size).ToList();
        var copy = Declare(state, name, Widths[0], hidden, Widths[^1], Ensemble, Form);
        copy.Assign(this);
        return copy;
    }

    /// <summary>Takes over the weights of a network of the same shape.</summary>
    public void Assign(Mlp source)
    {
        foreach (var (to, from) in Parameters.Zip(source.Parameters)) from.Values.CopyTo(to.Values);
    }

    /// <summary>[B, I] to [B, O]; [B, I] or [E, B, I] to [E, B, O] for an ensemble.</summary>
    /// <param name="dropout">Where the masks come from while training; null: evaluation, no dropout.</param>
    public Node Forward(GraphBuilder g, Node x, DropoutStreams? dropout = null)
    {
        for (var l = 0; l < layers.Count; l++)
        {
            var (linear, norm) = layers[l];
            if (l + 1 == layers.Count) return linear.Of(g, x, Form.Output);
            x = norm is null
                ? linear.Of(g, x, Form.Hidden)
                : Nonlinearities.Apply(g, norm.Value.Of(g, linear.Of(g, x)), Form.Hidden);
            if (dropout is not null) x = dropout.Apply(g, x, Form.Dropout, l);
        }
        return x;
    }

    private sealed record Layer(LinearLayer Linear, NormLayer? Norm)
    {
        internal IEnumerable<StateArray> Arrays => Norm is { } norm
            ? [Linear.Weight, Linear.Bias, norm.Gain, norm.Offset]
            : [Linear.Weight, Linear.Bias];
    }
}
