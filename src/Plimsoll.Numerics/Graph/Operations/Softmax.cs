using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Numerics.Graph.Operations;

internal sealed record Softmax : Rowwise
{
    public override string Name => "softmax";

    private protected override long Cost => 16;

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var x = node.Inputs[0];
        if (pass.Needs(x)) pass.Accumulate(x, pass.Graph.Make(new SoftmaxGradient(), [upstream, node], x.Shape));
    }

    private protected override unsafe void Apply(float* output, float* x, float* y, float* z, int rows, int columns) =>
        SoftmaxRows.Softmax(output, x, rows, columns);
}

/// <summary>dx from (dy, y).</summary>
internal sealed record SoftmaxGradient : Rowwise
{
    public override string Name => "softmax gradient";

    private protected override long Cost => 4;

    internal override void Backward(Backpropagation pass, Node node, Node upstream) => pass.RefuseSecondOrder(node);

    private protected override unsafe void Apply(float* output, float* x, float* y, float* z, int rows, int columns) =>
        SoftmaxRows.SoftmaxGradient(output, x, y, rows, columns);
}

internal sealed record LogSoftmax : Rowwise
{
    public override string Name => "log softmax";

    private protected override long Cost => 16;

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var x = node.Inputs[0];
        if (pass.Needs(x)) pass.Accumulate(x, pass.Graph.Make(new LogSoftmaxGradient(), [upstream, node], x.Shape));
    }

    private protected override unsafe void Apply(float* output, float* x, float* y, float* z, int rows, int columns) =>
        SoftmaxRows.LogSoftmax(output, x, rows, columns);
}

/// <summary>dx from (dy, y).</summary>
internal sealed record LogSoftmaxGradient : Rowwise
{
    public override string Name => "log softmax gradient";

    private protected override long Cost => 16;

    internal override void Backward(Backpropagation pass, Node node, Node upstream) => pass.RefuseSecondOrder(node);

    private protected override unsafe void Apply(float* output, float* x, float* y, float* z, int rows, int columns) =>
        SoftmaxRows.LogSoftmaxGradient(output, x, y, rows, columns);
}

internal sealed record LogSumExpLast : Rowwise
{
    public override string Name => "log-sum-exp";

    private protected override long Cost => 16;

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var x = node.Inputs[0];
        if (pass.Needs(x)) pass.Accumulate(x, pass.Graph.Make(new LogSumExpGradient(), [upstream, x, node], x.Shape));
    }

    private protected override unsafe void Apply(float* output, float* x, float* y, float* z, int rows, int columns) =>
        SoftmaxRows.LogSumExp(output, x, rows, columns);
}

/// <summary>dx from (dy, x, y).</summary>
internal sealed record LogSumExpGradient : Rowwise
{
    public override string Name => "log-sum-exp gradient";

    private protected override long Cost => 16;

    internal override void Backward(Backpropagation pass, Node node, Node upstream) => pass.RefuseSecondOrder(node);

    private protected override unsafe void Apply(float* output, float* x, float* y, float* z, int rows, int columns) =>
        SoftmaxRows.LogSumExpGradient(output, x, y, z, rows, columns);
}
