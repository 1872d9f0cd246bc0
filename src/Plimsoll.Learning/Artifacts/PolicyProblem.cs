using Plimsoll.Data;

namespace Plimsoll.Learning.Artifacts;

/// <summary>Why a file gives no policy. Worded in <see cref="PolicyProblemText"/>.</summary>
public abstract record PolicyProblem
{
    private PolicyProblem()
    {
    }

    /// <summary>No sound safetensors or NumPy file.</summary>
    /// <param name="Reason">A clause of the data layer's.</param>
    public sealed record Unreadable(string Reason) : PolicyProblem;

    /// <summary>A model file of this program, but no policy, or what a diverged training run left.</summary>
    public sealed record OtherModel(string Reason) : PolicyProblem;

    /// <summary>Arrays that belong to no form of actor that is known.</summary>
    public sealed record UnknownForm(IReadOnlyList<string> Names) : PolicyProblem;

    public sealed record ArrayMissing(string Name) : PolicyProblem;

    public sealed record NotNumbers(string Name) : PolicyProblem;

    public sealed record WrongShape(string Name, IReadOnlyList<long> Shape, string Expected) : PolicyProblem;

    public sealed record NotFinite(string Name) : PolicyProblem;
}

/// <summary>The wording of every problem with a policy file, and nothing else.</summary>
[Wording]
public static class PolicyProblemText
{
    private const int Shown = 6;

    /// <summary>What is wrong, and what to do about it: a clause and a sentence.</summary>
    public static (string What, string Remedy) Describe(PolicyProblem problem) => problem switch
    {
        PolicyProblem.Unreadable(var reason) => (reason, "Pass a policy as safetensors, or an actor's arrays as npz."),
        PolicyProblem.OtherModel(var reason) => (reason, "Pass the artifact of a stage that makes a policy."),
        PolicyProblem.UnknownForm(var names) => (
            $"its arrays ({Some(names)}) are not those of one actor",
            "Name them as OSRL does: actor.pi.0.weight, actor.net.0.weight with actor.mu_layer.weight, or "
            + "actor.mu_net.0.weight with actor.action_low and actor.action_high; and the biases."),
        PolicyProblem.ArrayMissing(var name) => ($"the array \"{name}\" is missing", "Save the whole actor."),
        PolicyProblem.NotNumbers(var name) => (
            $"the array \"{name}\" does not hold 32-bit numbers", "Save the weights as float32."),
        PolicyProblem.WrongShape(var name, var shape, var expected) => (
            $"the array \"{name}\" has the shape [{string.Join(", ", shape)}] where {expected} is needed",
            "Save the layers as PyTorch keeps them."),
        PolicyProblem.NotFinite(var name) => (
            $"the array \"{name}\" holds a NaN or an infinity", "Save the policy as it was before it diverged."),
        _ => throw new ArgumentOutOfRangeException(nameof(problem), problem, "This problem has no words."),
    };

    private static string Some(IReadOnlyList<string> names) => names.Count switch
    {
        0 => "none",
        <= Shown => string.Join(", ", names),
        _ => string.Join(", ", names.Take(Shown)) + $" and {names.Count - Shown} more",
    };
}
