namespace Plimsoll.Environments.Bullet;

/// <summary>The tasks of Bullet-Safety-Gym.</summary>
internal static class BulletTasks
{
    internal static IReadOnlyList<TaskFacts> All { get; } = [];

    internal static BatchedEnvironment Create(TaskFacts facts, int count) =>
        throw new ArgumentException($"Bullet has no task '{facts.Name}' ({count} environments).", nameof(facts));
}
