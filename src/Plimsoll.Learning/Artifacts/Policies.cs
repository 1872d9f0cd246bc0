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

    public static Dictionary<string, string> Describe(DiracPolicy policy) => new()
    {
        [ModelFile.Kind] = Dirac,
        ["observation_size"] = Models.Text(policy.ObservationSize),
        ["action_size"] = Models.Text(policy.ActionSize),
        ["hidden"] = Models.Hidden(policy.Network),
        ["squash"] = "tanh",
    };

    public static Dictionary<string, string> Describe(GaussianPolicy policy) => new()
    {
        [ModelFile.Kind] = Gaussian,
        ["observation_size"] = Models.Text(policy.ObservationSize),
        ["action_size"] = Models.Text(policy.ActionSize),
        ["hidden"] = Models.Hidden(policy.Network),
        ["squash"] = "tanh",
    };

    public static Dictionary<string, string> Describe(ISurrogatePolicy policy) => policy switch
    {
        DiracPolicy dirac => Describe(dirac),
        GaussianPolicy gaussian => Describe(gaussian),
        _ => throw new ArgumentException($"{policy.GetType().Name} has no file kind", nameof(policy)),
    };

    public static Dictionary<string, string> Describe(TanhGaussianActor policy) => new()
    {
        [ModelFile.Kind] = TanhGaussian,
        ["observation_size"] = Models.Text(policy.ObservationSize),
        ["action_size"] = Models.Text(policy.ActionSize),
        ["hidden"] = Models.Hidden(policy.Network),
        ["squash"] = "tanh",
    };

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
        var (observation, action) = (file.Number("observation_size"), file.Number("action_size"));
        var hidden = file.Numbers("hidden");
        RequireLayers(file, DiracPolicy.SavedName, [observation, .. hidden, action]);
        var policy = DiracPolicy.Declare(state, DiracPolicy.SavedName, observation, action, hidden);
        file.Load(policy.Parameters);
        return policy;
    }

    private static GaussianPolicy LoadGaussian(ModelFile file, TrainingState state)
    {
        var (observation, action) = (file.Number("observation_size"), file.Number("action_size"));
        var hidden = file.Numbers("hidden");
        RequireLayers(file, DiracPolicy.SavedName, [observation, .. hidden, 2 * action]);
        var policy = GaussianPolicy.Declare(state, DiracPolicy.SavedName, observation, action, hidden);
        file.Load(policy.Parameters);
        return policy;
    }

    private static TanhGaussianActor LoadTanhGaussian(ModelFile file, TrainingState state)
    {
        var (observation, action) = (file.Number("observation_size"), file.Number("action_size"));
        var hidden = file.Numbers("hidden");
        RequireLayers(file, DiracPolicy.SavedName, [observation, .. hidden, 2 * action]);
        var policy = TanhGaussianActor.Declare(state, DiracPolicy.SavedName, observation, action, hidden);
        file.Load(policy.Parameters);
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
