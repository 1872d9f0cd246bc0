namespace Plimsoll.Environments.Controllers;

/// <summary>
/// A spread of scripted controllers for one task. Drawing one controller an episode gives trajectories
/// that cover the plane of (cost, return), as the several agents behind a DSRL dataset do: safe ones that
/// earn much and little, unsafe ones up to several times the usual limits, and noisy ones between.
/// </summary>
public abstract class ControllerFamily
{
    /// <summary>Whether there are scripted controllers for a task.</summary>
    public static bool Has(TaskFacts task) => Find(task) is not null;

    /// <summary>The family for a task.</summary>
    /// <exception cref="ArgumentException">A task without scripted controllers.</exception>
    public static ControllerFamily For(TaskFacts task) => Find(task) ?? throw new ArgumentException(
        $"There are no scripted controllers for the task '{task.Name}'.", nameof(task));

    private static ControllerFamily? Find(TaskFacts task)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task == DiscCircle.TheFacts)
        {
            return new DiscCircleFamily();
        }

        if (task == PointNav.TheFacts)
        {
            return new PointNavFamily();
        }

        return PixelWorld.ColumnsOf(task) is { } columns ? new PixelWorldFamily(columns) : null;
    }

    /// <summary>One controller with random parameters. Reads a varying number of random numbers.</summary>
    public abstract IController Draw(IUniformSource random);
}
