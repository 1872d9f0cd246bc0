using System.Globalization;
using System.Text;
using NUnit.Framework;
using Plimsoll.Environments.Tests.Support;

namespace Plimsoll.Environments.Tests.MuJoCo;

/// <summary>
/// Policies that others trained on DSRL's HopperVelocity file score in our HopperVelocity what they scored in
/// an independent simulation, and near to what their runs reported.
/// </summary>
public class HopperRolloutTests
{
    private const string EpisodesVariable = "PLIMSOLL_SOAK_EPISODES";
    private const string TableVariable = "PLIMSOLL_SOAK_TABLE";
    private const int BatchSize = 25;
    private const double MostStandardErrors = 3;

    /// <summary>Policies that scatter little, so that few episodes tell much: one that stays up for all 1,000
    /// steps without cost, one that falls after 107 steps, and one that runs far too fast until it
    /// falls.</summary>
    private static readonly (string Run, string Checkpoint)[] Steady =
        [("5376", "best"), ("0ed4", "best"), ("4e4f", "last")];

    [Test]
    public void Steady_policies_score_as_in_an_independent_simulation()
    {
        Needs.Engine(Engine.MuJoCo);
        foreach (var row in Golden().Where(row =>
            Steady.Any(policy => row.Policy.EndsWith(policy.Run) && row.Checkpoint == policy.Checkpoint)))
        {
            var ours = Roll(row, episodes: BatchSize);
            Assert.That(ours.LargestDistance(row.Golden), Is.LessThan(MostStandardErrors), $"{row.Policy}: {ours}");
        }
    }

    /// <summary>Minutes of all cores. The table, if a place for it is named, is Markdown.</summary>
    [Test]
    [Category("Soak")]
    public void All_policies_score_as_in_an_independent_simulation()
    {
        Needs.Engine(Engine.MuJoCo);
        if (!int.TryParse(Environment.GetEnvironmentVariable(EpisodesVariable), out var episodes))
        {
            Assert.Ignore($"set {EpisodesVariable}=1000 to roll out all 26 policies");
        }

        var golden = Golden();
        Assert.That(golden, Has.Count.EqualTo(26));
        var ours = new RolloutRow[golden.Count];
        Parallel.For(0, golden.Count, i => ours[i] = Roll(golden[i], episodes));
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

    private static IReadOnlyList<GoldenRow> Golden() => GoldenRow.Read(Needs.Shared("golden", "hopper_rollouts.csv"));

    private static RolloutRow Roll(GoldenRow row, int episodes)
    {
        var actor = OsrlActor.Read(
            Needs.Shared("data", "osrl_policies", row.Checkpoint, $"{row.Policy}.npz"));
        using var environment = Tasks.Create("HopperVelocity", BatchSize);
        var (returns, costs, lengths) = (new List<double>(), new List<double>(), new List<double>());
        for (var batch = 0; batch < episodes / BatchSize; batch++)
        {
            RollBatch(environment, actor, batch, returns, costs, lengths);
        }

        return new RolloutRow(Estimate.Of(returns), Estimate.Of(costs), Estimate.Of(lengths));
    }

    /// <summary>One episode in every environment of the batch.</summary>
    private static void RollBatch(
        BatchedEnvironment environment, OsrlActor actor, int batch,
        List<double> returns, List<double> costs, List<double> lengths)
    {
        var (n, s, a) = (environment.Count, environment.Facts.ObservationSize, environment.Facts.ActionSize);
        var (observations, actions) = (new float[n * s], new float[n * a]);
        var (rewards, costNow) = (new float[n], new float[n]);
        var (terminated, truncated) = (new bool[n], new bool[n]);
        var (episodeReturns, episodeCosts, episodeLengths) = (new double[n], new double[n], new double[n]);
        for (var i = 0; i < n; i++)
        {
            environment.Reset(i, new SplitMix(1_000_003L * batch + i), observations.AsSpan(i * s, s));
        }

        var ended = new bool[n];
        while (ended.Contains(false))
        {
            for (var i = 0; i < n; i++)
            {
                if (ended[i])
                {
                    continue;
                }

                actor.Act(observations.AsSpan(i * s, s), actions.AsSpan(i * a, a));
                environment.Step(
                    i, i + 1, actions, observations, rewards, costNow, terminated, truncated);
                episodeReturns[i] += rewards[i];
                episodeCosts[i] += costNow[i];
                episodeLengths[i]++;
                ended[i] = terminated[i] || truncated[i];
            }
        }

        returns.AddRange(episodeReturns);
        costs.AddRange(episodeCosts);
        lengths.AddRange(episodeLengths);
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
