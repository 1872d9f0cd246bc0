using Plimsoll.Environments.Bullet.Models;
using Plimsoll.Environments.Bullet.Native;

namespace Plimsoll.Environments.Bullet.Robots;

/// <summary>
/// A robot of Bullet-Safety-Gym: its body, what its actions do, what it sees, and its own part of the reward. Holds
/// nothing of an episode, so that all environments share one.
/// </summary>
internal abstract class Robot
{
    /// <summary>More than any robot gives.</summary>
    internal const int MostCommands = 8;

    protected Robot(BodyModel body) => Body = new CompiledBody(body);

    internal CompiledBody Body { get; }

    internal virtual IReadOnlyList<Gear> Gears => [];

    /// <summary>A.</summary>
    internal abstract int ActionSize { get; }

    /// <summary>Height of the base's centre of mass at the start, m.</summary>
    internal abstract double StartHeight { get; }

    /// <summary>The yaw at which the robot faces along x, rad.</summary>
    internal virtual double Forward => 0;

    /// <summary>m/s beyond which a Run task costs.</summary>
    internal virtual double SpeedLimit => 1.5;

    /// <summary>Whether <see cref="Alive"/> can fail.</summary>
    internal virtual bool CanDie => false;

    internal abstract IReadOnlyList<string> ObservationNames { get; }

    /// <summary>Draws the angle of each joint that turns; it starts at rest.</summary>
    internal virtual void DrawAngles(IUniformSource random, Span<double> angles)
    {
    }

    /// <summary>What an action does in a step.</summary>
    /// <param name="action">[A], clipped to [-1, 1].</param>
    /// <param name="before">The state that the step starts from.</param>
    /// <param name="commands">At least <see cref="MostCommands"/> places.</param>
    /// <returns>How many commands there are.</returns>
    internal abstract int Drive(ReadOnlySpan<double> action, RobotState before, Span<Command> commands);

    /// <summary>What an observation of the robot begins with.</summary>
    internal abstract void Observe(RobotState state, Span<float> observation);

    /// <summary>The robot's own term s of the reward.</summary>
    /// <param name="given">[A], not clipped.</param>
    /// <param name="action">[A], clipped.</param>
    /// <param name="after">The state after the step.</param>
    internal abstract double Score(ReadOnlySpan<float> given, ReadOnlySpan<double> action, RobotState after);

    internal virtual bool Alive(RobotState state) => true;

    /// <summary>Uniform in [-0.1, 0.1].</summary>
    protected static double Noise(IUniformSource random) => 0.1 * (2 * random.NextUniform() - 1);

    /// <summary>Writes scaled values from place <paramref name="at"/> on and returns the place after them.</summary>
    protected static int Write(double scale, ReadOnlySpan<double> values, Span<float> observation, int at)
    {
        foreach (var value in values)
        {
            observation[at++] = (float)(scale * value);
        }

        return at;
    }
}
