namespace Plimsoll.Environments.Bullet.Models;

/// <summary>
/// A quadrotor, loaded at twice its size: a base of nearly no mass that is observed, a box fixed to it, and four
/// rotors that turn freely about z. No joint has limits.
/// </summary>
internal static class DroneModel
{
    /// <summary>Links 1..4 are the rotors.</summary>
    internal const int FirstRotor = 1;

    internal static BodyModel Body { get; } = new(
    [
        new LinkModel("base", -1, default, Mass: 1e-6),
        // Inertia at scale 2, from the box: (0.0554866667, 0.0554866667, 0.084).
        new LinkModel("body", -1, default, Mass: 1.4)
        {
            Shapes = [new ShapeModel.Box(0.3, 0.3, 0.17, default)],
        },
        Rotor(0.17, 0),
        Rotor(0, -0.17),
        Rotor(-0.17, 0),
        Rotor(0, 0.17),
    ])
    {
        Scale = 2,
        Pose = Frame.At(0, 0, 0.17),
        // Rotors turn at about 460 rad/s, which Bullet's 100 would cut.
        MaxCoordinateVelocity = 1000,
    };

    // Inertia at scale 2: (0.000133588328, 0.000133588328, 0.000266963323).
    private static LinkModel Rotor(double x, double y) =>
        new("rotor", -1, Frame.At(x, y, 0.01), Mass: 0.005)
        {
            Axis = new Vector(0, 0, 1),
            Shapes = [new ShapeModel.Cylinder(0.14, 0.005, default)],
        };
}
