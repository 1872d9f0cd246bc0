namespace Plimsoll.Environments.Bullet.Models;

/// <summary>
/// The ant of MuJoCo as Bullet's importer of MuJoCo files reads it: densities, damping and armature are ignored,
/// mass is 1000 kg/m^3 times the volume (182 kg in all), and a leg is five links, leg - hip - aux - ankle - foot,
/// of which hip and ankle turn and have no mass.
/// </summary>
internal static class AntModel
{
    private const double Density = 1000;

    // The importer keeps lengths in binary32.
    private const double Segment = 0.2f;
    private const double FootLength = 0.4f;
    private const double Radius = 0.08f;

    private static readonly Material Rough = new(Friction: 1.5);

    /// <summary>Links with a shape meet ground and walls, which accept all, and never each other.</summary>
    private static readonly (int Group, int Mask) OnlyWhatAcceptsAll = (1, 0);

    /// <summary>The numbers of the four feet: front left, front right, back left, back right.</summary>
    internal static int[] Feet { get; } = [4, 9, 14, 19];

    // Signs of x and y of the leg, the ankle's axis (not normalised) and its range in degrees.
    internal static BodyModel Body { get; } = new(
    [
        new LinkModel("torso", -1, default, Density * 4 / 3 * Math.PI * Math.Pow(0.25, 3))
        {
            Shapes = [new ShapeModel.Sphere(0.25)],
            Material = Rough,
            Filter = OnlyWhatAcceptsAll,
        },
        .. Leg(0, 1, 1, new Vector(-1, 1, 0), Degrees(30, 100)),
        .. Leg(5, -1, 1, new Vector(1, 1, 0), Degrees(-100, -30)),
        .. Leg(10, -1, -1, new Vector(-1, 1, 0), Degrees(-100, -30)),
        .. Leg(15, 1, -1, new Vector(1, 1, 0), Degrees(30, 100)),
    ])
    {
        Margin = null,
        Pose = Frame.At(0, 0, 0.75),
        PlacedByCentre = true,
        SelfCollision = true,
    };

    private static LinkModel[] Leg(int first, int signX, int signY, Vector ankleAxis, AngleRange ankleRange)
    {
        var (x, y) = (Segment * signX, Segment * signY);
        return
        [
            Capsule("leg", -1, default, x, y),
            Turning("hip", first, Frame.At(x, y, 0), new Vector(0, 0, 1), Degrees(-40, 40)),
            Capsule("aux", first + 1, default, x, y),
            Turning("ankle", first + 2, Frame.At(x, y, 0), ankleAxis, ankleRange),
            Capsule("foot", first + 3, default, FootLength * signX, FootLength * signY),
        ];
    }

    /// <summary>From the link's origin to (x, y, 0); 7.83 kg for leg and aux, 13.52 kg for the foot.</summary>
    private static LinkModel Capsule(string name, int parent, Frame joint, double x, double y)
    {
        var length = Math.Sqrt(2 * x * x);
        var volume = Math.PI * Radius * Radius * length + 4.0 / 3 * Math.PI * Radius * Radius * Radius;
        return new LinkModel(name, parent, joint, Density * volume)
        {
            Centre = new Vector(x / 2, y / 2, 0),
            Shapes = [new ShapeModel.TwoSpheres(default, new Vector(x, y, 0), Radius)],
            Material = Rough,
            Filter = OnlyWhatAcceptsAll,
        };
    }

    private static LinkModel Turning(string name, int parent, Frame joint, Vector axis, AngleRange range) =>
        new(name, parent, joint, Mass: 0) { Axis = axis, Range = range };

    /// <summary>In binary32, as the importer computes them.</summary>
    private static AngleRange Degrees(float lower, float upper) =>
        new(lower * 3.14159274f / 180f, upper * 3.14159274f / 180f, Stops: true);
}
