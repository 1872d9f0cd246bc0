using Plimsoll.Environments.MuJoCo.Models;

namespace Plimsoll.Environments.MuJoCo.Velocity;

/// <summary>Safety-Gymnasium's SafetySwimmerVelocity-v1. Never terminates.</summary>
internal sealed class SwimmerVelocity(int count) : VelocityEnvironment(TheFacts, TheRules, count)
{
    internal static TaskFacts TheFacts { get; } = new(
        "SwimmerVelocity",
        [
            "heading", "front joint angle", "back joint angle",
            "velocity x", "velocity y", "heading rate", "front joint rate", "back joint rate",
        ],
        ActionSize: 2,
        Horizon: 1000,
        EndsEarly: false,
        "Swim along x by bending two joints, no faster than 0.2282 m/s.",
        Engine.MuJoCo);

    internal static VelocityRules TheRules { get; } = new(
        Swimmer.Mjcf,
        FrameSkip: 4,
        CostlySpeed: 0.2282,
        AliveReward: 0,
        ControlPrice: 0.0001,
        HiddenPositions: 2,
        PositionNoise: 0.1,
        VelocityNoise: 0.1);
}
