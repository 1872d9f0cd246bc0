using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plimsoll.Environments.Bullet.Native;

// Field for field what src/native/bullet/plimsoll_bullet.h says, which has the meanings.

/// <summary>Position in m and orientation as a quaternion (x, y, z, w).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativePose
{
    public Three Position;
    public Four Orientation;
}

[InlineArray(3)]
internal struct Three
{
    private double first;
}

[InlineArray(4)]
internal struct Four
{
    private double first;
}

[InlineArray(7)]
internal struct Seven
{
    private double first;
}

internal enum ShapeKind
{
    Sphere = 0,
    Box = 1,
    CylinderHull = 2,
    TwoSpheres = 3,
    BoxHull = 4,
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeShape
{
    public ShapeKind Kind;
    public int Unused;
    public NativePose Pose;
    public Seven Size;
    public double Margin;
}

internal enum JointKind
{
    Fixed = 0,
    Revolute = 1,
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeLink
{
    public int Parent;
    public JointKind Joint;
    public int FirstShape;
    public int ShapeCount;
    public int Filtered;
    public int Group;
    public int Mask;
    public int Limited;
    public NativePose ParentToJoint;
    public NativePose Inertial;
    public Three Axis;
    public double Lower;
    public double Upper;
    public double Mass;
    public double Friction;
    public double RollingFriction;
    public double SpinningFriction;
    public double Restitution;
    public double ContactStiffness;
    public double ContactDamping;
    public double CompoundMargin;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeBody
{
    public int LinkCount;
    public int ShapeCount;
    public int PlacedByCentre;
    public int SelfCollision;
    public NativePose Pose;
    public double MaxCoordinateVelocity;
}

[StructLayout(LayoutKind.Sequential)]
internal struct WorldSettings
{
    public double TimeStep;
    public int Substeps;
    public int Iterations;
    public double Gravity;
    public double ContactErp;
}

internal enum CommandKind
{
    VelocityMotor = 0,
    PositionMotor = 1,
    JointTorque = 2,
    BaseForce = 3,
    LinkForce = 4,
}

/// <summary>What a robot is told before a step.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Command
{
    public CommandKind Kind;
    public int Link;
    public Four Values;

    public static Command VelocityMotor(int link, double speed, double gain, double maxForce) =>
        Of(CommandKind.VelocityMotor, link, speed, gain, maxForce);

    public static Command PositionMotor(
        int link, double angle, double positionGain, double velocityGain, double maxForce) =>
        Of(CommandKind.PositionMotor, link, angle, positionGain, velocityGain, maxForce);

    public static Command JointTorque(int link, double torque) => Of(CommandKind.JointTorque, link, torque);

    public static Command BaseForce(double x, double y, double z) => Of(CommandKind.BaseForce, -1, x, y, z);

    public static Command LinkForce(int link, double x, double y, double z) =>
        Of(CommandKind.LinkForce, link, x, y, z);

    private static Command Of(CommandKind kind, int link, double a, double b = 0, double c = 0, double d = 0)
    {
        var command = new Command { Kind = kind, Link = link };
        command.Values[0] = a;
        command.Values[1] = b;
        command.Values[2] = c;
        command.Values[3] = d;
        return command;
    }
}

internal static class Layout
{
    private const int InterfaceVersion = 1;
    private const int Double = 8;

    /// <summary>Debian's 3.24; tasks are checked against no other.</summary>
    internal const int BulletVersion = 324;

    /// <summary>What the shim must say of itself, in the order of <c>plimsoll_bullet_start</c>.</summary>
    internal static (string What, int Number)[] Expected() =>
    [
        ("version of the interface", InterfaceVersion),
        ("bytes of a scalar", Double),
        ("version of Bullet", BulletVersion),
        ("size of Pose", Unsafe.SizeOf<NativePose>()),
        Offset<NativePose>(nameof(NativePose.Orientation)),
        ("size of Shape", Unsafe.SizeOf<NativeShape>()),
        Offset<NativeShape>(nameof(NativeShape.Pose)),
        Offset<NativeShape>(nameof(NativeShape.Size)),
        Offset<NativeShape>(nameof(NativeShape.Margin)),
        ("size of Link", Unsafe.SizeOf<NativeLink>()),
        Offset<NativeLink>(nameof(NativeLink.Limited)),
        Offset<NativeLink>(nameof(NativeLink.ParentToJoint)),
        Offset<NativeLink>(nameof(NativeLink.Inertial)),
        Offset<NativeLink>(nameof(NativeLink.Axis)),
        Offset<NativeLink>(nameof(NativeLink.Mass)),
        Offset<NativeLink>(nameof(NativeLink.CompoundMargin)),
        ("size of Body", Unsafe.SizeOf<NativeBody>()),
        Offset<NativeBody>(nameof(NativeBody.Pose)),
        Offset<NativeBody>(nameof(NativeBody.MaxCoordinateVelocity)),
        ("size of WorldSettings", Unsafe.SizeOf<WorldSettings>()),
        Offset<WorldSettings>(nameof(WorldSettings.Substeps)),
        Offset<WorldSettings>(nameof(WorldSettings.Gravity)),
        Offset<WorldSettings>(nameof(WorldSettings.ContactErp)),
        ("size of Command", Unsafe.SizeOf<Command>()),
        Offset<Command>(nameof(Command.Values)),
    ];

    private static (string What, int Number) Offset<T>(string field) =>
        ($"place of {field} in {typeof(T).Name}", (int)Marshal.OffsetOf<T>(field));
}
