namespace Plimsoll.Environments.Bullet;

/// <summary>
/// A robot after a step, read from a row of numbers: the base's centre of mass in the world's frame (position in m,
/// orientation as a quaternion, velocity in m/s, angular velocity in rad/s), angle and speed of each joint that
/// turns (rad, rad/s; ascending link numbers), and for the base and every link how many points touch the ground.
/// </summary>
internal readonly ref struct RobotState(ReadOnlySpan<double> numbers, int joints)
{
    internal const int BaseSize = 13;

    private readonly ReadOnlySpan<double> numbers = numbers;
    private readonly int joints = joints;

    internal ReadOnlySpan<double> Position => numbers[..3];

    internal ReadOnlySpan<double> Orientation => numbers[3..7];

    internal ReadOnlySpan<double> Velocity => numbers[7..10];

    internal ReadOnlySpan<double> Spin => numbers[10..13];

    internal double Angle(int joint) => numbers[BaseSize + 2 * joint];

    internal double Speed(int joint) => numbers[BaseSize + 2 * joint + 1];

    /// <param name="link">-1 for the base.</param>
    internal bool Touches(int link) => numbers[BaseSize + 2 * joints + 1 + link] > 0;
}
