using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>The largest or the smallest element of each row.</summary>
internal sealed record ExtremeLast(bool IsLargest) : Rowwise
{
    public override string Name => IsLargest ? "maximum over the last axis" : "minimum over the last axis";

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var x = node.Inputs[0];
        if (pass.Needs(x)) pass.Accumulate(x, pass.Graph.Make(new ExtremeGradient(), [upstream, x, node], x.Shape));
    }

    private protected override unsafe void Apply(float* output, float* x, float* y, float* z, int rows, int columns)
    {
        for (var r = 0; r < rows; r++, x += columns)
            output[r] = IsLargest ? Extremes.Maximum(x, columns) : Extremes.Minimum(x, columns);
    }
}

/// <summary>From (dy, x, y): dy at the first place of x that holds y, 0 elsewhere.</summary>
internal sealed record ExtremeGradient : Rowwise
{
    public override string Name => "extreme gradient";

    internal override void Backward(Backpropagation pass, Node node, Node upstream) => pass.RefuseSecondOrder(node);

    private protected override unsafe void Apply(float* output, float* x, float* y, float* z, int rows, int columns)
    {
        Elementwise.Fill(output, 0f, (nint)rows * columns);
        for (var r = 0; r < rows; r++, output += columns, y += columns) output[Extremes.Place(y, columns, z[r])] = x[r];
    }
}
