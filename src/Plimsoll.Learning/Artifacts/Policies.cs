using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Artifacts;

/// <summary>Every kind of policy that a file can hold: its metadata, for writing and reading. A file may come from
/// anybody, so nothing of a size is made before the file's arrays have shown to have it.</summary>
public static partial class Policies
{
    private const string Dirac = "dirac-policy";
    private const string Gaussian = "gaussian-policy";
    private const string TanhGaussian = "tanh-gaussian-policy";

    /// <summary>The metadata that <see cref="Load"/> needs to read the policy again: its kind and its
    /// sizes.</summary>
    public static Dictionary<string, string> Describe(DiracPolicy policy) =>
        Describe(Dirac, policy, policy.Network);

    /// <inheritdoc cref="Describe(DiracPolicy)"/>
    public static Dictionary<string, string> Describe(GaussianPolicy policy) =>
        Describe(Gaussian, policy, policy.Network);

    /// <inheritdoc cref="Describe(DiracPolicy)"/>
    public static Dictionary<string, string> Describe(TanhGaussianActor policy) =>
        Describe(TanhGaussian, policy, policy.Network);

    /// <inheritdoc cref="Describe(DiracPolicy)"/>
    /// <exception cref="ArgumentException">There is no kind of file for this kind of policy.</exception>
    public static Dictionary<string, string> Describe(ISurrogatePolicy policy) => policy switch
    {
        DiracPolicy dirac => Describe(dirac),
        GaussianPolicy gaussian => Describe(gaussian),
        _ => throw new ArgumentException($"{policy.GetType().Name} has no file kind", nameof(policy)),
    };

    /// <inheritdoc cref="Describe(DiracPolicy)"/>
    public static Dictionary<string, string> Describe(CandidatePolicy policy) => CandidatePolicies.Describe(policy);

    /// <summary>Reads a policy of any kind into a state; its arrays have the names they were saved under.</summary>
    /// <exception cref="InvalidDataException">The file holds no policy, or arrays of other shapes than it says.
    /// </exception>
    public static IPolicy Load(ModelFile file, TrainingState state) => file.Require(
        Dirac, Gaussian, TanhGaussian, BatchConstrained, CandidatePolicies.Kind, SequenceModels.Policy) switch
    {
        Dirac => LoadDirac(file, state),
        Gaussian => LoadGaussian(file, state),
        BatchConstrained => LoadBatchConstrained(file, state),
        CandidatePolicies.Kind => CandidatePolicies.Load(file, state),
        SequenceModels.Policy => SequenceModels.LoadPolicy(file, state),
        _ => LoadTanhGaussian(file, state),
    };

    /// <summary>Reads a policy that stages can train further by a surrogate.</summary>
    /// <exception cref="InvalidDataException">The file holds another kind of model or other shapes.</exception>
    public static ISurrogatePolicy LoadSurrogate(ModelFile file, TrainingState state) =>
        file.Require(Dirac, Gaussian) == Dirac ? LoadDirac(file, state) : LoadGaussian(file, state);

    /// <summary>Reads a deterministic policy.</summary>
    /// <exception cref="InvalidDataException">The file holds another kind of model or other shapes.</exception>
    public static DiracPolicy LoadDirac(ModelFile file, TrainingState state)
    {
        file.Require(Dirac);
        var (s, a, hidden) = Sizes(file, heads: 1);
        return Filled(file, DiracPolicy.Declare(state, PolicyArrays.Root, s, a, hidden), p => p.Parameters);
    }

    private static GaussianPolicy LoadGaussian(ModelFile file, TrainingState state)
    {
        var (s, a, hidden) = Sizes(file, heads: 2);
        return Filled(file, GaussianPolicy.Declare(state, PolicyArrays.Root, s, a, hidden), p => p.Parameters);
    }

    private static TanhGaussianActor LoadTanhGaussian(ModelFile file, TrainingState state)
    {
        var (s, a, hidden) = Sizes(file, heads: 2);
        return Filled(file, TanhGaussianActor.Declare(state, PolicyArrays.Root, s, a, hidden), p => p.Parameters);
    }

    private static Dictionary<string, string> Describe(string kind, IPolicy policy, Mlp network) => new()
    {
        [ModelFile.Kind] = kind,
        ["observation_size"] = Models.Text(policy.ObservationSize),
        ["action_size"] = Models.Text(policy.ActionSize),
        ["hidden"] = Models.Hidden(network),
        ["squash"] = "tanh",
    };

    /// <summary>Sizes of a policy of one network, which the file's arrays have.</summary>
    /// <param name="heads">Numbers that the network says about each component of an action.</param>
    private static (int Observation, int Action, IReadOnlyList<int> Hidden) Sizes(ModelFile file, int heads)
    {
        var (s, a, hidden) = (file.Number("observation_size"), file.Number("action_size"), file.Numbers("hidden"));
        RequireLayers(file, PolicyArrays.Root, [s, .. hidden, heads * a]);
        return (s, a, hidden);
    }

    private static T Filled<T>(ModelFile file, T policy, Func<T, IReadOnlyList<StateArray>> arrays)
    {
        file.Load(arrays(policy));
        return policy;
    }

    /// <summary>Asserts that the file holds the layers of an MLP of these widths under a name.</summary>
    internal static void RequireLayers(ModelFile file, string name, int[] widths)
    {
        for (var l = 0; l + 1 < widths.Length; l++)
        {
            file.RequireArray($"{name}/{l}/weight", widths[l], widths[l + 1]);
            file.RequireArray($"{name}/{l}/bias", widths[l + 1]);
        }
    }
}
