using NUnit.Framework;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Tests.Laws;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Tests.Kernels;

namespace Plimsoll.Learning.Tests.Networks;

public sealed class MlpTests
{
    private static readonly Axis In = new("I", 3);
    private static readonly Axis Out = new("O", 2);

    [Test]
    public void Every_form_is_that_of_binary64(
        [Values] Nonlinearity hidden, [Values(Nonlinearity.None, Nonlinearity.Tanh)] Nonlinearity output,
        [Values] bool norm)
    {
        using var c = new Calculation();
        var network = Mlp.Create(
            c.State, "net", In, [5, 4], Out, null, RandomRoot.Of(1, "test"), form: new(hidden, output, norm));
        double[] x = [0.3, -1.2, 0.8];
        var y = c.Value(network.Forward(c.Graph, c.Given(x, new Axis("B", 1), In)));
        foreach (var (l, last) in new[] { (0, false), (1, false), (2, true) })
        {
            x = Linear(c, l, x);
            if (norm && !last) x = Normalised(x);
            x = [.. x.Select(v => Apply(last ? output : hidden, v))];
        }
        Assert.That(y.Select(v => (double)v), Is.EqualTo(x).Within(2e-6));
    }

    [Test]
    public void Dropout_acts_in_training_alone_and_keeps_the_mean()
    {
        using var c = new Calculation();
        var form = new MlpForm(Dropout: 0.25f);
        var network = Mlp.Create(c.State, "net", In, [64], Out, null, RandomRoot.Of(1, "test"), form: form);
        var x = c.Given(
            [.. Enumerable.Repeat(new[] { 0.3, -1.2, 0.8 }, 2000).SelectMany(v => v)], new Axis("B", 2000),
            In);
        var calm = c.Value(network.Forward(c.Graph, x));
        var dropped = c.Value(
            network.Forward(c.Graph, x, new DropoutStreams(RandomRoot.Of(2, "test"), "mask")));
        Assert.That(calm[2..], Is.EqualTo(calm[..^2]), "every row alike");
        Assert.That(dropped.Distinct().Count(), Is.GreaterThan(1000));
        var deviation = Math.Sqrt(
            dropped.Where((_, i) => i % 2 == 0).Average(v => (v - calm[0]) * (v - calm[0])));
        Assert.That(
            dropped.Where((_, i) => i % 2 == 0).Average(),
            Is.EqualTo(calm[0]).Within(4 * deviation / Math.Sqrt(2000)));
    }

    [Test]
    public void A_copy_has_the_form_and_the_weights()
    {
        using var c = new Calculation();
        var network = Mlp.Create(
            c.State, "net", In, [5], Out, null, RandomRoot.Of(1, "test"),
            form: new(Nonlinearity.Mish, Nonlinearity.Tanh, true));
        var copy = network.Copy(c.State, "copy");
        var x = c.Given([0.3, -1.2, 0.8], new Axis("B", 1), In);
        Assert.That(copy.Parameters, Has.Count.EqualTo(6));
        Assert.That(c.Value(copy.Forward(c.Graph, x)), Is.EqualTo(c.Value(network.Forward(c.Graph, x))));
    }

    [Test]
    public void Plain_networks_keep_the_names_of_their_arrays()
    {
        using var c = new Calculation();
        var network = Mlp.Declare(c.State, "net", In, [5], Out, new Axis("E", 2));
        Assert.That(
            network.Parameters.Select(p => $"{p.Name} {p.Shape}"),
            Is.EqualTo(new[]
            {
                "net/0/weight [E=2, I=3, H1=5]", "net/0/bias [E=2, H1=5]", "net/1/weight [E=2, H1=5, O=2]",
                "net/1/bias [E=2, O=2]",
            }));
    }

