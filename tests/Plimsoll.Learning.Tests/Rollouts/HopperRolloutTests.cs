using System.Globalization;
using System.Text;
using NUnit.Framework;
using Plimsoll.Environments;
using Plimsoll.Learning.Artifacts;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Rollouts;

/// <summary>
/// Policies that others trained on DSRL's HopperVelocity file, opened and rolled out as `rollout` does it, score in
/// our HopperVelocity what they scored in an independent simulation.
/// </summary>
public sealed class HopperRolloutTests
{
    private const string Task = "HopperVelocity";
    private const string SharedVariable = "PLIMSOLL_SHARED";
    private const string EpisodesVariable = "PLIMSOLL_SOAK_EPISODES";
    private const string TableVariable = "PLIMSOLL_SOAK_TABLE";
    private const double MostStandardErrors = 3;

    /// <summary>Policies that scatter little, so that few episodes tell much: one that stays up for all 1,000
    /// steps without cost, one that falls after 107 steps, and one that runs far too fast until it falls.</summary>
    private static readonly (string Run, string Checkpoint)[] Steady =
        [("5376", "best"), ("0ed4", "best"), ("4e4f", "last")];

    [Test]
    public void Steady_policies_score_as_in_an_independent_simulation()
    {
        var chosen = Golden().Where(row =>
            Steady.Any(policy => row.Policy.EndsWith($"-{policy.Run}") && row.Checkpoint == policy.Checkpoint)).ToArray();
        Assert.That(chosen, Has.Length.EqualTo(Steady.Length));
        using var team = new Team(2);
        foreach (var row in chosen)
        {
            var ours = Roll(row, episodes: 25, team);
            Assert.That(ours.LargestDistance(row.Golden), Is.LessThan(MostStandardErrors), $"{row.Policy}: {ours}");
        }
    }

    /// <summary>Minutes of all cores; fewer episodes where the variable says so. The table, if a place for it is
    /// named, is Markdown.</summary>
    [Test]
    [Category("Soak")]
    public void All_policies_score_as_in_an_independent_simulation()
    {
        var golden = Golden();
        Assert.That(golden, Has.Count.EqualTo(26));
        var given = Environment.GetEnvironmentVariable(EpisodesVariable);
        var episodes = given is null ? 1000 : int.Parse(given, CultureInfo.InvariantCulture);
        using var team = new Team(Environment.ProcessorCount);
        RolloutRow[] ours = [.. golden.Select(row => Roll(row, episodes, team))];
        if (Environment.GetEnvironmentVariable(TableVariable) is { } place)
        {
            File.WriteAllText(place, Table(golden, ours));
        }

        Assert.Multiple(() =>
        {
            for (var i = 0; i < golden.Count; i++)
            {
                Assert.That(
                    ours[i].LargestDistance(golden[i].Golden),
                    Is.LessThan(MostStandardErrors),
                    $"{golden[i].Policy} {golden[i].Checkpoint}: {ours[i]}, not {golden[i].Golden}");
            }
        });
    }

    private static IReadOnlyList<GoldenRow> Golden()
    {
        if (Engines.StateOf(Engine.MuJoCo) is EngineState.Missing missing)
            Assert.Ignore($"{missing.What} {missing.Remedy}");
        return GoldenRow.Read(Shared("golden", "hopper_rollouts.csv"));
    }

    private static RolloutRow Roll(GoldenRow row, int episodes, Team team)
    {
        var path = Shared("data", "osrl_policies", row.Checkpoint, $"{row.Policy}.npz");
        var opening = PolicyFile.TryOpen(path);
        Assert.That(opening, Is.InstanceOf<PolicyOpening.Opened>(), $"{path}: {opening}");
        using var file = ((PolicyOpening.Opened)opening).File;
        var all = Evaluator.Run(file.Policy, Task, episodes, seed: 0, team);
        Assert.That(all, Has.Count.EqualTo(episodes));
        return new RolloutRow(
            Estimate.Of([.. all.Select(episode => episode.Return)]),
            Estimate.Of([.. all.Select(episode => episode.Cost)]),
            Estimate.Of([.. all.Select(episode => (double)episode.Length)]));
    }

    /// <summary>A file of the folder `shared` beside the repository.</summary>
    private static string Shared(params string[] parts)
    {
        var folder = Environment.GetEnvironmentVariable(SharedVariable) ?? BesideRepository();
        var path = folder is null ? null : Path.Combine([folder, .. parts]);
        if (!File.Exists(path)) Assert.Ignore($"no shared file {string.Join('/', parts)}: set {SharedVariable}");
        return path!;
    }

    private static string? BesideRepository()
    {
        for (var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory); folder is not null;
            folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")))
                return Path.Combine(folder.FullName, "..", "shared");
        }

        return null;
    }

    private static string Table(IReadOnlyList<GoldenRow> golden, RolloutRow[] ours)
    {
        var text = new StringBuilder(
            "| policy | checkpoint | return: ours | golden | published | z | cost: ours | golden | published | z "
            + "| length: ours | golden | published | z |\n"
            + "| --- | --- |" + string.Concat(Enumerable.Repeat(" --- |", 12)) + "\n");
        for (var i = 0; i < golden.Count; i++)
        {
            text.Append($"| {golden[i].Policy.Split("__")[^1]} | {golden[i].Checkpoint} |");
            (Estimate Ours, Estimate Golden)[] columns =
            [
                (ours[i].Return, golden[i].Golden.Return),
                (ours[i].Cost, golden[i].Golden.Cost),
                (ours[i].Length, golden[i].Golden.Length),
            ];
            for (var k = 0; k < columns.Length; k++)
            {
                var (mine, theirs) = columns[k];
                text.Append(string.Create(
                    CultureInfo.InvariantCulture,
                    $" {mine.Mean:F2} ± {mine.Error:F2} | {theirs.Mean:F2} ± {theirs.Error:F2} "
                    + $"| {golden[i].Published[k]:F2} | {mine.Against(theirs):+0.00;-0.00;0.00} |"));
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
