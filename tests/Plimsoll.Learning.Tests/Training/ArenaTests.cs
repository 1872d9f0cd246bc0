using NUnit.Framework;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>The memory of every training program.</summary>
public sealed class ArenaTests
{
    /// <summary>Of the smallest that any placement could reach.</summary>
    private const double Most = 1.10;

    [TestCaseSource(typeof(TrainingPrograms), nameof(TrainingPrograms.Names))]
    public void The_arena_is_within_a_tenth_of_its_lower_bound(string name)
    {
        using var data = SmallData.Disc();
        using var starts = StateTable.Starts(data);
        using var team = new Team(1);
        using var training = TrainingPrograms.Of(name)(new DatasetTables(data), starts, RandomRoot.Of(1, "arena"), team);
        Assert.Multiple(() =>
        {
            foreach (var program in TrainingPrograms.Within(training))
            {
                var ratio = (double)program.ArenaFloats / program.ArenaLowerBound;
                TestContext.Out.WriteLine($"{program.ArenaFloats} of {program.ArenaLowerBound}: {ratio:0.000}");
                Assert.That(ratio, Is.InRange(1.0, Most), program.Describe());
            }
        });
    }
}
