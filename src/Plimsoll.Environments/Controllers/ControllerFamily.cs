namespace Plimsoll.Environments.Controllers;

/// <summary>
/// A spread of scripted controllers for one task. Drawing one controller an episode gives trajectories
/// that cover the plane of (cost, return), as the several agents behind a DSRL dataset do: safe ones that
/// earn much and little, unsafe ones up to several times the usual limits, and noisy ones between.
/// </summary>
public abstract class ControllerFamily
{
    /// <summary>The family for a task.</summary>
    /// <exception cref="ArgumentException">A task without scripted controllers.</exception>
    public static ControllerFamily For(TaskFacts task)
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

        if (PixelWorld.ColumnsOf(task) is { } columns)
        {
            return new PixelWorldFamily(columns);
        }

        throw new ArgumentException(
            $"There are no scripted controllers for the task '{task.Name}'.", nameof(task));
    }

    /// <summary>One controller with random parameters. Reads a varying number of random numbers.</summary>
    public abstract IController Draw(IUniformSource random);
}
