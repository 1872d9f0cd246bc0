using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>Batched product of two arrays that the program computes, each as it is or transposed.</summary>
internal sealed record MatMul(bool TransX, bool TransY) : Operation
{
    public override string Name => $"matmul{(TransX ? ", x transposed" : "")}{(TransY ? ", y transposed" : "")}";

    internal static Shape Infer(Shape x, Shape y, bool transX, bool transY)
    {
        ShapeException Misfit(string why) =>
            new($"matmul of {x}{(transX ? " transposed" : "")} and {y}{(transY ? " transposed" : "")}: {why}");
        if (x.Rank < 2 || x.Rank != y.Rank) throw Misfit("both are [.., rows, columns] with the same leading axes");
        for (var i = 0; i < x.Rank - 2; i++)
        {
            if (x[i] != y[i]) throw Misfit($"the leading axes {x[i]} and {y[i]} differ");
        }
        var (rows, left) = transX ? (x[^1], x[^2]) : (x[^2], x[^1]);
        var (right, columns) = transY ? (y[^1], y[^2]) : (y[^2], y[^1]);
        if (left != right) throw Misfit($"x is summed over {left}, y over {right}");
        return new Shape([.. x.Axes.Take(x.Rank - 2), rows, columns]);
    }

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var (x, y) = (node.Inputs[0], node.Inputs[1]);
        if (pass.Needs(x))
            pass.Accumulate(x, TransX ? Product(y, upstream, TransY, true) : Product(upstream, y, false, !TransY));
        if (pass.Needs(y))
            pass.Accumulate(y, TransY ? Product(upstream, x, true, TransX) : Product(x, upstream, !TransX, false));

        Node Product(Node a, Node b, bool transA, bool transB) =>
            pass.Graph.Make(new MatMul(transA, transB), [a, b], Infer(a.Shape, b.Shape, transA, transB));
    }

    internal override long FloatingPointOperations(Node node) => 2L * node.Shape.Count * Depth(node);

    internal override long ScratchFloats(Node node) => Gemm.ScratchFloats(node.Shape.Columns, Depth(node));

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var z = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var y = buffers.Of(node.Inputs[1]);
        var scratch = buffers.Scratch;
        var (m, n, k) = (node.Shape[^2].Size, node.Shape.Columns, Depth(node));
        var batch = node.Shape.Count / m / n;
        var few = new MemberProducts
        {
            A = x,
            B = y,
            C = z,
            Strides = ((nint)m * k, (nint)k * n, (nint)m * n),
            TransA = TransX,
            TransB = TransY,
            M = m,
            N = n,
            K = k,
            Members = batch,
            Scratch = scratch,
        };
        return (part, parts) =>
        {
            // Many products are shared out whole, a few by their rows or columns.
            if (batch < 2 * parts)
            {
                few.Run(part, parts);
                return;
            }
            var (first, last) = Split.Rows(batch, m * n, part, parts);
            for (var i = first; i < last; i++)
            {
                Gemm.Multiply(
                    x + (nint)i * m * k, TransX ? m : k, TransX, y + (nint)i * k * n, TransY ? k : n, TransY,
                    z + (nint)i * m * n, n, m, n, k, false, null, Activation.None, 0, m, scratch.Of(part));
            }
        };
    }

    private int Depth(Node node) => node.Inputs[0].Shape[TransX ? ^2 : ^1].Size;
}
