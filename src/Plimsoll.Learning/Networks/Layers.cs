using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Networks;

/// <summary>x W + b.</summary>
internal readonly record struct LinearLayer(StateArray Weight, StateArray Bias)
{
    /// <summary>f(x W + b) for rows x [R, I].</summary>
    internal Node Of(GraphBuilder g, Node x, Nonlinearity f = Nonlinearity.None) =>
        Nonlinearities.Layer(g, x, g.Read(Weight), g.Read(Bias), f);
}

/// <summary>Layer normalisation with its own gain and offset.</summary>
internal readonly record struct NormLayer(StateArray Gain, StateArray Offset)
{
    internal Node Of(GraphBuilder g, Node x) => g.LayerNorm(x, g.Read(Gain), g.Read(Offset));
}

/// <summary>The layers of a larger network, declared one by one under its name and initialised
/// together.</summary>
internal sealed class Layers(TrainingState state, string name)
{
    private readonly List<StateArray> parameters = [];
    private readonly List<LinearLayer> linear = [];
    private readonly List<NormLayer> norms = [];
    private readonly List<StateArray> tables = [];

    /// <summary>In the order of declaration.</summary>
    internal IReadOnlyList<StateArray> Parameters => parameters;

    internal LinearLayer Linear(string part, Axis from, Axis to)
    {
        var layer = new LinearLayer(
            Array($"{part}/weight", new Shape(from, to)), Array($"{part}/bias", new Shape(to)));
        linear.Add(layer);
        return layer;
    }

    internal NormLayer Norm(string part, Axis width)
    {
        var layer = new NormLayer(
            Array($"{part}/gain", new Shape(width)), Array($"{part}/offset", new Shape(width)));
        norms.Add(layer);
        return layer;
    }

    /// <summary>Learnt rows, such as embeddings of numbers: [rows, width].</summary>
    internal StateArray Table(string part, Axis rows, Axis width)
    {
        var table = Array(part, new Shape(rows, width));
        tables.Add(table);
        return table;
    }

    /// <summary>Weights and tables N(0, 0.02²), biases 0, gains 1, offsets 0. Layers draw from streams by
    /// number.</summary>
    internal void InitialiseNormal002(RandomRoot random)
    {
        for (var i = 0; i < linear.Count; i++)
        {
            var (weight, bias) = linear[i];
            InitialWeights.Fill(
                weight.Values, bias.Values, weight.Shape[0].Size, random.Stream($"{name}/layer", i),
                Initialisation.Normal002);
        }
        for (var i = 0; i < tables.Count; i++)
            InitialWeights.Normal(tables[i].Values, 0.02, random.Stream($"{name}/table", i));
        foreach (var norm in norms)
        {
            norm.Gain.Values.Fill(1f);
            norm.Offset.Values.Clear();
        }
    }

    private StateArray Array(string part, Shape shape)
    {
        var array = state.GetOrAdd($"{name}/{part}", shape);
        parameters.Add(array);
        return array;
    }
}
