using Plimsoll.Environments.Bullet;
using Plimsoll.Environments.MuJoCo;

namespace Plimsoll.Environments;

/// <summary>
/// The tasks that have a simulator, by name. Their facts are known on every machine; <see cref="Create"/> needs the
/// engine of the task, of which <see cref="Engines.StateOf"/> says whether it is there.
/// </summary>
public static class Tasks
{
    /// <summary>In alphabetical order.</summary>
    public static IReadOnlyList<TaskFacts> All { get; } =
    [
        .. new[] { DiscCircle.TheFacts, PixelWorld.TheFacts, PointNav.TheFacts }
            .Concat(BulletTasks.All)
            .Concat(VelocityTasks.All)
            .OrderBy(task => task.Name, StringComparer.Ordinal),
    ];

    /// <summary>The facts of the task of this exact name, or null.</summary>
    public static TaskFacts? Find(string name) => All.FirstOrDefault(task => task.Name == name);

    /// <summary>A batch of environments of the task of this exact name. Its owner disposes it.</summary>
    /// <param name="name">A name that <see cref="Find"/> knows.</param>
    /// <param name="count">N, at least 1.</param>
    /// <exception cref="ArgumentException">No such task.</exception>
    /// <exception cref="InvalidOperationException">The task's engine is missing; the message says what and the
    /// remedy.</exception>
    public static BatchedEnvironment Create(string name, int count)
    {
        var facts = Find(name) ?? throw new ArgumentException(
            $"There is no task '{name}'; the tasks are {string.Join(", ", All.Select(task => task.Name))}.",
            nameof(name));
        if (Engines.StateOf(facts.Engine) is EngineState.Missing missing)
        {
            throw new InvalidOperationException($"{missing.What} {missing.Remedy}");
        }

        return facts.Engine switch
        {
            Engine.Bullet => BulletTasks.Create(facts, count),
            Engine.MuJoCo => VelocityTasks.Create(facts, count),
            _ => facts.Name switch
            {
                "DiscCircle" => new DiscCircle(count),
                "PixelWorld" => new PixelWorld(count),
                _ => new PointNav(count),
            },
        };
    }
}
