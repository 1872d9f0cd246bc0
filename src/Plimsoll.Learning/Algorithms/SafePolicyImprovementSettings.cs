using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Schedules;
using Plimsoll.Learning.Training;

namespace Plimsoll.Learning.Algorithms;

/// <param name="Hidden">Widths of the hidden layers of the noise network and of every critic, each at least 1.</param>
/// <param name="Schedule">T and how the noise grows.</param>
/// <param name="Weights">η, μ, φ.</param>
/// <param name="Steps">Gradient steps; the learning rate's schedule runs over them.</param>
/// <param name="Batch">B, transitions a step.</param>
/// <param name="LearningRate">Of Adam, for all networks.</param>
/// <param name="Discount">γ in [0, 1), of both critics.</param>
/// <param name="Polyak">Target rate of the critics in (0, 1].</param>
/// <param name="GradientLimit">Largest norm of the gradient of the noise network and of each twin critic, above 0.
/// </param>
/// <param name="Average">How the sampled copy of the noise network follows it.</param>
/// <param name="ClampsSafety">Whether targets of the safety's value are held within [0, 1/(1 - γ)], where the values
/// of a signal in [0, 1] lie.</param>
/// <param name="BackupSamples">M, at least 1: next actions a next state; values are the largest over them.</param>
public sealed record SafePolicyImprovementSettings(
    IReadOnlyList<int> Hidden, DdpmSchedule Schedule, ImprovementWeights Weights, long Steps, int Batch,
    Schedule LearningRate, double Discount, double Polyak, double GradientLimit, ExponentialAverage Average,
    bool ClampsSafety = true, int BackupSamples = 1)
{
    /// <summary>Diffusion-QL's running average: 0.995 from step 1000, every 5.</summary>
    public static ExponentialAverage UsualAverage { get; } = new(0.995, 1000, 5);

    /// <summary>Numbers of 32 bits that a step may hold: 16 GiB.</summary>
    public const double MostNumbers = 1L << 32;

    /// <summary>Kept of a unit of a hidden layer for the gradient, as long as the step lasts.</summary>
    private const double Kept = 4;

    /// <summary>
    /// Numbers that a step holds, an estimate from above: the gradient runs back through T passes of the noise
    /// network, so that their layers count T B Σ widths; the rest is the values' networks at M next actions, random
    /// numbers, and parameters with their copies and moments.
    /// </summary>
    public double Numbers(int observationSize, int actionSize)
    {
        double[] widths = [1.0 * observationSize + actionSize + NoiseNetwork.EmbeddingWidth, .. Hidden, actionSize];
        var units = widths.Sum();
        var weights = widths.Zip(widths.Skip(1), (from, to) => from * to).Sum();
        var passes = Schedule.Steps + 1 + (2 * SafePolicyImprovement.Twins * (1.0 + BackupSamples));
        return (Kept * Batch * units * passes) + (1.0 * BackupSamples * Batch * Schedule.Steps * actionSize)
            + (20 * weights);
    }

    /// <summary>Whether a step is within the bound.</summary>
    public bool Fits(int observationSize, int actionSize) => Numbers(observationSize, actionSize) <= MostNumbers;
}
