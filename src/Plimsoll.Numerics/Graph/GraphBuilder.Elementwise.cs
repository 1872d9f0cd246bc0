using Plimsoll.Numerics.Graph.Operations;

namespace Plimsoll.Numerics.Graph;

public sealed partial class GraphBuilder
{
    public Node Add(Node x, Node y) => Binary(BinaryKind.Add, x, y);

    public Node Subtract(Node x, Node y) => Binary(BinaryKind.Subtract, x, y);

    /// <summary>x y; where y is a constant it is <see cref="Scale"/>, which has the same bits.</summary>
    public Node Multiply(Node x, Node y) =>
        y.Operation is Operations.Constant factor && x.Shape.Equals(y.Shape)
            ? Scale(x, factor.Value)
            : Binary(BinaryKind.Multiply, x, y);

    public Node Divide(Node x, Node y) => Binary(BinaryKind.Divide, x, y);

    /// <summary>The smaller of both, element by element; at a tie the gradient goes to x alone.</summary>
    public Node Minimum(Node x, Node y) => Binary(BinaryKind.Minimum, x, y);

    /// <summary>The larger of both, element by element; at a tie the gradient goes to x alone.</summary>
    public Node Maximum(Node x, Node y) => Binary(BinaryKind.Maximum, x, y);

    /// <summary>1 where x &gt; y, else 0. Has no gradient.</summary>
    public Node GreaterThan(Node x, Node y) => Binary(BinaryKind.GreaterThan, x, y);

    /// <summary>x where the mask is not 0, else y. No gradient towards the mask.</summary>
    public Node Select(Node mask, Node x, Node y)
    {
        Same("select", mask, x);
        Same("select", x, y);
        return Make(new Select(), [mask, x, y], x.Shape);
    }

    public Node Scale(Node x, float factor) => factor == 1f ? x : Make(new Scale(factor), [x], x.Shape);

    public Node AddConstant(Node x, float term) => term == 0f ? x : Make(new AddConstant(term), [x], x.Shape);

    /// <summary>min(max(x, low), high); the gradient is 1 strictly inside and 0 elsewhere.</summary>
    public Node Clamp(Node x, float low, float high) => Make(new Clamp(low, high), [x], x.Shape);

    public Node Square(Node x) => Unary(UnaryKind.Square, x);

    /// <summary>√x; the gradient at 0 is infinite, or NaN where the upstream gradient is 0.</summary>
    public Node Sqrt(Node x) => Unary(UnaryKind.Sqrt, x);

    /// <summary>|x|; the gradient at 0 is 0.</summary>
    public Node Abs(Node x) => Unary(UnaryKind.Abs, x);

    public Node Exp(Node x) => Unary(UnaryKind.Exp, x);

    /// <summary>Natural logarithm.</summary>
    public Node Log(Node x) => Unary(UnaryKind.Log, x);

    public Node Tanh(Node x) => Unary(UnaryKind.Tanh, x);

    public Node Sigmoid(Node x) => Unary(UnaryKind.Sigmoid, x);

    public Node Softplus(Node x) => Unary(UnaryKind.Softplus, x);

    /// <summary>x tanh(softplus(x)) (Misra 2019).</summary>
    public Node Mish(Node x) => Unary(UnaryKind.Mish, x);

    /// <summary>x Φ(x), Φ the standard normal distribution function (Hendrycks and Gimpel 2016, exact form).</summary>
    public Node Gelu(Node x) => Unary(UnaryKind.Gelu, x);

    /// <summary>x / (1 + e^-x) (Elfwing et al. 2018).</summary>
    public Node Silu(Node x) => Unary(UnaryKind.Silu, x);

    /// <summary>max(x, 0); the gradient at 0 is 0.</summary>
    public Node Relu(Node x) => Unary(UnaryKind.Relu, x);

    public Node Sin(Node x) => Unary(UnaryKind.Sin, x);

    public Node Cos(Node x) => Unary(UnaryKind.Cos, x);

    /// <summary>x times a scalar node.</summary>
    public Node TimesScalar(Node x, Node scalar)
    {
        if (scalar.Shape.Rank != 0) throw new ShapeException($"{scalar} is not a scalar");
        return x.Shape.Rank == 0 ? Multiply(x, scalar) : Make(new TimesScalar(), [x, scalar], x.Shape);
    }

    /// <summary>Each row of x [.., B, K] times the row's entry of c [.., B].</summary>
    public Node TimesColumn(Node x, Node column)
    {
        if (!x.Shape.WithoutLast().Equals(column.Shape))
            throw new ShapeException($"times-column of {x.Shape} and {column.Shape}: the column must have all axes of x but the last");
        return Make(new TimesColumn(), [x, column], x.Shape);
    }

    /// <summary>The same values with no gradient flowing back.</summary>
    public Node Detach(Node x) => Make(new Detach(), [x], x.Shape);

    internal Node Unary(UnaryKind kind, Node x) => Make(new Unary(kind), [x], x.Shape);

    private Node Binary(BinaryKind kind, Node x, Node y)
    {
        Same(kind.ToString().ToLowerInvariant(), x, y);
        return Make(new Binary(kind), [x, y], x.Shape);
    }
}
