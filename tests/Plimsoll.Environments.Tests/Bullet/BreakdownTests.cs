using NUnit.Framework;
using Plimsoll.Environments.Bullet;
using Plimsoll.Environments.Tests.Support;

namespace Plimsoll.Environments.Tests.Bullet;

/// <summary>Numbers that are none, which Bullet carries on with in silence.</summary>
public class BreakdownTests
{
    private static readonly string[] Names = [.. BulletTasks.All.Select(task => task.Name)];

    [OneTimeSetUp]
    public void NeedsBullet() => Needs.Engine(Engine.Bullet);

    private static double[] All(double value, int count) => [.. Enumerable.Repeat(value, count)];

    [Test]
    public void A_state_that_is_no_number_is_named_and_the_environment_stands_still(
        [ValueSource(nameof(Names))] string name)
    {
        using var environment = new BulletEnvironment(BulletTasks.Find(name), 1);
        var solo = new Solo(environment);
        var size = solo.Facts.ActionSize;
        solo.Reset(new SplitMix(6));
        Assert.That(() => environment.Move(0, All(double.NaN, size)), Throws.TypeOf<SimulationException>());
        // Now the world itself is broken, whatever it is told.
        Assert.That(
            () => solo.Step(new float[size]),
            Throws.TypeOf<SimulationException>()
                .With.Message.Contains(name).And.Message.Contains("environment 0").And.Message.Contains("is NaN"));
        var after = solo.Step(new float[size]);
        Assert.That((after.Reward, after.Cost, after.Terminated), Is.EqualTo((0f, 0f, true)));
        solo.Reset(new SplitMix(6));
        Assert.That(solo.Step(new float[size]).Terminated, Is.False);
    }

    [Test]
    public void A_start_that_is_no_number_is_named([ValueSource(nameof(Names))] string name)
    {
        var task = BulletTasks.Find(name);
        using var environment = new BulletEnvironment(task, 1);
        var angles = All(0, task.Robot.Body.Movable.Length);
        Assert.That(
            () => environment.Start(0, angles, double.NaN, 0, 0),
            Throws.TypeOf<SimulationException>().With.Message.Contains(name));
    }

    [Test]
    public void A_broken_world_leaves_its_neighbours_alone()
    {
        using var environment = new BulletEnvironment(BulletTasks.Find("BallRun"), 2);
        using var alone = new BulletEnvironment(BulletTasks.Find("BallRun"), 1);
        var observation = new float[environment.Facts.ObservationSize];
        environment.Reset(0, new SplitMix(6), observation);
        environment.Reset(1, new SplitMix(7), observation);
        alone.Reset(0, new SplitMix(7), observation);
        Assert.That(() => environment.Move(0, All(double.NaN, 2)), Throws.TypeOf<SimulationException>());
        for (var t = 0; t < 20; t++)
        {
            environment.Move(1, [1, -0.5]);
            alone.Move(0, [1, -0.5]);
        }

        Assert.That(environment.Numbers(1).SequenceEqual(alone.Numbers(0)));
    }
}
