using Plimsoll.Environments.MuJoCo.Models;
using Plimsoll.Environments.MuJoCo.Native;

namespace Plimsoll.Environments.MuJoCo.Velocity;

/// <summary>Safety-Gymnasium's SafetyAntVelocity-v1, without contact forces.</summary>
/// <remarks>
/// x and y are those of <c>xpos</c> as the last physics step left it, which is the torso's place in the last
/// forward pass of that step, not that of qpos after it: the reference reads it so. The noise of a start also
/// falls on the quaternion, which MuJoCo normalises in the forward pass.
/// </remarks>
internal sealed class AntVelocity(int count) : VelocityEnvironment(TheFacts, TheRules, count)
{
    private const double LowestHeight = 0.2;
    private const double GreatestHeight = 1.0;
    private const int Torso = 1;

    internal static TaskFacts TheFacts { get; } = new(
        "AntVelocity",
        [
            "torso height", "quaternion w", "quaternion x", "quaternion y", "quaternion z",
            "hip 1 angle", "ankle 1 angle", "hip 2 angle", "ankle 2 angle",
            "hip 3 angle", "ankle 3 angle", "hip 4 angle", "ankle 4 angle",
            "velocity x", "velocity y", "velocity z", "roll rate", "pitch rate", "yaw rate",
            "hip 1 rate", "ankle 1 rate", "hip 2 rate", "ankle 2 rate",
            "hip 3 rate", "ankle 3 rate", "hip 4 rate", "ankle 4 rate",
        ],
        ActionSize: 8,
        Horizon: 1000,
        EndsEarly: true,
        "Walk along x on four legs, no faster than 2.6222 m/s; the episode ends when the torso is too low or high.",
        Engine.MuJoCo);

    internal static VelocityRules TheRules { get; } = new(
        Ant.Mjcf,
        FrameSkip: 5,
        CostlySpeed: 2.6222,
        AliveReward: 1,
        ControlPrice: 0.5,
        HiddenPositions: 2,
        PositionNoise: 0.1,
        VelocityNoise: 0.1)
    {
        NormalVelocities = true,
    };

    private protected override (double X, double Y) Whereabouts(MjData world)
    {
        var place = world.PlaceOf(Torso);
        return (place[0], place[1]);
    }

    private protected override double Speed(double alongX, double alongY) =>
        Math.Sqrt(alongX * alongX + alongY * alongY);

    internal override bool IsHealthy(ReadOnlySpan<double> position, ReadOnlySpan<double> velocity)
    {
        foreach (var number in position)
        {
            if (!double.IsFinite(number))
            {
                return false;
            }
        }

        foreach (var number in velocity)
        {
            if (!double.IsFinite(number))
            {
                return false;
            }
        }

        return position[2] is >= LowestHeight and <= GreatestHeight;
    }
}
