using Plimsoll.Environments.MuJoCo.Velocity;

namespace Plimsoll.Environments.MuJoCo;

/// <summary>The velocity tasks of Safety-Gymnasium.</summary>
internal static class VelocityTasks
{
    internal static IReadOnlyList<TaskFacts> All { get; } =
    [
        AntVelocity.TheFacts, HalfCheetahVelocity.TheFacts, HopperVelocity.TheFacts, SwimmerVelocity.TheFacts,
        Walker2dVelocity.TheFacts,
    ];

    internal static BatchedEnvironment Create(TaskFacts facts, int count) => facts.Name switch
    {
        "AntVelocity" => new AntVelocity(count),
        "HalfCheetahVelocity" => new HalfCheetahVelocity(count),
        "HopperVelocity" => new HopperVelocity(count),
        "SwimmerVelocity" => new SwimmerVelocity(count),
        "Walker2dVelocity" => new Walker2dVelocity(count),
        _ => throw new ArgumentException($"MuJoCo has no task '{facts.Name}'.", nameof(facts)),
    };
}
