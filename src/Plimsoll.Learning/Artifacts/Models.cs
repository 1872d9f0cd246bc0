using System.Globalization;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Artifacts;

/// <summary>The metadata that goes with critics and behaviour models, in one place for writing and reading.</summary>
public static class Models
{
    /// <summary>Values of a critic's entry `horizon`.</summary>
    public const string Episodic = "episodic";
    public const string Endless = "endless";
    private const string Score = "score-network";
    private const string Values = "critic";

    public static Dictionary<string, string> Describe(ScoreNetwork network) => new()
    {
        [ModelFile.Kind] = Score,
        ["width"] = Text(network.Sizes.Width),
        ["blocks"] = Text(network.Sizes.Blocks),
        ["embedding"] = Text(network.Sizes.Embedding),
        ["frequencies"] = Text(network.Sizes.Frequencies),
        ["dropout"] = network.Sizes.Dropout.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <param name="discount">γ that the values are discounted by.</param>
    /// <param name="scale">Factor that the signal was multiplied with.</param>
    /// <param name="stopsAtTimeouts">True when values count to the end of the episode only.</param>
    public static Dictionary<string, string> Describe(Critic critic, double discount, double scale, bool stopsAtTimeouts) => new()
    {
        [ModelFile.Kind] = Values,
        ["members"] = Text(critic.Members),
        ["hidden"] = Hidden(critic.Online),
        ["discount"] = discount.ToString("R", CultureInfo.InvariantCulture),
        ["scale"] = scale.ToString("R", CultureInfo.InvariantCulture),
        ["horizon"] = stopsAtTimeouts ? Episodic : Endless,
    };

    /// <summary>Reads a behaviour model for observations and actions of these sizes.</summary>
    /// <exception cref="InvalidDataException">The file holds another kind of model or other shapes.</exception>
    public static ScoreNetwork LoadScore(ModelFile file, TrainingState state, int observationSize, int actionSize)
    {
        file.Require(Score);
        var sizes = new ScoreNetworkSizes(
            file.Number("width"), file.Number("blocks"), file.Number("embedding"), file.Number("frequencies"),
            (float)file.Real("dropout"));
        var network = ScoreNetwork.Declare(state, DiffusionFit.ModelName, observationSize, actionSize, sizes);
        file.Load(network.Arrays);
        return network;
    }

    /// <summary>Reads a critic, its target too, under the name that it was saved under.</summary>
    /// <exception cref="InvalidDataException">The file holds another kind of model or other shapes.</exception>
    public static Critic LoadCritic(ModelFile file, TrainingState state, string name, int observationSize, int actionSize)
    {
        file.Require(Values);
        var critic = Critic.Declare(state, name, observationSize, actionSize, file.Numbers("hidden"), file.Number("members"));
        file.Load(critic.Arrays);
        return critic;
    }

    internal static string Hidden(Mlp network) =>
        string.Join(' ', network.Widths.Skip(1).SkipLast(1).Select(a => Text(a.Size)));

    internal static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
