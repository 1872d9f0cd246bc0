using Plimsoll.Environments.Bullet.Models;
using Plimsoll.Environments.Bullet.Native;

namespace Plimsoll.Environments.Bullet.Robots;

/// <summary>
/// A quadrotor: a_i raises or lowers the speed of rotor i by up to a tenth of the speed W at which it hovers. Dead
/// when roll or pitch leave [-pi/2, pi/2].
/// </summary>
/// <remarks>
/// Rotor i turns at d_i W (1 + 0.1 a_i), d = (1, -1, 1, -1), and pushes along its own z with
/// <code>
/// F = rho A (t^2 - t v0) (k1 D / P)^k2,   t = |speed| P / 2 pi,   v0 = base velocity along the base's z
/// </code>
/// by the speed that is asked for and the state before the step; P = 0.11938 m is the propeller's pitch,
/// D = 0.28 m its diameter (before scaling), A its area, rho = 1.225 kg/m^3, k1 = 1/3.29546, k2 = 1.5, and W is the
/// speed at which four such thrusts at rest carry 1.42 kg: 461.522786953 rad/s.
/// With n of its six links touching the ground: s = (1 alive, -10 dead) - 0.01 |w|^2 - n.
/// </remarks>
internal sealed class Drone() : Robot(DroneModel.Body)
{
    private const int Rotors = 4;
    private const double Pitch = 4.7 * 0.0254;
    private const double RotorRadius = 0.14;
    private const double AirDensity = 1.225;
    private const double K1 = 1 / 3.29546;
    private const double K2 = 1.5;
    private const double MotorForce = 23.444;
    private const double Area = Math.PI * RotorRadius * RotorRadius;

    private readonly double thrustFactor = Math.Pow(K1 * 2 * RotorRadius / Pitch, K2);

    internal static double HoverSpeed { get; } =
        2 * Math.PI / Pitch
        * Math.Sqrt(1.420 * 9.81 / 4 / (AirDensity * Area) * Math.Pow(Pitch / (K1 * 2 * RotorRadius), K2));

    internal override int ActionSize => Rotors;

    internal override double StartHeight => 0.17;

    internal override bool CanDie => true;

    internal override IReadOnlyList<string> ObservationNames { get; } =
    [
        "0.1 x", "0.1 y", "0.1 z",
        "0.2 vx", "0.2 vy", "0.2 vz",
        "qx", "qy", "qz", "qw",
        "0.1 wx", "0.1 wy", "0.1 wz",
        "rotor 0", "rotor 1", "rotor 2", "rotor 3",
    ];

    internal override void DrawAngles(IUniformSource random, Span<double> angles)
    {
        foreach (ref var angle in angles)
        {
            angle = Noise(random);
        }
    }

    internal override int Drive(ReadOnlySpan<double> action, RobotState before, Span<Command> commands)
    {
        var rising = AlongOwnZ(before);
        for (var i = 0; i < Rotors; i++)
        {
            var speed = Direction(i) * HoverSpeed * (1 + 0.1 * action[i]);
            var rotor = DroneModel.FirstRotor + i;
            commands[2 * i] = Command.VelocityMotor(rotor, speed, 1, MotorForce);
            commands[2 * i + 1] = Command.LinkForce(rotor, 0, 0, Thrust(speed * Direction(i), rising));
        }

        return 2 * Rotors;
    }

    internal override void Observe(RobotState state, Span<float> observation)
    {
        var at = Write(0.1, state.Position, observation, 0);
        at = Write(0.2, state.Velocity, observation, at);
        // Through angles and back, which fixes the sign and the branch.
        var (roll, pitch, yaw) = AnglesOf(state);
        var orientation = Geometry.Quaternion(roll, pitch, yaw);
        at = Write(1, orientation, observation, at);
        at = Write(0.1, state.Spin, observation, at);
        for (var i = 0; i < Rotors; i++)
        {
            observation[at++] = (float)(0.0025 * (state.Speed(i) - Direction(i) * HoverSpeed));
        }
    }

    internal override double Score(ReadOnlySpan<float> given, ReadOnlySpan<double> action, RobotState after)
    {
        var w = after.Spin;
        var touching = 0;
        for (var link = -1; link < Body.Links.Length - 1; link++)
        {
            touching += after.Touches(link) ? 1 : 0;
        }

        return (Alive(after) ? 1 : -10) - 0.01 * (w[0] * w[0] + w[1] * w[1] + w[2] * w[2]) - touching;
    }

    internal override bool Alive(RobotState state)
    {
        var (roll, pitch, _) = AnglesOf(state);
        return Math.Abs(roll) <= Math.PI / 2 && Math.Abs(pitch) <= Math.PI / 2;
    }

    private static int Direction(int rotor) => rotor % 2 == 0 ? 1 : -1;

    private double Thrust(double speed, double rising)
    {
        var travelled = speed / (2 * Math.PI) * Pitch;
        return AirDensity * Area * (travelled * travelled - travelled * rising) * thrustFactor;
    }

    private static double AlongOwnZ(RobotState state)
    {
        var q = state.Orientation;
        var v = state.Velocity;
        return v[0] * (2 * (q[0] * q[2] + q[3] * q[1]))
            + v[1] * (2 * (q[1] * q[2] - q[3] * q[0]))
            + v[2] * (1 - 2 * (q[0] * q[0] + q[1] * q[1]));
    }

    private static (double Roll, double Pitch, double Yaw) AnglesOf(RobotState state)
    {
        var q = state.Orientation;
        return Geometry.Angles(q[0], q[1], q[2], q[3]);
    }
}
