using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Artifacts;

/// <summary>Writing and reading of SPI's safety distribution capturer.</summary>
public static class Capturers
{
    private const string Kind = "diffusion-capturer";
    private static readonly string CriticName = $"{SafePolicyImprovement.RewardCriticName}-target";

    public static Dictionary<string, string> Describe(SafetyCapturer capturer) =>
        DiffusionParts.Describe(Kind, capturer);

    /// <summary>Reads a capturer into a state.</summary>
    /// <exception cref="InvalidDataException">The file holds another kind of model or other shapes than it says.
    /// </exception>
    public static SafetyCapturer Load(ModelFile file, TrainingState state)
    {
        file.Require(Kind);
        return DiffusionParts.Load(file, state, SafePolicyImprovement.CapturerName, CriticName);
    }
}
