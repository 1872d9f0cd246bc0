using NUnit.Framework;
using Plimsoll.Learning.Collection;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Collection;

/// <summary>A memory that a graph draws from while it grows.</summary>
public sealed class ReplayTableTests
{
    private static readonly RandomRoot Root = RandomRoot.Of(5, "replay");

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(60)]
    public void A_batch_holds_filled_rows_only_and_all_of_them_come_up(int filled)
    {
        var replay = Numbered(64, filled);
        using var team = new Team(1);
        using var program = Rewards(replay, "batch", team);
        var seen = new HashSet<float>();
        for (var step = 0; step < 40; step++)
        {
            program.Run(step);
            foreach (var reward in program.Output("reward")) seen.Add(reward);
        }
        Assert.That(seen, Is.EquivalentTo(Enumerable.Range(1, filled).Select(i => (float)i)));
    }

    [Test]
    public void Rows_that_are_added_later_are_drawn_too()
    {
        var replay = Numbered(64, 3);
        using var team = new Team(1);
        using var program = Rewards(replay, "batch", team);
        program.Run(0);
        Assert.That(program.Output("reward").ToArray(), Is.All.LessThanOrEqualTo(3f));
        Fill(replay, 50);
        program.Run(1);
        Assert.That(program.Output("reward").ToArray(), Has.Some.GreaterThan(3f).And.All.InRange(1f, 53f));
    }

    [Test]
    public void Two_graphs_with_one_stream_draw_the_same_rows_and_with_another_stream_others()
    {
        var replay = Numbered(64, 64);
        using var team = new Team(1);
        using var one = Rewards(replay, "batch", team);
        using var same = Rewards(replay, "batch", team);
        using var other = Rewards(replay, "other", team);
        foreach (var program in new[] { one, same, other }) program.Run(9);
        Assert.That(same.Output("reward").ToArray(), Is.EqualTo(one.Output("reward").ToArray()));
        Assert.That(other.Output("reward").ToArray(), Is.Not.EqualTo(one.Output("reward").ToArray()));
    }

    // The largest draw is 1 - 2^-24; its product with the count must not round up to the count.
    [Test]
    public void The_largest_draw_stays_below_any_count()
    {
        const float largest = 1f - 1f / (1 << 24);
        for (var count = 1; count <= ReplayTable.MostRows; count++)
        {
            if (largest * count >= count) Assert.Fail($"{count} rows");
        }
    }

    [Test]
    public void A_full_table_takes_no_more()
    {
        var replay = Numbered(2, 2);
        Assert.That(() => Fill(replay, 1), Throws.InvalidOperationException.With.Message.Contains("All 2 rows"));
    }

    private static Program Rewards(ReplayTable replay, string stream, Team team)
    {
        var g = new GraphBuilder();
        g.Output("reward", replay.Draw(g, Root.Stream(stream), 128).Reward);
        return Program.Compile(g, team);
    }

    /// <summary>Row i has reward i + 1, so that an empty row would show as 0.</summary>
    private static ReplayTable Numbered(int capacity, int filled)
    {
        var replay = new ReplayTable(capacity, 1, 1);
        Fill(replay, filled);
        return replay;
    }

    private static void Fill(ReplayTable replay, int rows)
    {
        for (var i = 0; i < rows; i++) replay.Add([0f], [0f], replay.Count + 1, 0f, [0f], false);
    }
}
