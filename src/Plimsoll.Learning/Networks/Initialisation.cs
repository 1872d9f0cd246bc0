using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Networks;

/// <summary>How the weights of a network start.</summary>
public enum Initialisation
{
    /// <summary>Weights and biases U(±1/√fan-in), PyTorch's default.</summary>
    TorchLinear,

    /// <summary>Weights U(±√(6/fan-in)), biases 0 (He et al. 2015).</summary>
    KaimingUniform,

    /// <summary>Orthonormal rows or columns, whichever are fewer, biases 0 (Saxe et al., arXiv
    /// 1312.6120).</summary>
    Orthogonal,

    /// <summary>The same times √2, the gain of ReLU.</summary>
    OrthogonalRelu,

    /// <summary>Weights N(0, 0.02²), biases 0 (GPT; CDT, arXiv 2302.07351).</summary>
    Normal002,
}

internal static class InitialWeights
{
    private const double Sqrt2 = 1.4142135623730951;

    /// <summary>Fills weight [in, out] and bias [out] from step 0 of a stream.</summary>
    internal static unsafe void Fill(
        Span<float> weight, Span<float> bias, int fanIn, StreamAddress stream, Initialisation initialisation)
    {
        switch (initialisation)
        {
            case Initialisation.Orthogonal:
                Orthogonal(weight, fanIn, bias.Length, 1, stream);
                bias.Clear();
                return;
            case Initialisation.OrthogonalRelu:
                Orthogonal(weight, fanIn, bias.Length, Sqrt2, stream);
                bias.Clear();
                return;
            case Initialisation.Normal002:
                Normal(weight, 0.02, stream);
                bias.Clear();
                return;
            default:
                break;
        }
        fixed (float* w = weight, b = bias)
        {
            if (initialisation == Initialisation.KaimingUniform)
                Initialisers.KaimingUniformRelu(w, b, fanIn, bias.Length, stream);
            else
                Initialisers.TorchLinearDefault(w, b, fanIn, bias.Length, stream);
        }
    }

    /// <summary>N(0, deviation²), row by row.</summary>
    internal static void Normal(Span<float> weight, double deviation, StreamAddress stream)
    {
        var draws = new SequentialRandom(stream, 0);
        foreach (ref var w in weight) w = (float)(deviation * draws.NextNormal());
    }

    /// <summary>
    /// Gram-Schmidt on normal draws, in binary64: uniform over the matrices with orthonormal rows (or
    /// columns). Twice over each vector, because once leaves what cancellation lost.
    /// </summary>
    private static void Orthogonal(
        Span<float> weight, int inputs, int outputs, double gain, StreamAddress stream)
    {
        var draws = new SequentialRandom(stream, 0);
        var (vectors, length) = inputs < outputs ? (inputs, outputs) : (outputs, inputs);
        var basis = new double[vectors][];
        for (var i = 0; i < vectors; i++)
        {
            var v = new double[length];
            for (var k = 0; k < length; k++) v[k] = draws.NextNormal();
            for (var pass = 0; pass < 2; pass++)
            {
                for (var j = 0; j < i; j++) Add(v, -Inner(v, basis[j]), basis[j]);
            }
            var scale = 1 / Math.Sqrt(Inner(v, v));
            for (var k = 0; k < length; k++) v[k] *= scale;
            basis[i] = v;
        }
        for (var i = 0; i < inputs; i++)
        {
            for (var o = 0; o < outputs; o++)
                weight[i * outputs + o] = (float)(gain * (inputs < outputs ? basis[i][o] : basis[o][i]));
        }
    }

    private static double Inner(double[] x, double[] y)
    {
        double sum = 0;
        for (var k = 0; k < x.Length; k++) sum += x[k] * y[k];
        return sum;
    }

    private static void Add(double[] x, double factor, double[] y)
    {
        for (var k = 0; k < x.Length; k++) x[k] += factor * y[k];
    }
}
