using System.Globalization;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Sequences;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Artifacts;

/// <summary>Files of sequence models, and of the policies that targets make of them: the same arrays, and
/// entries for sizes, scales and targets. A file may come from anybody, so nothing of a size is made before
/// the file's arrays have shown to have it.</summary>
public static class SequenceModels
{
    internal const string Policy = "cdt-policy";
    private const string Model = "cdt-sequence-model";

    /// <summary>Beyond this four times the width squared is no size of an array.</summary>
    private const int Widest = 1 << 14;

    public static Dictionary<string, string> Describe(SequenceModel model) => Describe(model, Model);

    public static Dictionary<string, string> Describe(ConditionedPolicy policy)
    {
        var entries = Describe(policy.Model, Policy);
        entries["return_target"] = Text(policy.ReturnTarget);
        entries["cost_target"] = Text(policy.CostTarget);
        return entries;
    }

    /// <summary>Reads a sequence model for observations and actions of these sizes.</summary>
    /// <exception cref="InvalidDataException">The file holds another kind of model, other sizes, or arrays
    /// of other shapes than it says.</exception>
    public static SequenceModel Load(ModelFile file, TrainingState state, int observationSize, int actionSize)
    {
        file.Require(Model);
        var (s, a) = (file.Number("observation_size"), file.Number("action_size"));
        if ((s, a) != (observationSize, actionSize))
            throw new InvalidDataException(
                $"the sequence model is for observations of {s} numbers and actions of {a}, not for "
                + $"observations of {observationSize} numbers and actions of {actionSize}");
        return Read(file, state);
    }

    internal static ConditionedPolicy LoadPolicy(ModelFile file, TrainingState state)
    {
        file.Require(Policy);
        return new ConditionedPolicy(
            Read(file, state), Finite(file, "return_target"), Finite(file, "cost_target"));
    }

    private static Dictionary<string, string> Describe(SequenceModel model, string kind)
    {
        var sizes = model.Network.Sizes;
        return new()
        {
            [ModelFile.Kind] = kind,
            ["observation_size"] = Models.Text(model.ObservationSize),
            ["action_size"] = Models.Text(model.ActionSize),
            ["context"] = Models.Text(sizes.Context),
            ["horizon"] = Models.Text(sizes.Horizon),
            ["width"] = Models.Text(sizes.Width),
            ["blocks"] = Models.Text(sizes.Blocks),
            ["heads"] = Models.Text(sizes.Heads),
            ["return_scale"] = Text(model.Scales.ReturnScale),
            ["cost_scale"] = Text(model.Scales.CostScale),
            ["cost_offset"] = Text(model.Scales.CostOffset),
        };
    }

    private static SequenceModel Read(ModelFile file, TrainingState state)
    {
        var sizes = new CausalTransformerSizes(
            file.Number("context"), file.Number("horizon"), file.Number("width"), file.Number("blocks"),
            file.Number("heads"), Dropout: 0f);
        Require(file, "context", sizes.Context is >= 1 and <= SequenceBounds.LongestContext);
        Require(file, "horizon", sizes.Horizon is >= 1 and <= SequenceBounds.LongestHorizon);
        Require(file, "width", sizes.Width is >= 1 and <= Widest);
        // The arrays have context and horizon as a sum only, so that one could pass for the other.
        Require(file, "context", SequenceBounds.AreSound(sizes));
        Require(file, "heads", sizes.Heads >= 1 && sizes.Width % sizes.Heads == 0);
        var (s, a) = (file.Number("observation_size"), file.Number("action_size"));
        foreach (var (name, shape) in TransformerLayout.Of(PolicyArrays.Root, s, a, sizes))
            file.RequireArray(name, shape);
        // The layout ends early for too few blocks.
        var more = TransformerLayout.Of(
            PolicyArrays.Root, s, a, sizes with { Blocks = sizes.Blocks + 1 });
        Require(file, "blocks", !more.All(array => file.Contains(array.Name)));
        var scales = new SequenceScales(
            Finite(file, "return_scale"), Finite(file, "cost_scale"), Finite(file, "cost_offset"));
        var network = CausalTransformer.Declare(state, PolicyArrays.Root, s, a, sizes);
        file.Load(network.Parameters);
        return new SequenceModel(network, scales, s, a);
    }

    private static double Finite(ModelFile file, string key)
    {
        var number = file.Real(key);
        Require(file, key, double.IsFinite(number));
        return number;
    }

    private static void Require(ModelFile file, string key, bool holds)
    {
        if (!holds)
            throw new InvalidDataException(
                $"the entry '{key}' reads '{file.Text(key)}', which no sequence model has");
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
