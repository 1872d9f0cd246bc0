namespace Plimsoll.Environments.Controllers;

/// <summary>How one scripted disc behaves. Lengths in m, speeds in m/s.</summary>
/// <param name="Radius">Radius of the circle it aims at.</param>
/// <param name="Speed">Speed it aims at.</param>
/// <param name="CentreX">The circle's centre lies at (CentreX, 0).</param>
/// <param name="LeftWall">It turns along the line x = -LeftWall instead of crossing it.</param>
/// <param name="RightWall">It turns along the line x = RightWall instead of crossing it.</param>
/// <param name="Eagerness">Share of the velocity error it removes in one step, in (0, 1].</param>
/// <param name="Noise">Standard deviation added to each component of the action.</param>
/// <param name="Randomness">Probability that an action is uniform in [-1, 1]^2 instead.</param>
public sealed record DiscCircleStyle(
    double Radius,
    double Speed,
    double CentreX = 0,
    double LeftWall = double.PositiveInfinity,
    double RightWall = double.PositiveInfinity,
    double Eagerness = 1,
    double Noise = 0,
    double Randomness = 0);

/// <summary>
/// Drives the disc clockwise along a circle, flattened at walls: lateral care shrinks |x| where the
/// boundary costs while the rest of the path stays wide.
/// </summary>
/// <remarks>
/// Velocity field at p with q = p - centre, r = |q|: the unit vector along the clockwise tangent plus
/// (R - r) per metre of radial correction, times the speed; near a wall the part towards the wall is cut
/// to what the remaining distance allows and the part along it takes up the rest of the speed. The force
/// inverts the disc's dynamics for the field's velocity at the next position, then shrinks along its own
/// direction into the box of forces.
/// </remarks>
public sealed class DiscCircleController(DiscCircleStyle style) : IController
{
    /// <summary>Share of the distance to a wall that one step may cover, per second.</summary>
    private const double WallRate = 3;

    public DiscCircleStyle Style { get; } = style;

    public void Act(ReadOnlySpan<float> observation, Span<float> action, IUniformSource random)
    {
        if (Style.Randomness > 0 && random.Chance(Style.Randomness))
        {
            random.Scatter(action);
            return;
        }

        var x = 10.0 * observation[0];
        var y = 10.0 * observation[1];
        var vx = 5.0 * observation[2];
        var vy = 5.0 * observation[3];
        const double h = DiscCircle.TimeStep;
        var (goalX, goalY) = Field(x + h * vx, y + h * vy);
        goalX = vx + Style.Eagerness * (goalX - vx);
        goalY = vy + Style.Eagerness * (goalY - vy);
        var drag = DiscCircle.LinearDrag + DiscCircle.QuadraticDrag * Math.Sqrt(vx * vx + vy * vy);
        var grip = 1 + h * drag / DiscCircle.Mass;
        const double push = h * DiscCircle.MaxForce / DiscCircle.Mass;
        var ax = (goalX * grip - vx) / push;
        var ay = (goalY * grip - vy) / push;
        var excess = Math.Max(1, Math.Max(Math.Abs(ax), Math.Abs(ay)));
        action[0] = (float)(ax / excess);
        action[1] = (float)(ay / excess);
        if (Style.Noise > 0)
        {
            random.Perturb(action, Style.Noise);
        }
    }

    private (double X, double Y) Field(double x, double y)
    {
        var qx = x - Style.CentreX;
        var r = Math.Max(1e-6, Math.Sqrt(qx * qx + y * y));
        var radial = Style.Radius - r;
        var dx = (y + radial * qx) / r;
        var dy = (-qx + radial * y) / r;
        var scale = Style.Speed / Math.Max(1e-6, Math.Sqrt(dx * dx + dy * dy));
        return BesideWalls(x, scale * dx, scale * dy);
    }

    private (double X, double Y) BesideWalls(double x, double vx, double vy)
    {
        var highest = WallRate * (Style.RightWall - x);
        var lowest = -WallRate * (Style.LeftWall + x);
        var kept = Math.Min(Style.Speed, Math.Max(-Style.Speed, Math.Max(lowest, Math.Min(highest, vx))));
        if (kept == vx)
        {
            return (vx, vy);
        }

        var along = Math.Sqrt(Math.Max(0, Style.Speed * Style.Speed - kept * kept));
        return (kept, vy < 0 ? -along : along);
    }
}
