namespace Plimsoll.Environments.MuJoCo;

/// <summary>The velocity tasks of Safety-Gymnasium.</summary>
internal static class VelocityTasks
{
    internal static IReadOnlyList<TaskFacts> All { get; } = [];

    internal static BatchedEnvironment Create(TaskFacts facts, int count) =>
        throw new ArgumentException($"MuJoCo has no task '{facts.Name}' ({count} environments).", nameof(facts));
}
