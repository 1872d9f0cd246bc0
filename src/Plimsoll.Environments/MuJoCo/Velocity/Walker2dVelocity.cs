using Plimsoll.Environments.MuJoCo.Models;

namespace Plimsoll.Environments.MuJoCo.Velocity;

/// <summary>Safety-Gymnasium's SafetyWalker2dVelocity-v1.</summary>
internal sealed class Walker2dVelocity(int count) : VelocityEnvironment(TheFacts, TheRules, count)
{
    private const double LowestHeight = 0.8;
    private const double GreatestHeight = 2.0;
    private const double GreatestPitch = 1.0;

    internal static TaskFacts TheFacts { get; } = new(
        "Walker2dVelocity",
        [
            "torso height", "torso pitch", "right thigh angle", "right leg angle", "right foot angle",
            "left thigh angle", "left leg angle", "left foot angle",
            "velocity x", "velocity z", "pitch rate", "right thigh rate", "right leg rate", "right foot rate",
            "left thigh rate", "left leg rate", "left foot rate",
        ],
        ActionSize: 6,
        Horizon: 1000,
        EndsEarly: true,
        "Walk along x on two legs, no faster than 2.3415 m/s; the episode ends when the trunk falls or tips.",
        Engine.MuJoCo);

    internal static VelocityRules TheRules { get; } = new(
        Walker2d.Mjcf,
        FrameSkip: 4,
        CostlySpeed: 2.3415,
        AliveReward: 1,
        ControlPrice: 0.001,
        HiddenPositions: 1,
        PositionNoise: 0.005,
        VelocityNoise: 0.005)
    {
        ObservedVelocityLimit = 10,
    };

    internal override bool IsHealthy(ReadOnlySpan<double> position, ReadOnlySpan<double> velocity) =>
        position[1] is > LowestHeight and < GreatestHeight && Math.Abs(position[2]) < GreatestPitch;
}
