using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Benchmarks.Measuring;

/// <summary>The triad of McCalpin's STREAM, d = x + s y, on arrays well beyond the caches: twelve bytes an element.</summary>
internal static unsafe class Bandwidth
{
    private const int Elements = 1 << 24;

    internal static double Measure(Crew crew, Clock clock, int passes)
    {
        using var memory = new Memory();
        float* d = memory.Random(Elements, 1), x = memory.Random(Elements, 2), y = memory.Random(Elements, 3);
        var part = (nint)Elements / crew.Size;
        void Triad(int p) => Elementwise.AddScaled(d + p * part, x + p * part, y + p * part, 0.5f, part);
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
