namespace Plimsoll.Environments;

/// <summary>The tasks whose simulator is pure C#, by name.</summary>
public static class Tasks
{
    /// <summary>In alphabetical order.</summary>
    public static IReadOnlyList<TaskFacts> All { get; } =
        [DiscCircle.TheFacts, PixelWorld.TheFacts, PointNav.TheFacts];

    /// <summary>The facts of the task of this exact name, or null.</summary>
    public static TaskFacts? Find(string name) => All.FirstOrDefault(task => task.Name == name);

    /// <summary>A batch of environments of the task of this exact name.</summary>
    /// <param name="name">A name that <see cref="Find"/> knows.</param>
    /// <param name="count">N, at least 1.</param>
    /// <exception cref="ArgumentException">No such task.</exception>
    public static BatchedEnvironment Create(string name, int count) => name switch
    {
        "DiscCircle" => new DiscCircle(count),
        "PixelWorld" => new PixelWorld(count),
        "PointNav" => new PointNav(count),
        _ => throw new ArgumentException(
            $"There is no task '{name}'; the tasks are {string.Join(", ", All.Select(task => task.Name))}.",
            nameof(name)),
    };
}
