using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Benchmarks.Kernels;

/// <summary>Attention of the constrained decision transformer's size: 40 tokens, 8 heads of 16. Heads are split
/// over the threads.</summary>
internal static unsafe class AttentionKernels
{
    private const int Sequences = 64;
    private const int Tokens = 40;
    private const int Heads = 8;
    private const int Width = 16;
    private const int Items = Sequences * Heads;
    private const long Floats = (long)Sequences * Tokens * Heads * Width;

    internal static IReadOnlyList<Case> Cases(Memory memory, Crew crew)
    {
        var layout = new AttentionLayout(Tokens, Heads, Width, IsCausal: true, Dropout: null);
        float* q = memory.Random(Floats, 1), k = memory.Random(Floats, 2), v = memory.Random(Floats, 3);
        float* upstream = memory.Random(Floats, 4), o = memory.Zeros(Floats);
        float* dq = memory.Zeros(Floats), dk = memory.Zeros(Floats), dv = memory.Zeros(Floats);
        var scratch = Enumerable.Range(0, crew.Size)
            .Select(_ => (nint)memory.Zeros(layout.ScratchFloats)).ToArray();
        var name = $"{Sequences} x {Tokens} tokens, {Heads} heads of {Width}, causal";
        return
        [
            Split(
                $"attention, {name}", 2, (first, last, space) =>
                    Attention.Forward(o, q, k, v, null, layout, first, last, 0, (float*)space)),
            Split(
                $"its gradient, {name}", 5, (first, last, space) =>
                    Attention.Gradient(
                        dq, dk, dv, upstream, q, k, v, null, layout, first, last, 0, (float*)space)),
        ];

        Case Split(string what, int products, Action<int, int, nint> some) => new(
            what,
            count => crew.Run(part =>
            {
                var (first, last) = (Items * part / crew.Size, Items * (part + 1) / crew.Size);
                for (var i = 0; i < count; i++) some(first, last, scratch[part]);
            }),
            Work(products));
    }

    /// <summary>Of so many products [T, T, width] a head; a causal weight is one of half of them.</summary>
    private static double Work(int products) => 2.0 * products * Items * (Tokens * (Tokens + 1) / 2) * Width;
}
