namespace Plimsoll.Environments.MuJoCo.Velocity;

/// <summary>The numbers in which the velocity tasks differ.</summary>
/// <param name="Mjcf">The robot.</param>
/// <param name="FrameSkip">Physics steps a step; one step lasts dt = FrameSkip * the model's time
/// step.</param>
/// <param name="CostlySpeed">m/s; a faster step costs 1. The thresholds of "-v1", which DSRL's data are
/// from.</param>
/// <param name="AliveReward">Paid with every step, the terminating one included.</param>
/// <param name="ControlPrice">Taken from the reward, times the sum of squares of the action as given.</param>
/// <param name="HiddenPositions">How many positions at the front of qpos are not observed: the horizontal
/// place.</param>
/// <param name="PositionNoise">A start's qpos is the model's plus U(-this, this) in each entry.</param>
/// <param name="VelocityNoise">A start's qvel: U(-this, this), or this * N(0, 1).</param>
internal sealed record VelocityRules(
    string Mjcf,
    int FrameSkip,
    double CostlySpeed,
    double AliveReward,
    double ControlPrice,
    int HiddenPositions,
    double PositionNoise,
    double VelocityNoise)
{
    /// <summary>Whether the velocities of a start are normal instead of uniform.</summary>
    public bool NormalVelocities { get; init; }

    /// <summary>Observed velocities are clipped to +- this.</summary>
    public double ObservedVelocityLimit { get; init; } = double.PositiveInfinity;
}
