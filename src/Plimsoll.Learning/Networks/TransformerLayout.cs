namespace Plimsoll.Learning.Networks;

using NamedShape = (string Name, long[] Shape);

/// <summary>Names and shapes of the arrays of a <see cref="CausalTransformer"/>, in the order of its
/// parameters, without making one: what a file must hold before the sizes that it claims are
/// believed.</summary>
public static class TransformerLayout
{
    /// <summary>One after the other, so that a claim of many blocks ends at the first that is
    /// missing.</summary>
    public static IEnumerable<NamedShape> Of(
        string name, int observationSize, int actionSize, CausalTransformerSizes sizes)
    {
        long w = sizes.Width;
        NamedShape[] before =
        [
            ("embed/time", [(long)sizes.Horizon + sizes.Context, w]), .. Linear("embed/return", 1, w),
            .. Linear("embed/cost", 1, w), .. Linear("embed/observation", observationSize, w),
            .. Linear("embed/action", actionSize, w), .. Norm("first-norm", w),
        ];
        NamedShape[] after =
        [
            .. Norm("last-norm", w), .. Linear("head/action", w, 2L * actionSize),
            .. Linear("head/cost", w, 2), .. Linear("head/observation", w, observationSize),
        ];
        var blocks = Enumerable.Range(0, sizes.Blocks).SelectMany(i => Block($"block/{i}", w));
        return before.Concat(blocks).Concat(after)
            .Select(array => ($"{name}/{array.Name}", array.Shape));
    }

    private static NamedShape[] Block(string block, long w) =>
    [
        .. Norm($"{block}/norm-1", w), .. Linear($"{block}/query", w, w), .. Linear($"{block}/key", w, w),
        .. Linear($"{block}/value", w, w), .. Linear($"{block}/output", w, w), .. Norm($"{block}/norm-2", w),
        .. Linear($"{block}/widen", w, 4 * w), .. Linear($"{block}/narrow", 4 * w, w),
    ];

    private static NamedShape[] Linear(string part, long from, long to) =>
        [($"{part}/weight", [from, to]), ($"{part}/bias", [to])];

    private static NamedShape[] Norm(string part, long width) =>
        [($"{part}/gain", [width]), ($"{part}/offset", [width])];
}
