namespace Plimsoll.Environments.Controllers;

/// <summary>On which side, seen from the walker, the hazard is passed.</summary>
public enum Detour
{
    /// <summary>Straight to the goal, whatever lies between.</summary>
    None,

    /// <summary>The hazard stays on the right hand.</summary>
    Left,

    /// <summary>The hazard stays on the left hand.</summary>
    Right,
}

/// <summary>How one scripted walker behaves.</summary>
/// <param name="Detour">Side of the detour.</param>
/// <param name="Clearance">Radius of the disc about the hazard's centre that it walks around.</param>
/// <param name="Pace">Share of the longest step that it takes, in (0, 1].</param>
/// <param name="Noise">Standard deviation added to each component of the action.</param>
/// <param name="Dawdling">Probability that an action is uniform in [-1, 1]^2 instead.</param>
public sealed record PointNavStyle(
    Detour Detour, double Clearance = 0, double Pace = 1, double Noise = 0, double Dawdling = 0);

/// <summary>
/// Walks to the goal, straight or along the tangent of a disc about the hazard while that disc is in the
/// way, and straight out of the disc while inside it.
/// </summary>
public sealed class PointNavController(PointNavStyle style) : IController
{
    public PointNavStyle Style { get; } = style;

    public void Act(ReadOnlySpan<float> observation, Span<float> action, IUniformSource random)
    {
        if (Style.Dawdling > 0 && random.Chance(Style.Dawdling))
        {
            random.Scatter(action);
            return;
        }

        var (dx, dy) = Displacement(observation[0], observation[1]);
        var largest = Math.Max(1e-12, Math.Max(Math.Abs(dx), Math.Abs(dy)));
        var scale = Math.Min(Style.Pace / largest, 1 / PointNav.StepSize);
        action[0] = (float)(scale * dx);
        action[1] = (float)(scale * dy);
        if (Style.Noise > 0)
        {
            random.Perturb(action, Style.Noise);
        }
    }

    /// <summary>Where to, as a displacement: to the goal, or one unit along the detour.</summary>
    private (double X, double Y) Displacement(double x, double y)
    {
        var goalX = PointNav.GoalX - x;
        var goalY = PointNav.GoalY - y;
        if (Style.Detour == Detour.None)
        {
            return (goalX, goalY);
        }

        var hazardX = PointNav.HazardX - x;
        var hazardY = PointNav.HazardY - y;
        var distance = Math.Max(1e-9, Math.Sqrt(hazardX * hazardX + hazardY * hazardY));
        if (distance < Style.Clearance)
        {
            return (-hazardX / distance, -hazardY / distance);
        }

        if (!Blocks(goalX, goalY, hazardX, hazardY))
        {
            return (goalX, goalY);
        }

        // The tangent makes an angle of sine rho / D and cosine L / D with the line to the centre.
        var sine = Style.Clearance / distance * (Style.Detour == Detour.Left ? 1 : -1);
        var cosine = Math.Sqrt(Math.Max(0, 1 - sine * sine));
        var ux = hazardX / distance;
        var uy = hazardY / distance;
        return (ux * cosine - uy * sine, uy * cosine + ux * sine);
    }

    /// <summary>Whether the segment to the goal passes the hazard's centre within the clearance.</summary>
    private bool Blocks(double goalX, double goalY, double hazardX, double hazardY)
    {
        var length = Math.Max(1e-9, goalX * goalX + goalY * goalY);
        var nearest = Math.Min(1, Math.Max(0, (goalX * hazardX + goalY * hazardY) / length));
        var missX = hazardX - nearest * goalX;
        var missY = hazardY - nearest * goalY;
        return missX * missX + missY * missY < Style.Clearance * Style.Clearance;
    }
}

/// <summary>
/// Walkers through the hazard and around it on either side, brisk and dawdling, exact and noisy.
/// </summary>
public sealed class PointNavFamily : ControllerFamily
{
    public override IController Draw(IUniformSource random)
    {
        var side = random.NextUniform();
        var detour = side < 0.4 ? Detour.None : side < 0.7 ? Detour.Left : Detour.Right;
        var unhurried = random.NextUniform();
        var calm = random.NextUniform();
        return new PointNavController(new PointNavStyle(
            detour,
            Clearance: random.Between(0.2, 0.42),
            Pace: 1 - 0.9 * unhurried * unhurried,
            Noise: 0.6 * calm * calm,
            Dawdling: random.Chance(0.4) ? random.Between(0, 0.95) : 0));
    }
}
