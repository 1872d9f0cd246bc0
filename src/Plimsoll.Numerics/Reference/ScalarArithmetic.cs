namespace Plimsoll.Numerics.Reference;

// The plain operations and the gradients, one value at a time.
public static partial class Scalar
{
    /// <summary>The smaller of two; NaN where either is NaN; x where they are equal (so for -0 and +0 too).</summary>
    public static float Minimum(float x, float y) => x <= y || float.IsNaN(x) ? x : y;

    /// <summary>The larger of two; NaN where either is NaN; x where they are equal (so for -0 and +0 too).</summary>
    public static float Maximum(float x, float y) => x >= y || float.IsNaN(x) ? x : y;

    /// <summary>x held within [low, high]; NaN stays.</summary>
    public static float Clamp(float x, float low, float high)
    {
        x = low > x ? low : x;
        return high < x ? high : x;
    }

    /// <summary>max(x, 0); NaN and -0 stay.</summary>
    public static float Relu(float x) => 0f > x ? 0f : x;

    /// <summary>The gradient through ReLU: dy where its output y is above 0, else +0.</summary>
    public static float ReluGradient(float dy, float y) => y > 0f ? dy : 0f;

    /// <summary>The gradient through tanh: dy (1 - y^2), the bracket by fused multiply-add.</summary>
    public static float TanhGradient(float dy, float y) => dy * Fma(-y, y, 1f);

    /// <summary>The gradient through the logistic function: dy (y - y^2), the bracket by fused multiply-add.</summary>
    public static float SigmoidGradient(float dy, float y) => dy * Fma(-y, y, y);

    /// <summary>The gradient through softplus: dy sigmoid(x).</summary>
    public static float SoftplusGradient(float dy, float x) => dy * Sigmoid(x);

    /// <summary>The gradient through Mish: dy Mish'(x).</summary>
    public static float MishGradient(float dy, float x) => dy * MishDerivative(x);

    /// <summary>1 where x &gt; y, else 0 (so for NaN too).</summary>
    public static float GreaterThan(float x, float y) => x > y ? 1f : 0f;

    /// <summary>x where mask is not 0 (NaN counts as not 0), else y.</summary>
    public static float Select(float mask, float x, float y) => mask != 0f ? x : y;
}
