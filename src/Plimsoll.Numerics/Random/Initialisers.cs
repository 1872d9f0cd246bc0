using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Numerics.Random;

/// <summary>Initial weights of linear layers, W [in, out] and b [out], drawn from step 0 of a stream.</summary>
public static unsafe class Initialisers
{
    /// <summary>
    /// The default of torch.nn.Linear: W and b uniform on (-1/sqrt(in), 1/sqrt(in)). W takes elements 0 to
    /// in * out - 1 of the draw (in this layout, row by row), b the next out; b may be null.
    /// </summary>
    public static void TorchLinearDefault(float* w, float* b, int inputs, int outputs, StreamAddress stream)
    {
        float bound = (float)(1.0 / Math.Sqrt(inputs));
        nint weights = (nint)inputs * outputs;
        Symmetric(w, 0, weights, bound, stream);
        if (b != null)
        {
            Symmetric(b, weights, outputs, bound, stream);
        }
    }

    /// <summary>
    /// He et al. 2015 for ReLU: W uniform on (-sqrt(6/in), sqrt(6/in)), b zero; b may be null.
    /// </summary>
    public static void KaimingUniformRelu(float* w, float* b, int inputs, int outputs, StreamAddress stream)
    {
        Symmetric(w, 0, (nint)inputs * outputs, (float)Math.Sqrt(6.0 / inputs), stream);
        if (b != null)
        {
            Elementwise.Fill(b, 0f, outputs);
        }
    }

    /// <summary>Uniform on (-bound, bound): (2u - 1) bound for elements start to start + n - 1 of the draw.</summary>
    public static void Symmetric(float* d, nint start, nint n, float bound, StreamAddress stream)
    {
        Philox.Uniform(d, start, n, stream, 0);
        // 2u - 1 is exact, so one rounding remains.
        Elementwise.Scale(d, d, 2f, n);
        Elementwise.AddConstant(d, d, -1f, n);
        Elementwise.Scale(d, d, bound, n);
    }
}
