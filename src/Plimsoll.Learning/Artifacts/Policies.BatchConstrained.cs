using System.Globalization;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.State;
using Names = Plimsoll.Learning.Algorithms.BatchConstrainedLagrangian.PolicyNames;

namespace Plimsoll.Learning.Artifacts;

/// <summary>BCQ's policy: decoder, perturbation and, where it chooses among proposals, a reward
/// critic.</summary>
public static partial class Policies
{
    private const string BatchConstrained = "batch-constrained-policy";

    /// <inheritdoc cref="Describe(DiracPolicy)"/>
    public static Dictionary<string, string> Describe(BatchConstrainedPolicy policy) => new()
    {
        [ModelFile.Kind] = BatchConstrained,
        ["observation_size"] = Models.Text(policy.ObservationSize),
        ["action_size"] = Models.Text(policy.ActionSize),
        ["latent_size"] = Models.Text(policy.LatentSize),
        ["hidden"] = Models.Hidden(policy.Perturbation.Network),
        ["decoder_hidden"] = Models.Hidden(policy.Decoder),
        ["reach"] = policy.Perturbation.Reach.ToString("R", CultureInfo.InvariantCulture),
        ["proposals"] = Models.Text(policy.Proposals),
        ["value_hidden"] = policy.Value is null ? "" : Models.Hidden(policy.Value),
        ["value_members"] = Models.Text(policy.Value?.Ensemble?.Size ?? 0),
    };

    private static BatchConstrainedPolicy LoadBatchConstrained(ModelFile file, TrainingState state)
    {
        var (s, a, z) = (file.Number("observation_size"), file.Number("action_size"), file.Number("latent_size"));
        var (hidden, decoderHidden) = (file.Numbers("hidden"), file.Numbers("decoder_hidden"));
        var (reach, proposals) = ((float)file.Real("reach"), file.Number("proposals"));
        if (reach is not (>= 0 and <= PerturbationActor.LargestReach)
            || proposals is < 1 or > BatchConstrainedLagrangian.MostProposals || z < 1)
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"a policy of {proposals} proposals with reach {reach} and codes of {z} numbers is none: proposals "
                + $"are 1 to {BatchConstrainedLagrangian.MostProposals}, the reach is 0 to "
                + $"{PerturbationActor.LargestReach}, a code has at least one number"));
        RequireLayers(file, Names.Decoder, [s + z, .. decoderHidden, a]);
        RequireLayers(file, Names.Perturbation, [s + a, .. hidden, a]);
        var decoder = Mlp.Declare(
            state, Names.Decoder, new Axis("X", s + z), decoderHidden, new Axis("A", a), null);
        var perturbation = PerturbationActor.Declare(state, Names.Perturbation, s, a, hidden, reach);
        var policy = new BatchConstrainedPolicy(
            decoder, perturbation, proposals == 1 ? null : LoadValue(file, state, s + a), proposals);
        file.Load(policy.Parameters);
        return policy;
    }

    private static Mlp LoadValue(ModelFile file, TrainingState state, int input)
    {
        const string name = $"{Names.Value}-target";
        var (hidden, members) = (file.Numbers("value_hidden"), file.Number("value_members"));
        int[] widths = [input, .. hidden, 1];
        for (var l = 0; l + 1 < widths.Length; l++)
        {
            file.RequireArray($"{name}/{l}/weight", members, widths[l], widths[l + 1]);
            file.RequireArray($"{name}/{l}/bias", members, widths[l + 1]);
        }
        return Mlp.Declare(
            state, name, new Axis("X", input), hidden, new Axis("Q", 1), new Axis("E", members));
    }
}