    [Test]
    public void An_ensemble_with_layer_norm_and_a_certain_dropout_are_refused()
    {
        using var c = new Calculation();
        Assert.Throws<ArgumentException>(
            () => Mlp.Declare(c.State, "net", In, [5], Out, new Axis("E", 2), new MlpForm(LayerNorm: true)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MlpForm(Dropout: 1f));
    }

    [Test]
    public void Orthogonal_weights_are(
        [Values(3, 8, 20)] int inputs, [Values(3, 8, 20)] int outputs, [Values] bool forRelu)
    {
        using var c = new Calculation();
        var network = Mlp.Create(
            c.State, "net", new Axis("I", inputs), [], new Axis("O", outputs), null, RandomRoot.Of(1, "test"),
            forRelu ? Initialisation.OrthogonalRelu : Initialisation.Orthogonal);
        var w = network.Parameters[0].Values.ToArray();
        var few = Math.Min(inputs, outputs);
        for (var i = 0; i < few; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var product = inputs < outputs
                    ? Enumerable.Range(0, outputs).Sum(k => (double)w[i * outputs + k] * w[j * outputs + k])
                    : Enumerable.Range(0, inputs).Sum(k => (double)w[k * outputs + i] * w[k * outputs + j]);
                Assert.That(product, Is.EqualTo(i != j ? 0 : forRelu ? 2 : 1).Within(1e-6));
            }
        }
        Assert.That(network.Parameters[1].Values.ToArray(), Is.All.EqualTo(0f));
    }

    [Test]
    public void Small_normal_weights_have_their_deviation()
    {
        using var c = new Calculation();
        var network = Mlp.Create(
            c.State, "net", new Axis("I", 200), [], new Axis("O", 300), null, RandomRoot.Of(1, "test"),
            Initialisation.Normal002);
        var w = network.Parameters[0].Values.ToArray();
        Assert.That(w.Average(v => (double)v), Is.EqualTo(0).Within(4 * 0.02 / Math.Sqrt(w.Length)));
        Assert.That(
            Math.Sqrt(w.Average(v => (double)v * v)),
            Is.EqualTo(0.02).Within(4 * 0.02 / Math.Sqrt(2 * w.Length)));
    }

    [Law]
    public bool Wave_features_are_those_of_binary64(Fraction time)
    {
        using var c = new Calculation();
        var t = Math.Round(time.Value * 1000);
        var frequencies = TimeFeatures.SinusoidalFrequencies(c.State, "f", 8);
        var values = c.Value(TimeFeatures.Sinusoidal(c.Graph, c.Batch(t), c.Graph.Read(frequencies)));
        return Enumerable.Range(0, 8).All(k =>
        {
            var angle = t * Math.Pow(10_000, -k / 7.0);
            // The angle is rounded once: half an ulp of up to 1000.
            return Math.Abs(values[k] - Math.Sin(angle)) <= 1.3e-4
                && Math.Abs(values[8 + k] - Math.Cos(angle)) <= 1.3e-4;
        });
    }

    [Test]
    public void An_odd_embedding_is_refused()
    {
        using var c = new Calculation();
        Assert.Throws<ArgumentOutOfRangeException>(() => SinusoidalEmbedding.Declare(c.State, "time", 15));
    }

    private static double[] Linear(Calculation c, int layer, double[] x)
    {
        var (w, b) = (
            c.State[$"net/{layer}/weight"].Values.ToArray(), c.State[$"net/{layer}/bias"].Values.ToArray());
        return [.. b.Select((bias, o) => bias + x.Select((v, i) => v * w[i * b.Length + o]).Sum())];
    }

    private static double[] Normalised(double[] x)
    {
        var mean = x.Average();
        var deviation = Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + 1e-5);
        return [.. x.Select(v => (v - mean) / deviation)];
    }

    private static double Apply(Nonlinearity f, double x) => f switch
    {
        Nonlinearity.Relu => Math.Max(x, 0),
        Nonlinearity.Tanh => Math.Tanh(x),
        Nonlinearity.Softplus => Math.Log(1 + Math.Exp(x)),
        Nonlinearity.Mish => x * Math.Tanh(Math.Log(1 + Math.Exp(x))),
        Nonlinearity.Gelu => x * NormalDistribution.Below(x),
        _ => x,
    };
}
