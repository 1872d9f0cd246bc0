namespace Plimsoll.Environments.Bullet.Models;

/// <summary>Lengths in m, or an axis.</summary>
internal readonly record struct Vector(double X, double Y, double Z);

/// <summary>A frame in another: its origin in m, then roll, pitch and yaw in radians (turns about fixed x, y, z).</summary>
internal readonly record struct Frame(Vector Origin, Vector Angles)
{
    public static Frame At(double x, double y, double z) => new(new Vector(x, y, z), default);

    public static Frame Turned(Vector origin, double roll, double pitch, double yaw) =>
        new(origin, new Vector(roll, pitch, yaw));
}

/// <summary>A shape in the frame of its link, before scaling.</summary>
internal abstract record ShapeModel(Frame At)
{
    internal sealed record Sphere(double Radius) : ShapeModel(default(Frame));

    /// <summary>Full lengths.</summary>
    internal sealed record Box(double X, double Y, double Z, Frame At) : ShapeModel(At);

    /// <summary>Along the z axis of its frame; for Bullet a hull of 2 x 32 points.</summary>
    internal sealed record Cylinder(double Radius, double Length, Frame At) : ShapeModel(At);

    /// <summary>The hull of two spheres, MuJoCo's capsule to Bullet.</summary>
    internal sealed record TwoSpheres(Vector From, Vector To, double Radius) : ShapeModel(default(Frame));

    /// <summary>The hull of eight corners: a box that Bullet treats as a hull.</summary>
    internal sealed record BoxHull(Vector Low, Vector High) : ShapeModel(default(Frame));
}

/// <summary>What touching a link is like. Rolling and spinning friction in m, stiffness in N/m, damping in N s/m.</summary>
internal sealed record Material(
    double Friction = 0.5,
    double Rolling = 0,
    double Spinning = 0,
    double Restitution = 0,
    double? Stiffness = null,
    double Damping = 0);

/// <summary>Angles in radians between which a joint's targets lie; with <paramref name="Stops"/> the joint too.</summary>
internal sealed record AngleRange(double Lower, double Upper, bool Stops);

/// <summary>One link and the joint that holds it.</summary>
/// <param name="Name">For people.</param>
/// <param name="Parent">Number of the parent link; -1 is the base.</param>
/// <param name="Joint">The joint's frame in the parent link's.</param>
/// <param name="Mass">kg; 0 for a base makes it static.</param>
internal sealed record LinkModel(string Name, int Parent, Frame Joint, double Mass)
{
    /// <summary>The axis it turns about, in its own frame and not normalised; null: it is fixed.</summary>
    public Vector? Axis { get; init; }

    public AngleRange? Range { get; init; }

    /// <summary>The centre of mass in the link's frame. Inertia follows from the shapes, not from a file.</summary>
    public Vector Centre { get; init; }

    public ShapeModel[] Shapes { get; init; } = [];

    public Material Material { get; init; } = new();

    /// <summary>Bullet's collision group and mask; null leaves Bullet's own.</summary>
    public (int Group, int Mask)? Filter { get; init; }
}

/// <summary>Makes the speeds of two joints keep a ratio.</summary>
/// <param name="AuxiliaryLink">Bullet's auxiliary link: its speed is added; -1 for none.</param>
internal readonly record struct Gear(int LinkA, int LinkB, double Ratio, int AuxiliaryLink = -1)
{
    public double MaxForce => 10000;
}

/// <summary>A tree of links, the base first; link numbers count from 0 after the base.</summary>
internal sealed record BodyModel(LinkModel[] Links)
{
    /// <summary>Multiplies all lengths, never masses or margins.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>m around every shape; null leaves Bullet's own, as the importer of MuJoCo files does.</summary>
    public double? Margin { get; init; } = 0.001;

    /// <summary>Where it is loaded: its base's link frame, or with <see cref="PlacedByCentre"/> its centre.</summary>
    public Frame Pose { get; init; }

    public bool PlacedByCentre { get; init; }

    public bool SelfCollision { get; init; }

    /// <summary>rad/s and m/s; null leaves Bullet's 100.</summary>
    public double? MaxCoordinateVelocity { get; init; }
}
