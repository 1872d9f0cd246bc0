using Plimsoll.Numerics.Graph.Operations;

namespace Plimsoll.Numerics.Graph;

public sealed partial class GraphBuilder
{
    /// <summary>The last two axes swapped: [.., R, C] to [.., C, R].</summary>
    public Node Transpose(Node x)
    {
        if (x.Shape.Rank < 2) throw new ShapeException($"{x.Shape} has no two axes to swap");
        return Make(new Transpose(), [x], new Shape([.. x.Shape.Axes.SkipLast(2), x.Shape[^1], x.Shape[^2]]));
    }

    /// <summary>
    /// x y, batched over equal leading axes: x [.., M, K] and y [.., K, N], or y [.., N, K] where
    /// <paramref name="transposeY"/>, to [.., M, N]. M and N need different names (<see cref="Reshape"/> renames).
    /// Sums over K run in the order of <see cref="Kernels.Gemm"/>.
    /// </summary>
    public Node MatMul(Node x, Node y, bool transposeY = false) =>
        Make(new MatMul(false, transposeY), [x, y], Operations.MatMul.Infer(x.Shape, y.Shape, false, transposeY));

    /// <summary>The row [K] added to each row of x [.., K]. Its gradient adds the rows in ascending order.</summary>
    public Node AddRow(Node x, Node row) => Make(new AddRow(), [x, Row("add-row", x, row)], x.Shape);

    /// <summary>Each row of x [.., K] times the row [K], element by element.</summary>
    public Node TimesRow(Node x, Node row) => Make(new TimesRow(), [x, Row("times-row", x, row)], x.Shape);

    private static Node Row(string operation, Node x, Node row)
    {
        if (x.Shape.Rank < 1 || row.Shape.Rank != 1 || row.Shape[0] != x.Shape[^1])
            throw new ShapeException($"{operation} of {x.Shape} and {row.Shape}: the row must have the last axis of x alone");
        return row;
    }
}
