using System.Globalization;
using Plimsoll.Learning.Artifacts;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Sequences;

namespace Plimsoll.Export.Policies;

/// <summary>What a user of an exported policy has to know of it.</summary>
/// <param name="Kind">As in policy files; <c>osrl-actor</c> for an actor of OSRL's.</param>
/// <param name="ObservationSize">S.</param>
/// <param name="ActionSize">A.</param>
/// <param name="Normals">Z, standard normal numbers that an action takes.</param>
/// <param name="Low">The least value of each component of an action, [A].</param>
/// <param name="High">The largest.</param>
/// <param name="Entries">Sizes and settings, by name.</param>
public sealed record PolicyFacts(
    string Kind, int ObservationSize, int ActionSize, int Normals, IReadOnlyList<float> Low, IReadOnlyList<float> High,
    IReadOnlyDictionary<string, string> Entries)
{
    /// <summary>Before the name of every entry that an export adds.</summary>
    public const string Prefix = "plimsoll.";

    private const string KindEntry = "kind";

    /// <summary>As evaluations say it: whether an action takes random numbers. A policy that is a distribution acts
    /// with its mean, or what its squashing makes of it.</summary>
    public string Mode => Normals > 0 ? "sampled" : "deterministic";

    public static PolicyFacts Of(IPolicy policy)
    {
        var entries = Describe(policy);
        var (low, high) = policy is OsrlActor actor ? actor.Bounds : (Edges(-1f), Edges(1f));
        return new PolicyFacts(
            entries.GetValueOrDefault(KindEntry, "osrl-actor"), policy.ObservationSize, policy.ActionSize,
            (policy as IMarkovPolicy)?.Normals ?? 0, low, high, entries);

        float[] Edges(float edge) => [.. Enumerable.Repeat(edge, policy.ActionSize)];
    }

    /// <summary>Name and value of each entry that an export adds, by name in ordinal order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Metadata(PolicyOrigin origin)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Entries) all[Prefix + name] = value;
        Set("kind", Kind);
        Set("observation_size", Number(ObservationSize));
        Set("action_size", Number(ActionSize));
        Set("normals", Number(Normals));
        Set("mode", Mode);
        Set("action_low", Numbers(Low));
        Set("action_high", Numbers(High));
        Set("artifact", origin.Artifact);
        Set("version", origin.Version);
        Set("task", origin.Task);
        Set("label", origin.Label);
        Set("key", origin.Key);
        Set("made", origin.Made);
        Set("evaluations", origin.Evaluations);
        return [.. all];

        void Set(string name, string? value)
        {
            if (value is not null) all[Prefix + name] = value;
        }
    }

    private static Dictionary<string, string> Describe(IPolicy policy) => policy switch
    {
        ISurrogatePolicy surrogate => Learning.Artifacts.Policies.Describe(surrogate),
        TanhGaussianActor actor => Learning.Artifacts.Policies.Describe(actor),
        BatchConstrainedPolicy constrained => Learning.Artifacts.Policies.Describe(constrained),
        CandidatePolicy candidate => Learning.Artifacts.Policies.Describe(candidate),
        ConditionedPolicy conditioned => SequenceModels.Describe(conditioned),
        _ => [],
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Numbers(IEnumerable<float> numbers) =>
        string.Join(' ', numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));
}
