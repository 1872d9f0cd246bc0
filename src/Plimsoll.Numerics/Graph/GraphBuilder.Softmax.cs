using Plimsoll.Numerics.Graph.Operations;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Graph;

public sealed partial class GraphBuilder
{
    /// <summary>exp(x) / Σ exp(x) over the last axis, the maximum subtracted first: [.., K] to [.., K]. A row with NaN,
    /// with +infinity or with -infinity alone is NaN.</summary>
    public Node Softmax(Node x) => Make(new Softmax(), [Rowed("softmax", x)], x.Shape);

    /// <summary>x - ln Σ exp(x) over the last axis: [.., K] to [.., K]. NaN where softmax is.</summary>
    public Node LogSoftmax(Node x) => Make(new LogSoftmax(), [Rowed("log softmax", x)], x.Shape);

    /// <summary>ln Σ exp(x) over the last axis: [.., K] to [..]. Its gradient is the softmax.</summary>
    public Node LogSumExpLast(Node x) =>
        Make(new LogSumExpLast(), [Rowed("log-sum-exp", x)], x.Shape.WithoutLast());

    /// <summary>ln Σ exp(x) over all elements, a scalar.</summary>
    public Node LogSumExp(Node x) => x.Shape.Rank == 0 ? x : LogSumExpLast(Flat(x));

    /// <summary>ln of the mean of exp(x) over the last axis: [.., K] to [..].</summary>
    public Node LogMeanExpLast(Node x) => LogSumExpLast(x) - Scalar.Log(x.Shape.Columns);

    /// <summary>ln of the mean of exp(x) over all elements, a scalar.</summary>
    public Node LogMeanExp(Node x) => LogSumExp(x) - Scalar.Log(x.Shape.Count);

    /// <summary>Largest of the last axis: [.., K] to [..]; NaN where any is. The gradient goes to the first that
    /// is largest.</summary>
    public Node MaxLast(Node x) => Make(new ExtremeLast(true), [Rowed("maximum", x)], x.Shape.WithoutLast());

    /// <summary>Smallest of the last axis: [.., K] to [..]; NaN where any is. The gradient goes to the first that
    /// is smallest.</summary>
    public Node MinLast(Node x) => Make(new ExtremeLast(false), [Rowed("minimum", x)], x.Shape.WithoutLast());

    /// <summary>
    /// The quantile of all elements, a scalar: with h = q (n - 1), the sorted elements x_0 &lt;= x_1 &lt;= .. and
    /// w = h - ⌊h⌋, x_⌊h⌋ + w (x_⌊h⌋+1 - x_⌊h⌋) (type 7 of Hyndman and Fan 1996, as NumPy and PyTorch).
    /// NaN where any element is. Has no gradient.
    /// </summary>
    /// <param name="q">In [0, 1]; 0.5 is the median.</param>
    /// <exception cref="ArgumentOutOfRangeException">q lies outside.</exception>
    public Node Quantile(Node x, double q)
    {
        if (!(q is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(q), q, "a quantile lies in [0, 1]");
        return Make(new Quantile(q), [x], Shape.Scalar);
    }

    private Node Flat(Node x) => Reshape(x, new Shape(new Axis("flat", x.Shape.Count)));

    private static Node Rowed(string operation, Node x) =>
        x.Shape.Rank > 0 ? x : throw new ShapeException($"{operation} of a scalar: it runs over an axis");
}
