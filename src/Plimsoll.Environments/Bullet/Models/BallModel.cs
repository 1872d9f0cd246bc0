namespace Plimsoll.Environments.Bullet.Models;

/// <summary>A rolling sphere: radius 0.5 m, 0.3 kg, inertia 2/5 m r^2 = 0.03 kg m^2.</summary>
internal static class BallModel
{
    internal static BodyModel Body { get; } = new(
    [
        new LinkModel("ball", -1, default, Mass: 0.3)
        {
            Shapes = [new ShapeModel.Sphere(0.5)],
            Material = new Material(Friction: 1.1, Rolling: 0.03, Spinning: 0.03, Restitution: 0.7),
        },
    ])
    {
        Pose = Frame.At(0, 0, 0.5),
    };
}
