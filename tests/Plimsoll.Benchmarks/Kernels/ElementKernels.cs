using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Benchmarks.Kernels;

/// <summary>Kernels whose work grows with the elements, on one thread.</summary>
internal static unsafe class ElementKernels
{
    internal const int Rows = 256;
    internal const int Columns = 256;
    internal const int Elements = Rows * Columns;

    internal static IReadOnlyList<Case> Cases(Memory memory)
    {
        float* x = memory.Random(Elements, 1), y = memory.Random(Elements, 2), z = memory.Random(Elements, 3);
        float* p = memory.Random(Elements, 4), m = memory.Zeros(Elements), v = memory.Zeros(Elements);
        float* d = memory.Zeros(Elements), positive = memory.Zeros(Elements);
        float* mean = memory.Zeros(Rows), deviation = memory.Zeros(Rows);
        Elementwise.Abs(positive, x, Elements);
        Normalisation.LayerNorm(d, mean, deviation, x, y, z, Rows, Columns);
        var table = memory.Zeros(Elements);
        var chosen = (int*)memory.Zeros(Rows);
        var random = new Random(5);
        for (var i = 0; i < Rows; i++) chosen[i] = random.Next(Rows);
        var stream = RandomRoot.Of(0, "benchmark").Stream("draws");
        ulong step = 0;
        return
        [
            Timed("add", () => Elementwise.Add(d, x, y, Elements)),
            Timed("multiply-add", () => Elementwise.MultiplyAdd(d, x, y, z, Elements)),
            Timed("ReLU gradient", () => Elementwise.ReluGradient(d, x, y, Elements)),
            Timed("exp", () => Elementwise.Exp(d, x, Elements)),
            Timed("log", () => Elementwise.Log(d, positive, Elements)),
            Timed("tanh", () => Elementwise.Tanh(d, x, Elements)),
            Timed("sigmoid", () => Elementwise.Sigmoid(d, x, Elements)),
            Timed("softplus", () => Elementwise.Softplus(d, x, Elements)),
            Timed("Mish", () => Elementwise.Mish(d, x, Elements)),
            Timed("Mish gradient", () => Elementwise.MishGradient(d, y, x, Elements)),
            Timed("GELU", () => Elementwise.Gelu(d, x, Elements)),
            Timed("GELU gradient", () => Elementwise.GeluGradient(d, y, x, Elements)),
            Timed("SiLU", () => Elementwise.Silu(d, x, Elements)),
            Timed("sin", () => Elementwise.Sin(d, x, Elements)),
            Timed("cos", () => Elementwise.Cos(d, x, Elements)),
            Timed("Philox uniform", () => Philox.Uniform(d, 0, Elements, stream, step++)),
            Timed("Philox normal", () => Philox.Normal(d, 0, Elements, stream, step++)),
            Timed("Philox dropout mask", () => Philox.KeepMask(d, 0, Elements, 0.9f, stream, step++)),
            Timed(
                "Adam", () => Optimisers.Adam(p, m, v, x, Elements, 1e-4, 0.9, 0.999, 1e-8, 0.5, 0.5, 0, 1f)),
            Timed("Polyak", () => Optimisers.Polyak(p, x, Elements, 0.005)),
            Timed("layer norm", () => Normalisation.LayerNorm(d, mean, deviation, x, y, z, Rows, Columns)),
            Timed(
                "layer norm, input gradient",
                () => Normalisation.LayerNormGradient(d, x, y, mean, deviation, z, Rows, Columns)),
            Timed("softmax", () => SoftmaxRows.Softmax(d, x, Rows, Columns)),
            Timed("softmax gradient", () => SoftmaxRows.SoftmaxGradient(d, y, positive, Rows, Columns)),
            Timed("log-softmax", () => SoftmaxRows.LogSoftmax(d, x, Rows, Columns)),
            Timed("lookup of rows", () => Layout.Gather(d, x, chosen, Rows, Columns, Columns)),
            Timed(
                "lookup gradient", () => Layout.ScatterAdd(table, x, chosen, Rows, Rows, Columns, Columns)),
            Timed("sum", () => Reductions.Sum(x, Elements)),
            Timed("dot", () => Reductions.Dot(x, y, Elements)),
            Timed("sum over rows", () => Reductions.SumRows(d, x, Rows, Columns, false)),
            Timed("sum over columns", () => Reductions.SumColumns(d, x, Rows, Columns)),
        ];
    }

    private static Case Timed(string name, Action once) => new(name, count =>
    {
        for (var i = 0; i < count; i++) once();
    });
}
