using System.Text.Json;

namespace Plimsoll.Data.Tests;

/// <summary>
/// The dispatch datasets: real data whose terminals are time limits and whose costs are not 0 or 1.
/// </summary>
public sealed class RealDataTests
{
    [TestCase("expert", 180)]
    [TestCase("mixed", 60)]
    [TestCase("poor", 180)]
    public void The_dispatch_data_have_the_published_numbers(string kind, int episodes)
    {
        Needs.Hdf5();
        var path = Needs.Shared("data", $"ries_{kind}_dsrl.hdf5");
        using var stats = JsonDocument.Parse(File.ReadAllText(Needs.Shared("data", "stats.json")));
        var expected = stats.RootElement.GetProperty($"ries_{kind}_dsrl");

        var options = new DsrlImportOptions("RiesDispatch");
        var asked = (ImportOutcome.Rejected)DsrlImport.Read(path, options);
        Assert.That(
            asked.Problems[0], Is.EqualTo(new DatasetProblem.AmbiguousEndMarkers(path, episodes, 24)));

        var (dataset, warnings) = DsrlRoundTripTests.Imported(
            DsrlImport.Read(path, options with { EndMarkers = EndMarkers.TimeLimits }));
        using (dataset)
        {
            Assert.That(dataset.Trajectories, Has.Count.EqualTo(episodes));
            var costs = dataset.Trajectories.Select(trajectory => trajectory.Cost).ToArray();
            var returns = dataset.Trajectories.Select(trajectory => trajectory.Return).ToArray();
            Assert.Multiple(() =>
            {
                Assert.That(dataset.Count, Is.EqualTo(expected.GetProperty("transitions").GetInt32()));
                Assert.That((dataset.ObservationSize, dataset.ActionSize), Is.EqualTo((10, 4)));
                Assert.That(dataset.Trajectories.Select(trajectory => trajectory.Length), Is.All.EqualTo(24));
                Assert.That(dataset.Trajectories.Select(trajectory => trajectory.Terminated), Is.All.False);
                Assert.That(dataset.Metadata.Horizon, Is.EqualTo(24));
                Assert.That(dataset.Metadata.Facts["source"], Does.Contain("safe-offline-rl-ries-dispatch"));
                Assert.That(warnings, Has.Some.InstanceOf<DatasetProblem.CostsNotBinary>());
                AssertClose(returns, expected.GetProperty("ret"));
                AssertClose(costs, expected.GetProperty("cost"));
            });
        }
    }

    // The published numbers were summed before the data became binary32.
    private static void AssertClose(double[] values, JsonElement expected)
    {
        Assert.That(values.Min(), Is.EqualTo(expected.GetProperty("min").GetDouble()).Within(1e-5).Percent);
        Assert.That(values.Max(), Is.EqualTo(expected.GetProperty("max").GetDouble()).Within(1e-5).Percent);
        Assert.That(
            values.Average(), Is.EqualTo(expected.GetProperty("mean").GetDouble()).Within(1e-5).Percent);
    }
}
