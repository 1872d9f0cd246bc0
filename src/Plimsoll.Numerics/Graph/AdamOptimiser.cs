using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.State;

namespace Plimsoll.Numerics.Graph;

/// <summary>
/// Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019) in PyTorch's form: with weight decay w,
/// p &lt;- p (1 - lr w) first; then p &lt;- p - lr m̂ / (sqrt(v̂) + eps). Moments and the count of updates live in
/// the state, so that a saved state resumes exactly.
/// </summary>
public sealed class AdamOptimiser
{
    private double power1 = 1;
    private double power2 = 1;
    private long powersOf;

    /// <param name="state">Where moments and counter live, under <paramref name="name"/>.</param>
    /// <param name="name">Unique name of this optimiser within the state.</param>
    /// <param name="parameters">What it updates.</param>
    /// <param name="weightDecay">Decoupled decay per unit learning rate; 0 is Adam.</param>
    public AdamOptimiser(
        TrainingState state, string name, IReadOnlyList<StateArray> parameters, float weightDecay = 0f,
        float beta1 = 0.9f, float beta2 = 0.999f, float epsilon = 1e-8f)
    {
        Parameters = parameters;
        FirstMoments = [.. parameters.Select(p => state.GetOrAdd($"{name}/m/{p.Name}", p.Shape))];
        SecondMoments = [.. parameters.Select(p => state.GetOrAdd($"{name}/v/{p.Name}", p.Shape))];
        Updates = state.Counter($"{name}/updates");
        (WeightDecay, Beta1, Beta2, Epsilon) = (weightDecay, beta1, beta2, epsilon);
    }

    public IReadOnlyList<StateArray> Parameters { get; }

    public IReadOnlyList<StateArray> FirstMoments { get; }

    public IReadOnlyList<StateArray> SecondMoments { get; }

    public Counter Updates { get; }

    public float WeightDecay { get; }

    public float Beta1 { get; }

    public float Beta2 { get; }

    public float Epsilon { get; }

    internal void Check(Node[] gradients)
    {
        if (gradients.Length != Parameters.Count)
            throw new ShapeException($"{gradients.Length} gradients for {Parameters.Count} parameters");
        for (var i = 0; i < gradients.Length; i++)
        {
            if (!gradients[i].Shape.Equals(Parameters[i].Shape))
                throw new ShapeException(
                    $"gradient {gradients[i].Shape} does not fit {Parameters[i].Name} {Parameters[i].Shape}");
        }
    }

    /// <summary>Counts one more update, k, and forms beta^k. Powers are products in ascending order, so a resumed run
    /// gets the same bits as an uninterrupted one. For one thread: the parts of the step come after it.</summary>
    internal void Advance()
    {
        Updates.Value++;
        if (powersOf > Updates.Value) (power1, power2, powersOf) = (1, 1, 0);
        for (; powersOf < Updates.Value; powersOf++)
        {
            power1 *= Beta1;
            power2 *= Beta2;
        }
    }

    /// <summary>The factors of the update that <see cref="Advance"/> has counted.</summary>
    internal AdamFactors Factors(float learningRate, float gradientScale) => new(
        learningRate, Beta1, Beta2, Epsilon, (float)(1 - power1), (float)(1 - power2), WeightDecay, gradientScale);
}
