using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>act(x W + b), for one network or for an ensemble E of networks, with bias and ReLU in the
/// product's own store.</summary>
internal sealed record Linear(Activation Activation) : Operation
{
    public override string Name => Activation == Activation.None ? "linear" : "linear + relu";

    internal static Shape Infer(Shape x, Shape weight, Shape? bias)
    {
        ShapeException Misfit(string why) =>
            new($"linear of x {x}, weight {weight}{(bias is null ? "" : $", bias {bias}")}: {why}");
        if (weight.Rank is not (2 or 3)) throw Misfit("a weight is [I, O] or [E, I, O]");
        var ensemble = weight.Rank == 3;
        if (x.Rank != 2 && !(ensemble && x.Rank == 3)) throw Misfit("x is [B, I], or [E, B, I] with member weights");
        if (x[^1] != weight[^2]) throw Misfit($"the last axis of x is {x[^1]}, the weight takes {weight[^2]}");
        if (x.Rank == 3 && x[0] != weight[0]) throw Misfit("the ensemble axes differ");
        if (bias is not null && !bias.Equals(ensemble ? new Shape(weight[0], weight[^1]) : new Shape(weight[^1])))
            throw Misfit("a bias is [O], or [E, O] with member weights");
        return ensemble ? new Shape(weight[0], x[^2], weight[^1]) : new Shape(x[0], weight[^1]);
    }

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var g = pass.Graph;
        var (x, weight) = (node.Inputs[0], node.Inputs[1]);
        var d = Activation == Activation.Relu ? Unary.Slope(g, SlopeKind.Relu, upstream, node) : upstream;
        if (pass.Needs(x)) pass.Accumulate(x, g.Make(new LinearInputGradient(x.Shape), [d, weight], x.Shape));
        if (pass.Needs(weight))
            pass.Accumulate(weight, g.Make(new LinearWeightGradient(weight.Shape), [x, d], weight.Shape));
        if (node.Inputs.Count > 2 && pass.Needs(node.Inputs[2]))
        {
            var bias = node.Inputs[2];
            pass.Accumulate(bias, g.Make(new SumRows(bias.Shape.Rank == 2), [d], bias.Shape));
        }
    }

    internal override long FloatingPointOperations(Node node) =>
        2L * node.Shape.Count * node.Inputs[1].Shape[^2].Size;

    internal override long ScratchFloats(Node node) =>
        Gemm.ScratchFloats(node.Shape.Columns, node.Inputs[1].Shape[^2].Size);

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var x = buffers.Of(node.Inputs[0]);
        var w = buffers.Of(node.Inputs[1]);
        var b = node.Inputs.Count > 2 ? buffers.Of(node.Inputs[2]) : null;
        var y = buffers.Of(node);
        var (m, n, k) = (node.Shape[^2].Size, node.Shape.Columns, node.Inputs[1].Shape[^2].Size);
        return new MemberProducts
        {
            A = x,
            B = w,
            C = y,
            Bias = b,
            Strides = (node.Inputs[0].Shape.Rank == 3 ? (nint)m * k : 0, (nint)k * n, (nint)m * n),
            M = m,
            N = n,
            K = k,
            Members = node.Shape.Rank == 3 ? node.Shape[0].Size : 1,
            Activation = Activation,
            Scratch = buffers.Scratch,
        }.Run;
    }
}

/// <summary>dx = dy Wᵀ; summed over members in ascending order where x was shared. Masked: 0 where the third input,
/// the ReLU's output that x was, is not above 0.</summary>
internal sealed record LinearInputGradient(Shape To, bool IsMasked = false) : Operation
{
    public override string Name => IsMasked ? "linear, input gradient + relu gradient" : "linear, input gradient";

    internal override void Backward(Backpropagation pass, Node node, Node upstream) => pass.RefuseSecondOrder(node);

    internal override long FloatingPointOperations(Node node) =>
        2L * node.Inputs[0].Shape.Count * To.Columns;

    internal override long ScratchFloats(Node node) => Gemm.ScratchFloats(To.Columns, node.Inputs[0].Shape.Columns);

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var d = buffers.Of(node.Inputs[0]);
        var w = buffers.Of(node.Inputs[1]);
        var y = buffers.Of(node);
        var upstream = node.Inputs[0].Shape;
        var (m, n, k) = (upstream[^2].Size, To.Columns, upstream.Columns);
        return new MemberProducts
        {
            A = d,
            B = w,
            C = y,
            Strides = ((nint)m * k, (nint)n * k, To.Rank == 2 ? 0 : (nint)m * n),
            Mask = IsMasked ? buffers.Of(node.Inputs[2]) : null,
            TransB = true,
            M = m,
            N = n,
            K = k,
            Members = upstream.Rank == 3 ? upstream[0].Size : 1,
            Scratch = buffers.Scratch,
        }.Run;
    }
}

/// <summary>dW = xᵀ dy, each element one chain over the batch.</summary>
internal sealed record LinearWeightGradient(Shape To) : Operation
{
    public override string Name => "linear, weight gradient";

    internal override void Backward(Backpropagation pass, Node node, Node upstream) =>
        pass.RefuseSecondOrder(node);

    internal override long FloatingPointOperations(Node node) =>
        2L * node.Inputs[1].Shape.Count * To[^2].Size;

    internal override long ScratchFloats(Node node) => Gemm.ScratchFloats(To.Columns, node.Inputs[1].Shape[^2].Size);

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var x = buffers.Of(node.Inputs[0]);
        var d = buffers.Of(node.Inputs[1]);
        var y = buffers.Of(node);
        var (m, n, k) = (To[^2].Size, To.Columns, node.Inputs[1].Shape[^2].Size);
        return new MemberProducts
        {
            A = x,
            B = d,
            C = y,
            Strides = (node.Inputs[0].Shape.Rank == 3 ? (nint)k * m : 0, (nint)k * n, (nint)m * n),
            TransA = true,
            M = m,
            N = n,
            K = k,
            Members = To.Rank == 3 ? To[0].Size : 1,
            Scratch = buffers.Scratch,
        }.Run;
    }
}
