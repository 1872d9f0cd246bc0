using Plimsoll.Environments.MuJoCo.Models;

namespace Plimsoll.Environments.MuJoCo.Velocity;

/// <summary>Safety-Gymnasium's SafetyHopperVelocity-v1.</summary>
internal sealed class HopperVelocity(int count) : VelocityEnvironment(TheFacts, TheRules, count)
{
    private const double LowestHeight = 0.7;
    private const double GreatestPitch = 0.2;
    private const double GreatestNumber = 100;

    internal static TaskFacts TheFacts { get; } = new(
        "HopperVelocity",
        [
            "torso height", "torso pitch", "thigh angle", "leg angle", "foot angle",
            "velocity x", "velocity z", "pitch rate", "thigh rate", "leg rate", "foot rate",
        ],
        ActionSize: 3,
        Horizon: 1000,
        EndsEarly: true,
        "Hop along x on one leg, no faster than 0.7402 m/s; the episode ends when the trunk falls or tips.",
        Engine.MuJoCo);

    internal static VelocityRules TheRules { get; } = new(
        Hopper.Mjcf,
        FrameSkip: 4,
        CostlySpeed: 0.7402,
        AliveReward: 1,
        ControlPrice: 0.001,
        HiddenPositions: 1,
        PositionNoise: 0.005,
        VelocityNoise: 0.005)
    {
        ObservedVelocityLimit = 10,
    };

    internal override bool IsHealthy(ReadOnlySpan<double> position, ReadOnlySpan<double> velocity)
    {
        foreach (var number in position[2..])
        {
            if (!(Math.Abs(number) < GreatestNumber))
            {
                return false;
            }
        }

        foreach (var number in velocity)
        {
            if (!(Math.Abs(number) < GreatestNumber))
            {
                return false;
            }
        }

        return position[1] > LowestHeight && Math.Abs(position[2]) < GreatestPitch;
    }
}
