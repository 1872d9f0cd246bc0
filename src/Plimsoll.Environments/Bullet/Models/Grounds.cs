namespace Plimsoll.Environments.Bullet.Models;

/// <summary>
/// The two worlds that robots stand in: static bodies, the ground first. Boundary lines and discs of the original
/// are only drawn, so they are not here.
/// </summary>
internal static class Grounds
{
    /// <summary>Run: a box of 500 x 500 x 2 with its top at 0.</summary>
    internal static CompiledBody[] Plane() => [Ground(500, 2)];

    /// <summary>Circle: a box of 30 x 30 x 10 with its top at 0, and eight walls at radius 12.</summary>
    internal static CompiledBody[] Octagon() =>
        [Ground(30, 10), .. Enumerable.Range(0, 8).Select(k => Wall(k * 2 * Math.PI / 8))];

    private static CompiledBody Ground(double side, double depth) => Static(
        new ShapeModel.Box(side, side, depth, Frame.At(0, 0, -depth / 2)),
        new Material(Friction: 0.8, Restitution: 0.5),
        turn: 0);

    private static CompiledBody Wall(double turn) =>
        Static(new ShapeModel.Box(0.2, 10, 2, Frame.At(12, 0, 1)), new Material(), turn);

    private static CompiledBody Static(ShapeModel shape, Material material, double turn) => new(
        new BodyModel([new LinkModel("base", -1, default, Mass: 0) { Shapes = [shape], Material = material }])
        {
            Pose = Frame.Turned(default, 0, 0, turn),
        });
}
