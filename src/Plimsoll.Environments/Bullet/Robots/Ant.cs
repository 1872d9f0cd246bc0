using Plimsoll.Environments.Bullet.Models;
using Plimsoll.Environments.Bullet.Native;

namespace Plimsoll.Environments.Bullet.Robots;

/// <summary>An ant: eight joint torques of up to 250 N m, hip and ankle of each leg in turn. Alive above 0.26 m.</summary>
/// <remarks>
/// With q~ = 2 (q - middle) / (upper - lower) and u = 0.1 times the joint's speed, both rounded to binary32, the
/// actions a <b>not clipped</b> and means over the eight joints:
/// <code>
/// s = -2 mean |a u| - 0.1 mean a^2 - 0.1 #{ |q~| > 0.99 } + (1 alive, -1 dead)
/// </code>
/// </remarks>
internal sealed class Ant() : Robot(AntModel.Body)
{
    private const int Joints = 8;
    private const double MaxTorque = 250;
    private const double LowestTorso = 0.26;
    private const double NearLimit = 0.99;

    private static readonly string[] Legs = ["front left", "front right", "back left", "back right"];

    internal override int ActionSize => Joints;

    internal override double StartHeight => 0.75;

    internal override bool CanDie => true;

    internal override IReadOnlyList<string> ObservationNames { get; } =
    [
        "0.1 x", "0.1 y", "0.1 z",
        "0.3 vx", "0.3 vy", "0.3 vz",
        "qx", "qy", "qz", "qw",
        "0.15 wx", "0.15 wy", "0.15 wz",
        .. Legs.SelectMany(leg => new[]
        {
            $"{leg} hip", $"{leg} hip speed", $"{leg} ankle", $"{leg} ankle speed",
        }),
        .. Legs.Select(leg => $"{leg} foot touches"),
    ];

    internal override void DrawAngles(IUniformSource random, Span<double> angles)
    {
        for (var i = 0; i < Joints; i++)
        {
            var noise = Noise(random);
            var angle = i % 2 == 0 ? noise : Math.PI / 2 + noise;
            angles[i] = i is 3 or 5 ? -angle : angle;
        }
    }

    internal override int Drive(ReadOnlySpan<double> action, RobotState before, Span<Command> commands)
    {
        for (var i = 0; i < Joints; i++)
        {
            commands[i] = Command.JointTorque(Body.Movable[i], MaxTorque * action[i]);
        }

        return Joints;
    }

    internal override void Observe(RobotState state, Span<float> observation)
    {
        var at = Write(0.1, state.Position, observation, 0);
        at = Write(0.3, state.Velocity, observation, at);
        at = Write(1, state.Orientation, observation, at);
        at = Write(0.15, state.Spin, observation, at);
        for (var i = 0; i < Joints; i++)
        {
            observation[at++] = 0.5f * RelativeAngle(state, i);
            observation[at++] = 0.5f * ScaledSpeed(state, i);
        }

        foreach (var foot in AntModel.Feet)
        {
            observation[at++] = state.Touches(foot) ? 1 : 0;
        }
    }

    internal override double Score(ReadOnlySpan<float> given, ReadOnlySpan<double> action, RobotState after)
    {
        var (power, effort, atLimit) = (0.0, 0.0, 0);
        for (var i = 0; i < Joints; i++)
        {
            double a = given[i];
            power += Math.Abs(a * ScaledSpeed(after, i));
            effort += a * a;
            atLimit += Math.Abs(RelativeAngle(after, i)) > NearLimit ? 1 : 0;
        }

        return -2 * power / Joints - 0.1 * effort / Joints - 0.1 * atLimit + (Alive(after) ? 1 : -1);
    }

    internal override bool Alive(RobotState state) => state.Position[2] > LowestTorso;

    private float RelativeAngle(RobotState state, int joint)
    {
        ref readonly var link = ref Body.Links[Body.Movable[joint] + 1];
        return (float)(2 * (state.Angle(joint) - (link.Lower + link.Upper) / 2) / (link.Upper - link.Lower));
    }

    private static float ScaledSpeed(RobotState state, int joint) => (float)(0.1 * state.Speed(joint));
}
