using System.Runtime.CompilerServices;
using NUnit.Framework;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>What training points at lives as long as the training, and training always ends.</summary>
public sealed class LifetimeTests
{
    [Test]
    public void A_program_keeps_the_dataset_that_it_gathers_from()
    {
        using var team = new Team(1);
        var (training, data) = Build(team);
        using (training)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            Assert.That(data.IsAlive, "the garbage collector took the arrays that the program reads");
            training.Advance(0, 1);
        }
    }

    [Test]
    public void Chosen_states_can_be_disposed_twice_and_are_then_refused()
    {
        using var data = SmallData.Clock(4, 3, 0, 0, false);
        var states = StateTable.Starts(data);
        states.Dispose();
        states.Dispose();
        Assert.That(() => states.Table, Throws.TypeOf<ObjectDisposedException>());
    }

    [TestCase(0, 1)]
    [TestCase(1, 0)]
    [TestCase(1, -1)]
    public void A_length_that_would_never_end_is_refused(long steps, long guardEvery) =>
        Assert.That(() => new TrainingLength(steps, guardEvery), Throws.TypeOf<ArgumentOutOfRangeException>());

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (GraphTraining Training, WeakReference Data) Build(Team team)
    {
        var data = SmallData.Clock(4, 3, 0, 0, false);
        var fit = BehaviourCloning.Build(new DatasetTables(data), new([4], 8, 1e-3), RandomRoot.Of(0, "test"), team);
        return (fit.Training, new WeakReference(data));
    }
}
