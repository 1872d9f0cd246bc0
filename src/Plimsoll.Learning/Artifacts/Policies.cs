using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Artifacts;

/// <summary>Every kind of policy that a file can hold: its metadata, for writing and reading. A file may come from
/// anybody, so nothing of a size is made before the file's arrays have shown to have it.</summary>
public static partial class Policies
{
    private const string Dirac = "dirac-policy";
    private const string TanhGaussian = "tanh-gaussian-policy";

    public static Dictionary<string, string> Describe(DiracPolicy policy) => new()
    {
        [ModelFile.Kind] = Dirac,
        ["observation_size"] = Models.Text(policy.ObservationSize),
        ["action_size"] = Models.Text(policy.ActionSize),
        ["hidden"] = Models.Hidden(policy.Network),
        ["squash"] = "tanh",
    };

    public static Dictionary<string, string> Describe(TanhGaussianActor policy) => new()
    {
        [ModelFile.Kind] = TanhGaussian,
        ["observation_size"] = Models.Text(policy.ObservationSize),
        ["action_size"] = Models.Text(policy.ActionSize),
        ["hidden"] = Models.Hidden(policy.Network),
        ["squash"] = "tanh",
    };

    /// <summary>Reads a policy of any kind into a state; its arrays have the names they were saved under.</summary>
    /// <exception cref="InvalidDataException">The file holds no policy, or arrays of other shapes than it says.
    /// </exception>
    public static IPolicy Load(ModelFile file, TrainingState state) =>
        file.Require(Dirac, TanhGaussian, BatchConstrained) switch
    {
        Dirac => LoadDirac(file, state),
        BatchConstrained => LoadBatchConstrained(file, state),
        _ => LoadTanhGaussian(file, state),
    };

    /// <summary>Reads a deterministic policy, for stages that train it further.</summary>
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
