using Plimsoll.Environments.Bullet.Robots;

namespace Plimsoll.Environments.Bullet;

/// <summary>The tasks of Bullet-Safety-Gym as DSRL's files were made with them.</summary>
internal static class BulletTasks
{
    // DSRL's fork of Bullet-Safety-Gym: its substeps, steps and episode lengths differ from the original's.
    private static readonly BulletTask[] Catalogue =
    [
        new("AntCircle", new Ant(), Course.Circle, Substep: 1 / 60.0, Substeps: 6, Horizon: 500),
        new("AntRun", new Ant(), Course.Run, Substep: 1 / 120.0, Substeps: 4, Horizon: 200),
        new("BallCircle", new Ball(), Course.Circle, Substep: 1 / 60.0, Substeps: 6, Horizon: 200),
        new("BallRun", new Ball(), Course.Run, Substep: 1 / 120.0, Substeps: 4, Horizon: 100),
        new("CarCircle", new Car(), Course.Circle, Substep: 1 / 60.0, Substeps: 6, Horizon: 300),
        new("CarRun", new Car(), Course.Run, Substep: 1 / 120.0, Substeps: 4, Horizon: 200),
        new("DroneCircle", new Drone(), Course.Circle, Substep: 1 / 60.0, Substeps: 6, Horizon: 300),
        new("DroneRun", new Drone(), Course.Run, Substep: 1 / 120.0, Substeps: 2, Horizon: 200),
    ];

    internal static IReadOnlyList<TaskFacts> All { get; } = [.. Catalogue.Select(task => task.Facts)];

    /// <exception cref="ArgumentException">No task of Bullet.</exception>
    internal static BulletTask Find(string name) =>
        Catalogue.FirstOrDefault(task => task.Name == name)
        ?? throw new ArgumentException($"Bullet has no task '{name}'.", nameof(name));

    internal static BatchedEnvironment Create(TaskFacts facts, int count) =>
        new BulletEnvironment(Find(facts.Name), count);
}
