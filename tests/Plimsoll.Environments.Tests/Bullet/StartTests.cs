using NUnit.Framework;
using Plimsoll.Environments.Bullet;
using Plimsoll.Environments.Tests.Support;

namespace Plimsoll.Environments.Tests.Bullet;

/// <summary>What a reset draws: a robot put where the numbers say is, one step later, where the reset has it.</summary>
public class StartTests
{
    private static readonly string[] Names = [.. BulletTasks.All.Select(task => task.Name)];

    [OneTimeSetUp]
    public void NeedsBullet() => Needs.Engine(Engine.Bullet);

    private static int Joints(string task) => task[..3] switch { "Bal" => 0, "Car" => 14, "Ant" => 8, _ => 4 };

    /// <summary>Noise in [-0.1, 0.1], which an ant adds to legs that point down: hip 0, ankle a quarter turn, and
    /// front right and back left bend the other way.</summary>
    private static double[] Angles(string task, double[] uniforms)
    {
        double[] noise = [.. uniforms.Select(u => -0.1 + 0.2 * u)];
        if (!task.StartsWith("Ant"))
        {
            return noise;
        }

        double[] middle = [0, 1, 0, -1, 0, -1, 0, 1];
        return [.. noise.Select((n, i) => middle[i] * Math.PI / 2 + (middle[i] < 0 ? -n : n))];
    }

    private static void Agree(BulletEnvironment drawn, BulletEnvironment placed)
    {
        var (a, b) = (drawn.Numbers(0).ToArray(), placed.Numbers(0).ToArray());
        // A yaw and the same yaw a turn later are quaternions of opposite signs.
        var sign = Math.Sign(a[3..7].Zip(b[3..7], (x, y) => x * y).Sum());
        for (var k = 3; k < 7; k++)
        {
            b[k] *= sign;
        }

        Assert.That(a, Is.EqualTo(b).Within(1e-7));
    }

    [Test]
    public void A_run_starts_by_the_origin_facing_along_x([Values("Ant", "Ball", "Car", "Drone")] string robot)
    {
        var name = robot + "Run";
        using var drawn = new BulletEnvironment(BulletTasks.Find(name), 1);
        using var placed = new BulletEnvironment(BulletTasks.Find(name), 1);
        double[] joints = [.. Enumerable.Range(0, Joints(name)).Select(i => 0.5 + 0.49 * Math.Sin(2 + i))];
        var stream = new Given([.. joints, 0.05, 0.8]);
        drawn.Reset(0, stream, new float[drawn.Facts.ObservationSize]);
        Assert.That(stream.Left, Is.Zero);
        placed.Start(0, Angles(name, joints), -0.009, 0.006, robot == "Car" ? Math.PI : 0);
        Agree(drawn, placed);
    }

    /// <summary>The first two places lie beyond the outer and within the inner radius.</summary>
    [Test]
    public void A_circle_starts_between_its_radii_facing_clockwise(
        [Values("Ant", "Ball", "Car", "Drone")] string robot, [Values(0, 1, 2, 3)] int quadrant)
    {
        var name = robot + "Circle";
        using var drawn = new BulletEnvironment(BulletTasks.Find(name), 1);
        using var placed = new BulletEnvironment(BulletTasks.Find(name), 1);
        double[] joints = [.. Enumerable.Range(0, Joints(name)).Select(i => 0.5 + 0.49 * Math.Sin(1 + i))];
        var (u, v) = (quadrant < 2 ? 0.8 : 0.2, quadrant % 2 == 0 ? 0.75 : 0.25);
        var stream = new Given([.. joints, 0.99, 0.98, 0.4, 0.55, u, v]);
        drawn.Reset(0, stream, new float[drawn.Facts.ObservationSize]);
        Assert.That(stream.Left, Is.Zero);
        var (x, y) = (8 * u - 4, 8 * v - 4);
        var clockwise = Math.Atan2(-x, y);
        placed.Start(0, Angles(name, joints), x, y, clockwise + (robot == "Car" ? Math.PI : 0));
        Agree(drawn, placed);
    }

    [Test]
    public void Another_draw_is_another_start([ValueSource(nameof(Names))] string name)
    {
        using var environment = new BulletEnvironment(BulletTasks.Find(name), 1);
        var size = Joints(name) + 2;
        double[] middle = [.. Enumerable.Repeat(0.5, Joints(name)), 0.85, 0.5];
        double[] Start(double[] numbers)
        {
            environment.Reset(0, new Given(numbers), new float[environment.Facts.ObservationSize]);
            return environment.Numbers(0).ToArray();
        }

        for (var k = 0; k < size; k++)
        {
            double[] moved = [.. middle];
            moved[k] += 0.02;
            Assert.That(Start(moved), Is.Not.EqualTo(Start(middle)), $"number {k}");
        }
    }
}
