using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Benchmarks.Measuring;

/// <summary>The triad of McCalpin's STREAM, d = x + s y, on arrays beyond the caches: 12 bytes an element.
/// </summary>
internal static unsafe class Bandwidth
{
    private const int Elements = 1 << 24;

    /// <param name="elements">Of each array; without it, far beyond the caches.</param>
    internal static double Measure(Crew crew, Clock clock, int passes, long elements = Elements)
    {
        using var memory = new Memory();
        float* d = memory.Zeros(elements), x = memory.Random(elements, 1), y = memory.Random(elements, 2);
        var part = (nint)elements / crew.Size;
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
