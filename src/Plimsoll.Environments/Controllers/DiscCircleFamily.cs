namespace Plimsoll.Environments.Controllers;

/// <summary>
/// Discs of many target radii, speeds, lateral care and noise. Most aim near the circle that pays, the
/// others anywhere from a narrow loop to one far too wide; some circle off centre beyond the boundary.
/// </summary>
public sealed class DiscCircleFamily : ControllerFamily
{
    public override IController Draw(IUniformSource random)
    {
        var radius = random.Chance(0.6) ? random.Between(5.8, 7.6) : random.Between(2.5, 10.5);
        var speed = random.Chance(0.6) ? random.Between(4, 6.5) : random.Between(0.5, 4);
        var centre = random.Chance(0.1) ? random.Between(-8, 8) : 0;
        var (left, right) = DrawWalls(random);
        var calm = random.NextUniform();
        return new DiscCircleController(new DiscCircleStyle(
            radius,
            speed,
            centre,
            left,
            right,
            Eagerness: random.Between(0.3, 1),
            Noise: 0.5 * calm * calm,
            Randomness: random.Chance(0.1) ? random.NextUniform() : 0));
    }

    /// <summary>Care on both sides, on one, or none.</summary>
    private static (double Left, double Right) DrawWalls(IUniformSource random)
    {
        var wall = random.Between(5, 6.1);
        var kind = random.NextUniform();
        const double none = double.PositiveInfinity;
        return kind switch
        {
            < 0.33 => (wall, wall),
            < 0.45 => (wall, none),
            < 0.57 => (none, wall),
            _ => (none, none),
        };
    }
}
