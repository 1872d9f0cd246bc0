using NUnit.Framework;
using Plimsoll.Environments.Controllers;
using Plimsoll.Environments.Tests.Support;

namespace Plimsoll.Environments.Tests.OwnTask;

/// <summary>The worked example of the manual's page on own tasks: it compiles, and it is the task it describes.</summary>
public class TankTests
{
    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")))
            {
                folder = folder.Parent ?? throw new DirectoryNotFoundException("Pipeline.sln is in no folder above");
            }

            return folder.FullName;
        }
    }

    [TestCase("Tank.cs")]
    [TestCase("TankFamily.cs")]
    public void The_manual_quotes_the_example(string file)
    {
        var page = File.ReadAllText(Path.Combine(Root, "docs", "own-task.md"));
        var source = File.ReadAllText(
            Path.Combine(Root, "tests", "Plimsoll.Environments.Tests", "OwnTask", file));
        Assert.That(page, Does.Contain("```csharp\n" + source + "```\n"));
    }

    [Test]
    public void A_full_tank_overflows_and_an_empty_one_gives_nothing()
    {
        using var solo = new Solo(new Tank(1));
        var level = solo.Reset(new SplitMix(1))[0];
        var open = solo.Step(1);
        Assert.That(open.Reward, Is.EqualTo(Math.Min(level, 0.3f)).Within(1e-6));
        for (var hour = 1; hour < 24; hour++)
        {
            open = solo.Step(1);
        }

        Assert.That((open.Cost, open.Observation[0], open.Truncated), Is.EqualTo((1f, 1f, true)));
        solo.Reset(new SplitMix(1));
        var closed = Enumerable.Range(0, 24).Select(_ => solo.Step(-1)).ToArray();
        Assert.That(closed.Sum(step => step.Reward), Is.EqualTo(level).Within(1e-5));
        Assert.That(closed.Sum(step => step.Cost), Is.Zero);
    }

    [Test]
    public void An_environment_does_not_know_its_neighbours()
    {
        using var many = new Tank(3);
        using var alone = new Solo(new Tank(1));
        var observations = new float[6];
        for (var i = 0; i < 3; i++)
        {
            many.Reset(i, new SplitMix(i), observations.AsSpan(2 * i, 2));
        }

        alone.Reset(new SplitMix(2));
        var (rewards, costs) = (new float[3], new float[3]);
        for (var hour = 0; hour < 24; hour++)
        {
            many.Step(0, 3, [1, -1, 0.3f], observations, rewards, costs, new bool[3], new bool[3]);
            var step = alone.Step(0.3f);
            Assert.That((observations[4], rewards[2]), Is.EqualTo((step.Observation[0], step.Reward)));
        }
    }

    [Test]
    public void Its_controllers_are_safe_and_unsafe()
    {
        var random = new SplitMix(3);
        using var solo = new Solo(new Tank(1));
        var costs = Enumerable.Range(0, 500).Select(_ => solo.Run(new TankFamily().Draw(random), random).Cost).ToArray();
        Assert.That(costs.Count(cost => cost == 0), Is.InRange(150, 450));
        Assert.That(costs.Max(), Is.GreaterThan(5));
    }
}
