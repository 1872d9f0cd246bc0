using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Artifacts;

/// <summary>What a safety distribution capturer is made of: a noise network, its schedule, and the critic that
/// chooses between its samples.</summary>
/// <param name="Network">The running average: noisy action [B, A], step [B] and state [B, S] to noise [B, A].</param>
/// <param name="Critic">The target networks of Q^r: [a, s] [B, A + S] to values [E, B, 1].</param>
/// <param name="Schedule">T and its coefficients.</param>
public sealed record SafetyCapturer(NoiseNetwork Network, Mlp Critic, DdpmSchedule Schedule)
{
    public IReadOnlyList<StateArray> Arrays => [.. Network.Arrays, .. Critic.Parameters];
}

/// <summary>
/// A <see cref="SafetyCapturer"/> in a file, by itself or within a policy. The file may come from anybody, so every
/// array has to be there with its shape before anything of a size is made.
/// </summary>
internal static class DiffusionParts
{
    private const string ObservationSize = "observation_size";
    private const string ActionSize = "action_size";
    private const string Hidden = "hidden";
    private const string CriticHidden = "critic_hidden";
    private const string Members = "members";
    private const string Steps = "denoising_steps";
    private const string Growth = "noise_growth";

    private const int LargestSize = 1 << 24;

    /// <summary>The widest hidden layer, and the most twins: rows of a batch are multiplied by them.</summary>
    private const int Widest = 1 << 14, MostMembers = 1 << 6;

    internal static Dictionary<string, string> Describe(string kind, SafetyCapturer capturer) => new()
    {
        [ModelFile.Kind] = kind,
        [ObservationSize] = Models.Text(capturer.Network.ObservationSize),
        [ActionSize] = Models.Text(capturer.Network.ActionSize),
        [Hidden] = Models.Hidden(capturer.Network.Network),
        [CriticHidden] = Models.Hidden(capturer.Critic),
        [Members] = Models.Text(capturer.Critic.Ensemble!.Value.Size),
        [Steps] = Models.Text(capturer.Schedule.Steps),
        [Growth] = NoiseGrowths.NameOf(capturer.Schedule.Growth),
    };

    /// <summary>Reads the parts into a state; the arrays have the names that they were saved under.</summary>
    /// <param name="network">Name of the noise network.</param>
    /// <param name="critic">Name of the critic.</param>
    /// <exception cref="InvalidDataException">Arrays are missing or of other shapes, or there is no such schedule.
    /// </exception>
    internal static SafetyCapturer Load(ModelFile file, TrainingState state, string network, string critic)
    {
        var (s, a) = (file.Number(ObservationSize), file.Number(ActionSize));
        var (hidden, criticHidden) = (file.Numbers(Hidden), file.Numbers(CriticHidden));
        var members = file.Number(Members);
        var schedule = ScheduleOf(file);
        // Sums of sizes stay below what overflows.
        if (s is < 1 or > LargestSize || a is < 1 or > LargestSize)
            throw new InvalidDataException($"a model for observations of {s} numbers and actions of {a}");
        if (hidden.Concat(criticHidden).Any(width => width > Widest) || members is < 1 or > MostMembers)
            throw new InvalidDataException(
                $"a hidden layer has at most {Widest} units, and a critic from 1 to {MostMembers} members");
        const int embedding = NoiseNetwork.EmbeddingWidth;
        Policies.RequireLayers(file, network, NoiseNetwork.Layers(s, a, hidden));
        Policies.RequireLayers(file, $"{network}/step", [embedding, 2 * embedding, embedding]);
        RequireMembers(file, critic, members, [s + a, .. criticHidden, 1]);
        var parts = new SafetyCapturer(
            NoiseNetwork.Declare(state, network, s, a, hidden),
            Mlp.Declare(
                state, critic, new Axis("X", s + a), criticHidden, new Axis("Q", 1), new Axis("E", members),
                MlpForm.Mish),
            schedule);
        file.Load(parts.Arrays);
        return parts;
    }

    private static void RequireMembers(ModelFile file, string name, int members, int[] widths)
    {
        for (var l = 0; l + 1 < widths.Length; l++)
        {
            file.RequireArray($"{name}/{l}/weight", members, widths[l], widths[l + 1]);
            file.RequireArray($"{name}/{l}/bias", members, widths[l + 1]);
        }
    }

    private static DdpmSchedule ScheduleOf(ModelFile file)
    {
        var steps = file.Number(Steps);
        if (steps is < 1 or > DdpmSchedule.MostSteps)
            throw new InvalidDataException($"{steps} denoising steps: there are from 1 to {DdpmSchedule.MostSteps}");
        return NoiseGrowths.Find(file.Text(Growth)) is { } growth
            ? new DdpmSchedule(growth, steps)
            : throw new InvalidDataException($"there is no noise schedule '{file.Text(Growth)}'");
    }
}
