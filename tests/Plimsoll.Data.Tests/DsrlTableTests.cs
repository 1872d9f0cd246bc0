using System.Globalization;
using System.Text.RegularExpressions;

namespace Plimsoll.Data.Tests;

/// <summary>The tables of DSRL's tasks and density grids, by their own laws and against the reference.</summary>
public sealed class DsrlTableTests
{
    [Test]
    public void There_are_38_tasks_with_names_of_their_own()
    {
        Assert.Multiple(() =>
        {
            Assert.That(DsrlTasks.All, Has.Count.EqualTo(38));
            Assert.That(DsrlTasks.All.Select(task => task.Name), Is.Unique);
            Assert.That(DsrlTasks.All.Select(task => task.FileName), Is.Unique);
            Assert.That(
                DsrlTasks.All.CountBy(task => task.Suite).Select(pair => pair.Value),
                Is.EqualTo(new[] { 8, 16, 5, 9 }));
        });
    }

    [Test]
    public void File_names_hold_the_cap_and_the_number_of_episodes()
    {
        var form = new Regex(@"^(Safety\w+(Gymnasium)?-v[01]|SafeMetaDrive-\w+-v0)-(\d+)-(\d+)\.hdf5$");
        foreach (var task in DsrlTasks.All)
        {
            var match = form.Match(task.FileName);
            Assert.That(match.Success, task.FileName);
            Assert.That(match.Groups[3].Value, Is.EqualTo($"{task.CostCap}"));
            Assert.That(match.Groups[4].Value, Is.EqualTo($"{task.Trajectories}"));
        }
    }

    [Test]
    public void Numbers_fit_each_other()
    {
        foreach (var task in DsrlTasks.All)
        {
            Assert.Multiple(() =>
            {
                Assert.That(task.ReturnMin, Is.LessThan(task.ReturnMax), task.Name);
                Assert.That(task.CostMin, Is.InRange(0, 0.001), task.Name);
                // MetaDrive's caps are rounded: hardsparse reaches 85.01.
                Assert.That(task.CostMax, Is.InRange(0.9 * task.CostCap, 1.001 * task.CostCap), task.Name);
                Assert.That(task.CostLimits, Has.All.LessThan(task.CostCap).Or.All.LessThanOrEqualTo(40));
                Assert.That(task.Returns.Most, Is.EqualTo(task.ReturnMax));
            });
        }
    }

    [Test]
    public void Limits_are_those_of_the_protocol()
    {
        double[] low = [10, 20, 40], high = [20, 40, 80];
        Assert.Multiple(() =>
        {
            Assert.That(DsrlTasks.ByName("CarRun")!.CostLimits, Is.EqualTo(low));
            Assert.That(DsrlTasks.ByName("harddense")!.CostLimits, Is.EqualTo(low));
            Assert.That(DsrlTasks.ByName("PointGoal1")!.CostLimits, Is.EqualTo(high));
            Assert.That(DsrlTasks.ByName("AntVelocity")!.CostLimits, Is.EqualTo(high));
        });
    }

    [TestCase("BallCircle", "BallCircle")]
    [TestCase("OfflineBallCircle-v0", "BallCircle")]
    [TestCase("SafetyBallCircle-v0", "BallCircle")]
    [TestCase("/data/SafetyBallCircle-v0-80-886.hdf5", "BallCircle")]
    [TestCase("SafetyBallCircle-v0-80-886.npz", "BallCircle")]
    [TestCase("OfflineHopperVelocityGymnasium-v1", "HopperVelocity")]
    [TestCase("OfflineMetadrive-easydense-v0", "easydense")]
    [TestCase("SafeMetaDrive-easydense-v0-85-1000", "easydense")]
    [TestCase("SafetyBallCircle-v0-80-887.hdf5", null)]
    [TestCase("ballcircle", null)]
    [TestCase("", null)]
    public void A_task_is_found_by_name_environment_and_file(string text, string? name) =>
        Assert.That(DsrlTasks.Find(text)?.Name, Is.EqualTo(name));

    [Test]
    public void Every_task_is_found_by_each_of_its_names()
    {
        foreach (var task in DsrlTasks.All)
        {
            string[] names = [task.Name, task.EnvironmentId, task.DataEnvironmentId, task.FileName];
            Assert.That(names.Select(DsrlTasks.Find), Is.All.SameAs(task));
        }
    }

    [Test]
    public void Every_density_grid_belongs_to_a_task_and_smaller_densities_keep_less()
    {
        Assert.That(DsrlDensities.All, Has.Count.EqualTo(60));
        foreach (var pair in DsrlDensities.All.GroupBy(grid => grid.Environment))
        {
            Assert.That(DsrlTasks.ByEnvironment(pair.Key), Is.Not.Null, pair.Key);
            var sorted = pair.OrderBy(grid => grid.Density).ToArray();
            Assert.That(sorted, Has.Length.EqualTo(2), pair.Key);
            Assert.That(sorted[0].MostPerCell, Is.LessThan(sorted[1].MostPerCell), pair.Key);
            Assert.That(sorted.Select(grid => grid.SparseUpTo), Is.All.EqualTo(2));
            Assert.That(sorted.Select(grid => grid.CostCells), Is.All.EqualTo(10));
        }
    }

    [Test]
    public void The_tables_are_those_of_the_reference()
    {
        var lines = File.ReadAllLines(Needs.Shared("reference", "evaluation.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Select(line => line.Trim('|', ' ').Split(" | ")).ToArray();
        var rows = lines.Where(cells => cells.Length == 10 && cells[1].EndsWith(".hdf5", StringComparison.Ordinal));
        Assert.That(rows.Select(Row), Is.EqualTo(DsrlTasks.All.Select(task => (
            task.Name, task.FileName, task.ObservationSize, task.ActionSize, task.Horizon, task.Trajectories,
            new NormalisationFacts(task.ReturnMin, task.ReturnMax, task.CostMin, task.CostMax)))));

        var grids = lines.Where(cells => cells.Length == 5 && cells[0].Contains("_density", StringComparison.Ordinal));
        Assert.That(
            grids.Select(cells => string.Join(' ', cells)),
            Is.EqualTo(DsrlDensities.All.Select(grid => FormattableString.Invariant(
                $"{grid.Environment}_density{grid.Density} {grid.CostCells} {grid.ReturnCells} ")
                + FormattableString.Invariant($"{grid.MostPerCell} {grid.SparseUpTo}"))));
    }

    private static (string, string, int, int, int, int, NormalisationFacts) Row(string[] cells) => (
        cells[0], cells[1], Whole(cells[2]), Whole(cells[3]), Whole(cells[4]), Whole(cells[5]),
        new NormalisationFacts(Number(cells[6]), Number(cells[7]), Number(cells[8]), Number(cells[9])));

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
