using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Sequences;

namespace Plimsoll.Learning.Algorithms;

/// <summary>Of <see cref="ConstrainedDecisionTransformer"/>.</summary>
/// <param name="Width">W of a token, a multiple of the heads.</param>
/// <param name="Blocks">At least 0.</param>
/// <param name="Heads">At least 1.</param>
/// <param name="Context">K, steps of a window.</param>
/// <param name="Dropout">In [0, 1).</param>
/// <param name="Batch">B, windows a step.</param>
/// <param name="LearningRate">Of AdamW after the warm-up, above 0; constant.</param>
/// <param name="WarmUp">Steps over which the rate rises in a line, at least 1.</param>
/// <param name="WeightDecay">AdamW's, at least 0.</param>
/// <param name="Clip">Largest norm of the gradient over all parameters, above 0.</param>
/// <param name="CostWeight">Of the cost class' likelihood, at least 0.</param>
/// <param name="StateWeight">Of the next state's squared error, at least 0.</param>
/// <param name="Temperature">Of the entropy at the first step, above 0.</param>
/// <param name="TemperatureRate">Of Adam on its logarithm, at least 0.</param>
/// <param name="ReturnRange">What the largest return to go in size is as the model sees it, above 0; unused if
/// published.</param>
/// <param name="CostRange">What the largest cost to go is as the model sees it, above 0; unused if
/// published.</param>
/// <param name="Augmentation">Of the data.</param>
/// <param name="Published">Constants of the release where they fit its tasks alone: trajectories drawn by
/// max(70 - C, 0), costs seen as 50 - Ĉ and returns as 0.1 R̂, an entropy target of -A for a mean over
/// components, costs below 1 taken for none.</param>
public sealed record DecisionTransformerSettings(
    int Width, int Blocks, int Heads, int Context, float Dropout, int Batch, double LearningRate, long WarmUp,
    double WeightDecay, double Clip, double CostWeight, double StateWeight, double Temperature,
    double TemperatureRate, double ReturnRange, double CostRange, AugmentationSettings Augmentation, bool Published)
{
    /// <summary>AdamW's.</summary>
    internal const float Beta1 = 0.9f, Beta2 = 0.999f;

    /// <summary>Sizes of the network for episodes of so many steps.</summary>
    public CausalTransformerSizes SizesFor(int horizon) =>
        new(Context, horizon, Width, Blocks, Heads, Dropout);
}
