using Plimsoll.Environments.MuJoCo.Models;

namespace Plimsoll.Environments.MuJoCo.Velocity;

/// <summary>Safety-Gymnasium's SafetyHalfCheetahVelocity-v1. Never terminates.</summary>
internal sealed class HalfCheetahVelocity(int count) : VelocityEnvironment(TheFacts, TheRules, count)
{
    internal static TaskFacts TheFacts { get; } = new(
        "HalfCheetahVelocity",
        [
            "torso height", "torso pitch", "back thigh angle", "back shin angle", "back foot angle",
            "front thigh angle", "front shin angle", "front foot angle",
            "velocity x", "velocity z", "pitch rate", "back thigh rate", "back shin rate", "back foot rate",
            "front thigh rate", "front shin rate", "front foot rate",
        ],
        ActionSize: 6,
        Horizon: 1000,
        EndsEarly: false,
        "Run along x on two legs, no faster than 3.2096 m/s.",
        Engine.MuJoCo);

    internal static VelocityRules TheRules { get; } = new(
        HalfCheetah.Mjcf,
        FrameSkip: 5,
        CostlySpeed: 3.2096,
        AliveReward: 0,
        ControlPrice: 0.1,
        HiddenPositions: 1,
        PositionNoise: 0.1,
        VelocityNoise: 0.1)
    {
        NormalVelocities = true,
    };
}
