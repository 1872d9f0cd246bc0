namespace Plimsoll.Environments.Bullet.Models;

/// <summary>
/// MIT's racecar as Bullet-Safety-Gym loads it, at three times its size. Two driven rings (one for each axle) turn
/// the wheels over gears that act as differentials; the front wheels are steered by two hinges.
/// </summary>
internal static class CarModel
{
    internal const int LeftHinge = 0;
    internal const int RightHinge = 2;
    internal const int RearRing = 8;
    internal const int FrontRing = 15;

    // Quarter turns as they are written in the model, which decide bits.
    private const double Quarter = 1.5708;
    private const double RingQuarter = 1.570795;

    private static readonly Vector AboutY = new(0, 1, 0);

    private static Material Soft(double friction) => new(friction, Stiffness: 300000, Damping: 1000);

    internal static BodyModel Body { get; } = new(
    [
        // The mesh of the original is here the hull of its bounding box: Bullet takes a hull's inertia,
        // (0.133944007, 0.508479024, 0.619359025), from that box, and paths agreed to the last digit. The shape of
        // the chassis only matters to a car that meets a wall with it.
        new LinkModel("chassis", -1, default, Mass: 4)
        {
            Centre = new Vector(0.2, 0, 0),
            Shapes =
            [
                new ShapeModel.BoxHull(
                    new Vector(-0.03999999910593033, -0.10000000149011612, -0.030000001192092896),
                    new Vector(0.36500000953674316, 0.10000000149011612, 0.030000006780028343)),
            ],
        },
        // Only the left hinge is stopped by its limits; those of the right one clamp nothing but targets.
        Hinge("left steering hinge", 0.1, stops: true),         // 0
        FrontWheel("left front wheel", 0, -0.0225),             // 1
        Hinge("right steering hinge", -0.1, stops: false),      // 2
        FrontWheel("right front wheel", 2, 0.0225),             // 3
        Carried("laser", -1, 0.265, 0, 0.075, 0.13, new ShapeModel.Box(0.1, 0.1, 0.1, default)),         // 4
        Carried("camera box", -1, 0.39, 0, 0.04, 0.1, new ShapeModel.Box(0.033, 0.175, 0.03, default)),  // 5
        Carried("camera left", 5, 0, 0.06, 0, 0.01),            // 6
        Carried("camera right", 5, 0, -0.06, 0, 0.01),          // 7
        Ring("rear ring", 0),                                   // 8
        Spider("rear spider A", 8, yaw: RingQuarter),           // 9
        Spider("rear spider B", 8, yaw: -RingQuarter),          // 10
        Spider("rear side A", 8, yaw: 0),                       // 11
        RearWheel("left rear wheel", 11, 0.1, -0.0225),         // 12
        Side("rear side B", 8),                                 // 13
        RearWheel("right rear wheel", 13, -0.1, 0.0225),        // 14
        Ring("front ring", 0.32),                               // 15
        Spider("front spider A", 15, yaw: RingQuarter),         // 16
        Spider("front spider B", 15, yaw: -RingQuarter),        // 17
        Spider("front side A", 15, yaw: 0),                     // 18
        Side("front side B", 15),                               // 19
    ])
    {
        Scale = 3,
        Pose = Frame.Turned(new Vector(0, 0, 0.2), 0, 0, Math.PI),
    };

    /// <summary>In the order in which the model makes them.</summary>
    internal static IReadOnlyList<Gear> Gears { get; } =
    [
        new Gear(9, 11, 1),
        new Gear(10, 13, -1),
        new Gear(9, 13, -1),
        new Gear(16, 18, 1),
        new Gear(16, 19, -1),
        new Gear(17, 19, -1),
        new Gear(1, 18, -1, AuxiliaryLink: FrontRing),
        new Gear(3, 19, -1, AuxiliaryLink: FrontRing),
    ];

    // Without a shape: inertia 6.6667e-8 about each axis.
    private static LinkModel Hinge(string name, double y, bool stops) =>
        new(name, -1, Frame.Turned(new Vector(0.325, y, 0), 0, Quarter, 0), Mass: 0.1)
        {
            Axis = new Vector(-1, 0, 0),
            Range = new AngleRange(-1, 1, stops),
        };

    private static LinkModel FrontWheel(string name, int hinge, double z) =>
        Wheel(new LinkModel(name, hinge, Frame.Turned(default, Quarter, 0, 0), Mass: 0.34055), z, 1.1) with
        {
            Axis = new Vector(0, 0, -1),
        };

    private static LinkModel RearWheel(string name, int side, double y, double z) =>
        Wheel(new LinkModel(name, side, Frame.Turned(new Vector(0, y, 0), Quarter, 0, 0), Mass: 0.34055), z, 0.7);

    // Inertia at scale 3: (0.00322151773, 0.00322151773, 0.00531462309).
    private static LinkModel Wheel(LinkModel link, double z, double friction) => link with
    {
        Centre = new Vector(0, 0, z),
        Shapes = [new ShapeModel.Cylinder(0.05, 0.045, Frame.At(0, 0, z))],
        Material = Soft(friction),
    };

    private static LinkModel Carried(
        string name, int parent, double x, double y, double z, double mass, params ShapeModel[] shapes) =>
        new(name, parent, Frame.At(x, y, z), mass) { Shapes = shapes };

    private static LinkModel Ring(string name, double x) =>
        Driven(name, -1, Frame.At(x, 0, 0), 0.0637, 0.025, y: 0.025, RingQuarter);

    private static LinkModel Spider(string name, int ring, double yaw) =>
        Driven(name, ring, Frame.Turned(default, 0, 0, yaw), 0.056, 0.015, y: 0.01, RingQuarter);

    private static LinkModel Side(string name, int ring) =>
        Driven(name, ring, default, 0.056, 0.015, y: -0.01, -RingQuarter);

    /// <summary>A disc about the y axis.</summary>
    private static LinkModel Driven(
        string name, int parent, Frame joint, double mass, double radius, double y, double roll) =>
        new(name, parent, joint, mass)
        {
            Axis = AboutY,
            Shapes = [new ShapeModel.Cylinder(radius, 0.01, Frame.Turned(new Vector(0, y, 0), roll, 0, 0))],
            Material = Soft(1),
        };
}
