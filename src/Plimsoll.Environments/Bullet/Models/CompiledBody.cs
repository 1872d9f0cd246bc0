using Plimsoll.Environments.Bullet.Native;

namespace Plimsoll.Environments.Bullet.Models;

/// <summary>A body as the shim wants it.</summary>
internal sealed class CompiledBody
{
    internal CompiledBody(BodyModel model)
    {
        var shapes = new List<NativeShape>();
        Links = new NativeLink[model.Links.Length];
        for (var i = 0; i < Links.Length; i++)
        {
            var link = model.Links[i];
            Links[i] = Compile(link, model);
            Links[i].FirstShape = shapes.Count;
            Links[i].ShapeCount = link.Shapes.Length;
            shapes.AddRange(link.Shapes.Select(shape => Compile(shape, model)));
        }

        Shapes = [.. shapes];
        Movable = [.. Enumerable.Range(0, Links.Length - 1).Where(link => model.Links[link + 1].Axis is not null)];
        Body = new NativeBody
        {
            LinkCount = Links.Length,
            ShapeCount = Shapes.Length,
            PlacedByCentre = model.PlacedByCentre ? 1 : 0,
            SelfCollision = model.SelfCollision ? 1 : 0,
            Pose = Geometry.Pose(model.Pose, 1),
            MaxCoordinateVelocity = model.MaxCoordinateVelocity ?? -1,
        };
    }

    internal NativeBody Body { get; }

    internal NativeLink[] Links { get; }

    internal NativeShape[] Shapes { get; }

    /// <summary>Numbers of the links that turn, ascending.</summary>
    internal int[] Movable { get; }

    /// <summary>Numbers in a state: base, angle and speed of each movable link, contacts of base and links.</summary>
    internal int StateSize => RobotState.BaseSize + 2 * Movable.Length + Links.Length;

    private static NativeLink Compile(LinkModel link, BodyModel model)
    {
        var axis = link.Axis ?? default;
        var compiled = new NativeLink
        {
            Parent = link.Parent,
            Joint = link.Axis is null ? JointKind.Fixed : JointKind.Revolute,
            Filtered = link.Filter is null ? 0 : 1,
            Group = link.Filter?.Group ?? 0,
            Mask = link.Filter?.Mask ?? 0,
            Limited = link.Range is { Stops: true } ? 1 : 0,
            ParentToJoint = Geometry.Pose(link.Joint, model.Scale),
            Inertial = Geometry.Pose(new Frame(link.Centre, default), model.Scale),
            Lower = link.Range?.Lower ?? 0,
            Upper = link.Range?.Upper ?? -1,
            Mass = link.Mass,
            Friction = link.Material.Friction,
            RollingFriction = link.Material.Rolling,
            SpinningFriction = link.Material.Spinning,
            Restitution = link.Material.Restitution,
            ContactStiffness = link.Material.Stiffness ?? -1,
            ContactDamping = link.Material.Damping,
            CompoundMargin = model.Margin ?? -1,
        };
        compiled.Axis[0] = axis.X;
        compiled.Axis[1] = axis.Y;
        compiled.Axis[2] = axis.Z;
        return compiled;
    }

    private static NativeShape Compile(ShapeModel shape, BodyModel model)
    {
        (ShapeKind Kind, double[] Lengths) described = shape switch
        {
            ShapeModel.Sphere s => (ShapeKind.Sphere, [s.Radius]),
            ShapeModel.Box b => (ShapeKind.Box, [b.X, b.Y, b.Z]),
            ShapeModel.Cylinder c => (ShapeKind.CylinderHull, [c.Radius, c.Length]),
            ShapeModel.TwoSpheres t =>
                (ShapeKind.TwoSpheres, [t.From.X, t.From.Y, t.From.Z, t.To.X, t.To.Y, t.To.Z, t.Radius]),
            ShapeModel.BoxHull h =>
                (ShapeKind.BoxHull, [h.Low.X, h.High.X, h.Low.Y, h.High.Y, h.Low.Z, h.High.Z]),
            _ => throw new ArgumentException($"There is no shape {shape}.", nameof(shape)),
        };
        var compiled = new NativeShape
        {
            Kind = described.Kind,
            Pose = Geometry.Pose(shape.At, model.Scale),
            Margin = model.Margin ?? -1,
        };
        for (var i = 0; i < described.Lengths.Length; i++)
        {
            compiled.Size[i] = described.Lengths[i] * model.Scale;
        }

        return compiled;
    }
}
