using NUnit.Framework;
using FloorTable = Plimsoll.Benchmarks.Floors;

namespace Plimsoll.Learning.Tests.Floors;

/// <summary>The floors against numbers that another program printed from the same definitions, in MFLOP.</summary>
public sealed class FloorTests
{
    [TestCase(7, 2, "behaviour cloning, batch 512", 206.6)]
    [TestCase(7, 2, "IQL reward critic (twin Q, V), batch 256", 414.1)]
    [TestCase(7, 2, Four, 1036.3)]
    [TestCase(7, 2, Six, 1519.6)]
    [TestCase(7, 2, "behaviour diffusion, batch 256", 2503.0)]
    [TestCase(7, 2, "behaviour diffusion, batch 2048", 20023.6)]
    [TestCase(7, 2, "warm start step, batch 256", 939.4)]
    [TestCase(7, 2, "DRCORL policy step, reward (twin Q), batch 256", 1077.0)]
    [TestCase(7, 2, "DRCORL policy step, cost (ensemble of 4), batch 256", 1214.6)]
    [TestCase(7, 2, "DRCORL policy step, both objectives, batch 256", 1420.8)]
    [TestCase(7, 2, "act, batch 1000", 135.7)]
    [TestCase(33, 8, "behaviour cloning, batch 512", 224.9)]
    [TestCase(33, 8, "IQL reward critic (twin Q, V), batch 256", 449.4)]
    [TestCase(33, 8, Four, 1128.5)]
    [TestCase(33, 8, Six, 1653.9)]
    [TestCase(33, 8, "behaviour diffusion, batch 256", 2513.7)]
    [TestCase(33, 8, "behaviour diffusion, batch 2048", 20109.6)]
    [TestCase(33, 8, "warm start step, batch 256", 953.5)]
    [TestCase(33, 8, "DRCORL policy step, reward (twin Q), batch 256", 1101.1)]
    [TestCase(33, 8, "DRCORL policy step, cost (ensemble of 4), batch 256", 1248.7)]
    [TestCase(33, 8, "DRCORL policy step, both objectives, batch 256", 1469.8)]
    [TestCase(33, 8, "act, batch 1000", 152.1)]
    public void A_floor_equals_the_reference_table(int s, int a, string name, double megaflop)
    {
        var row = FloorTable.Rows(s, a).Single(floor => floor.Name == name);
        Assert.That(row.Operations / 1e6, Is.EqualTo(megaflop).Within(0.05 + 1e-9));
    }

    /// <summary>The row that the reference lacks, from the products of its layers by hand: 9-256-256-1 and 7-256-256-2.</summary>
    [Test]
    public void The_floor_of_both_critics_counts_each_pass_once()
    {
        const double q = 9 * 256 + 256 * 256 + 256;
        const double inner = 256 * 256 + 256;
        const double pi = 7 * 256 + 256 * 256 + 256 * 2;
        const double twins = 2 * (q + (q + q + inner));
        const double ensemble = 4 * (q + (q + q + inner) + (q + q + inner) + q);
        var row = FloorTable.Rows(7, 2).Single(floor => floor.Name == FloorTable.AdaptationCritics);
        Assert.That(row.Operations, Is.EqualTo(2 * 256 * (2 * pi + twins + ensemble)));
    }

    private const string Four =
        "cost critic ensemble of 4, TD with policy action and policy-action penalty, batch 256";

    private const string Six =
        "cost critic ensemble of 6, TD with policy action and policy-action penalty, batch 256";
}
