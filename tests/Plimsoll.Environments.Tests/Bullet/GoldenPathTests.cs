using NUnit.Framework;
using Plimsoll.Environments.Bullet;
using Plimsoll.Environments.Tests.Support;

namespace Plimsoll.Environments.Tests.Bullet;

/// <summary>
/// Paths of another program on the same libraries, which agreed with PyBullet's server in all 15 digits.
/// </summary>
public class GoldenPathTests
{
    private static readonly string[] Robots = ["Ant", "Ball", "Car", "Drone"];
    private static readonly string[] Courses = ["Circle", "Run"];

    [OneTimeSetUp]
    public void NeedsBullet() => Needs.Engine(Engine.Bullet);

    [Test]
    public void The_first_50_steps_agree_in_every_digit(
        [ValueSource(nameof(Robots))] string robot, [ValueSource(nameof(Courses))] string course)
    {
        var file = $"{robot}_{course}.txt".ToLowerInvariant();
        Follow(robot, course, Path.Combine(AppContext.BaseDirectory, "Golden", "bullet", file), 51);
    }

    [Test]
    public void All_200_steps_agree_in_every_digit(
        [ValueSource(nameof(Robots))] string robot, [ValueSource(nameof(Courses))] string course)
    {
        var file = $"my_{robot}_{course}.txt".ToLowerInvariant();
        Follow(robot, course, Needs.Shared("golden", "bullet", file), 201);
    }

    private static void Follow(string robot, string course, string file, int count)
    {
        var expected = File.ReadAllLines(file);
        Assert.That(expected, Has.Length.EqualTo(count));
        var path = new FixedPath(BulletTasks.Find(robot + course));
        using var environment = path.Start();
        for (var t = 0; t < expected.Length; t++)
        {
            if (t > 0)
            {
                environment.Move(0, path.Action(t));
            }

            Assert.That($"S {t} {path.Print(environment.Numbers(0))}", Is.EqualTo(expected[t]));
        }
    }
}
