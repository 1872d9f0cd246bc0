using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Probe;

public static unsafe partial class KernelTable
{
    private static StreamAddress Stream => new(0x0123456789ABCDEF, 7, 3);

    private static List<KernelCase> Optimised()
    {
        var cases = new List<KernelCase>();
        var second = new KernelBuffer(Same, (n, seed) => [.. Samples.Mixed(n, seed).Select(MathF.Abs)], true, true);
        cases.Add(new KernelCase(
            "Optimisers.Adam", [InOut(Same), InOut(Same), second, In(Same)],
            (b, n) => Optimisers.Adam(b[0], b[1], b[2], b[3], n, 3e-4, 0.9, 0.999, 1e-8, 0.1, 0.001, 0.01, 0.5f),
            (b, n) => ReferenceOptimisers.Adam(b[0], b[1], b[2], b[3], n, 3e-4, 0.9, 0.999, 1e-8, 0.1, 0.001,
                0.01, 0.5f)));
        cases.Add(new KernelCase(
            "Optimisers.Sgd", [InOut(Same), In(Same)], (b, n) => Optimisers.Sgd(b[0], b[1], n, 0.1, 0.5f),
            (b, n) => ReferenceOptimisers.Sgd(b[0], b[1], n, 0.1, 0.5f)));
        cases.Add(new KernelCase(
            "Optimisers.Polyak", [InOut(Same), In(Same)], (b, n) => Optimisers.Polyak(b[0], b[1], n, 0.005),
            (b, n) => ReferenceOptimisers.Polyak(b[0], b[1], n, 0.005)));
        return cases;
    }

    private static List<KernelCase> Drawn()
    {
        var cases = new List<KernelCase>();
        foreach (var start in new[] { 0, 37, 1000 })
        {
            var step = 1UL << (start / 25);
            cases.Add(Draw(
                $"Uniform, from {start}", (d, n) => Philox.Uniform(d, start, n, Stream, step),
                e => ReferencePhilox.Uniform(start + e, Stream, step)));
            cases.Add(Draw(
                $"Normal, from {start}", (d, n) => Philox.Normal(d, start, n, Stream, step),
                e => ReferencePhilox.Normal(start + e, Stream, step)));
            cases.Add(Draw(
                $"KeepMask, from {start}", (d, n) => Philox.KeepMask(d, start, n, 0.9f, Stream, step),
                e => ReferencePhilox.KeepMask(start + e, 0.9f, Stream, step)));
            cases.Add(Draw(
                $"Indices, from {start}", (d, n) => Philox.Indices((int*)d, start, n, 1_000_003, Stream, step),
                e => BitConverter.Int32BitsToSingle(ReferencePhilox.Index(start + e, 1_000_003, Stream, step))));
        }
        cases.Add(new KernelCase(
            "Initialisers.TorchLinearDefault", [Out(ThreeRows), Out(Same)],
            (b, n) => Initialisers.TorchLinearDefault(b[0], b[1], Rows, n, Stream),
            (b, n) =>
            {
                var bound = (float)(1.0 / Math.Sqrt(Rows));
                for (var i = 0; i < Rows * n; i++) b[0][i] = Symmetric(i, bound);
                for (var i = 0; i < n; i++) b[1][i] = Symmetric(Rows * n + i, bound);
            }));
        cases.Add(new KernelCase(
            "Initialisers.KaimingUniformRelu", [Out(ThreeRows), Out(Same)],
            (b, n) => Initialisers.KaimingUniformRelu(b[0], b[1], Rows, n, Stream),
            (b, n) =>
            {
                for (var i = 0; i < Rows * n; i++) b[0][i] = Symmetric(i, (float)Math.Sqrt(6.0 / Rows));
                for (var i = 0; i < n; i++) b[1][i] = 0f;
            }));
        cases.Add(new KernelCase(
            "Initialisers.Symmetric", [Out(Same)], (b, n) => Initialisers.Symmetric(b[0], 5, n, 0.25f, Stream),
            (b, n) =>
            {
                for (var i = 0; i < n; i++) b[0][i] = Symmetric(5 + i, 0.25f);
            }));
        return cases;
    }

    private delegate void DrawKernel(float* d, int n);

    private static KernelCase Draw(string name, DrawKernel kernel, Func<int, float> reference) => new(
        $"Philox.{name}", [Out(Same)], (b, n) => kernel(b[0], n),
        (b, n) =>
        {
            for (var i = 0; i < n; i++) b[0][i] = reference(i);
        });

    private static float Symmetric(int element, float bound) =>
        (ReferencePhilox.Uniform(element, Stream, 0) * 2f - 1f) * bound;
}
