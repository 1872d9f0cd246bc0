using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Benchmarks.Measuring;

/// <summary>The triad of McCalpin's STREAM, d = x + s y, on arrays beyond the caches: 12 bytes an element.
/// </summary>
internal static unsafe class Bandwidth
{
    private const int Elements = 1 << 24;

    internal static double Measure(Crew crew, Clock clock, int passes)
    {
        using var memory = new Memory();
        float* d = memory.Zeros(Elements), x = memory.Random(Elements, 1), y = memory.Random(Elements, 2);
        var part = (nint)Elements / crew.Size;
        void Triad(int i) => Elementwise.AddScaled(d + i * part, x + i * part, y + i * part, 0.5f, part);
        crew.Run(Triad);
        var rates = new List<double>();
        for (var i = 0; i < passes; i++)
        {
            var start = clock.Seconds;
            crew.Run(Triad);
            rates.Add(12.0 * part * crew.Size / (clock.Seconds - start));
        }
        return Passes.Quantile(rates, 0.5);
    }
}
