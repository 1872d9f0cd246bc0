using Plimsoll.Environments.Bullet.Models;
using Plimsoll.Environments.Bullet.Native;

namespace Plimsoll.Environments.Bullet.Robots;

/// <summary>A ball that a force of up to 3.5 N along each axis pushes; s = -0.5 |a|.</summary>
internal sealed class Ball() : Robot(BallModel.Body)
{
    private const double MaxForce = 3.5;

    internal override int ActionSize => 2;

    internal override double StartHeight => 0.5;

    internal override double SpeedLimit => 2.5;

    internal override IReadOnlyList<string> ObservationNames { get; } =
        ["0.1 x", "0.1 y", "0.2 vx", "0.2 vy", "0.1 wx", "0.1 wy", "0.1 wz"];

    internal override int Drive(ReadOnlySpan<double> action, RobotState before, Span<Command> commands)
    {
        commands[0] = Command.BaseForce(MaxForce * action[0], MaxForce * action[1], 0);
        return 1;
    }

    internal override void Observe(RobotState state, Span<float> observation)
    {
        var at = Write(0.1, state.Position[..2], observation, 0);
        at = Write(0.2, state.Velocity[..2], observation, at);
        Write(0.1, state.Spin, observation, at);
    }

    internal override double Score(ReadOnlySpan<float> given, ReadOnlySpan<double> action, RobotState after) =>
        -0.5 * Math.Sqrt(action[0] * action[0] + action[1] * action[1]);
}
