namespace Plimsoll.Environments.Controllers;

/// <summary>Keeps the level near a target: the valve opens by how much is missing, times a gain.</summary>
public sealed class TankController(double target, double gain) : IController
{
    public void Act(ReadOnlySpan<float> observation, Span<float> action, IUniformSource random) =>
        action[0] = (float)Math.Clamp(gain * (target - observation[0]) + random.NextUniform() - 0.5, -1, 1);
}

/// <summary>Targets from an empty tank to one that overflows.</summary>
public sealed class TankFamily : ControllerFamily
{
    public override IController Draw(IUniformSource random) =>
        new TankController(1.3 * random.NextUniform(), 1 + 4 * random.NextUniform());
}
