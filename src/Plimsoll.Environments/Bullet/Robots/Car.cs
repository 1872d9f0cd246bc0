using Plimsoll.Environments.Bullet.Models;
using Plimsoll.Environments.Bullet.Native;

namespace Plimsoll.Environments.Bullet.Robots;

/// <summary>
/// A car: a0 is the speed of both driven rings (40 rad/s), a1 the steering angle (0.5 rad); s = 0. A negative a0
/// drives towards the car's own -x, which is +x of the world in Run and clockwise in Circle: the car starts turned.
/// </summary>
internal sealed class Car() : Robot(CarModel.Body)
{
    private const double RingSpeed = 40;
    private const double RingForce = 20;
    private const double SteeringAngle = 0.5;
    private const double SteeringForce = 100000;

    internal override int ActionSize => 2;

    internal override double StartHeight => 0.2;

    internal override double Forward => Math.PI;

    internal override IReadOnlyList<Gear> Gears => CarModel.Gears;

    internal override IReadOnlyList<string> ObservationNames { get; } =
        ["0.1 x", "0.1 y", "vx", "vy", "sin yaw", "cos yaw", "0.1 wz"];

    internal override void DrawAngles(IUniformSource random, Span<double> angles)
    {
        foreach (ref var angle in angles)
        {
            angle = Noise(random);
        }
    }

    internal override int Drive(ReadOnlySpan<double> action, RobotState before, Span<Command> commands)
    {
        var (speed, angle) = (RingSpeed * action[0], SteeringAngle * action[1]);
        commands[0] = Command.VelocityMotor(CarModel.RearRing, speed, 1, RingForce);
        commands[1] = Command.VelocityMotor(CarModel.FrontRing, speed, 1, RingForce);
        commands[2] = Command.PositionMotor(CarModel.LeftHinge, angle, 0.1, 1, SteeringForce);
        commands[3] = Command.PositionMotor(CarModel.RightHinge, angle, 0.1, 1, SteeringForce);
        return 4;
    }

    internal override void Observe(RobotState state, Span<float> observation)
    {
        var q = state.Orientation;
        var yaw = Geometry.Angles(q[0], q[1], q[2], q[3]).Yaw;
        var at = Write(0.1, state.Position[..2], observation, 0);
        at = Write(1, state.Velocity[..2], observation, at);
        observation[at] = (float)Math.Sin(yaw);
        observation[at + 1] = (float)Math.Cos(yaw);
        observation[at + 2] = (float)(0.1 * state.Spin[2]);
    }

    internal override double Score(ReadOnlySpan<float> given, ReadOnlySpan<double> action, RobotState after) => 0;
}
