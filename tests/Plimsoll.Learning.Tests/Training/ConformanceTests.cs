using System.Runtime.InteropServices;
using System.Security.Cryptography;
using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>What every training program keeps: bits across threads and portions, and a seed that matters.</summary>
public sealed class ConformanceTests
{
    private const int Steps = 6;

    private Dataset data = null!;
    private StateTable starts = null!;

    [OneTimeSetUp]
    public void Collect()
    {
        data = SmallData.Disc();
        starts = StateTable.Starts(data);
    }

    [OneTimeTearDown]
    public void Release()
    {
        starts.Dispose();
        data.Dispose();
    }

    [TestCaseSource(nameof(Names))]
    public void Training_gives_the_same_bits_on_one_two_and_three_threads(string name)
    {
        var one = Digest(name, threads: 1, seed: 0, portions: [Steps]);
        Assert.Multiple(() =>
        {
            Assert.That(Digest(name, threads: 2, seed: 0, portions: [Steps]), Is.EqualTo(one), "two threads");
            Assert.That(Digest(name, threads: 3, seed: 0, portions: [Steps]), Is.EqualTo(one), "three threads");
        });
    }

    [TestCaseSource(nameof(Names))]
    public void Training_in_portions_equals_training_in_one_go(string name) =>
        Assert.That(
            Digest(name, threads: 1, seed: 0, portions: [1, 3, 2]),
            Is.EqualTo(Digest(name, threads: 1, seed: 0, portions: [Steps])));

    [TestCaseSource(nameof(Names))]
    public void Another_seed_gives_other_bits(string name) =>
        Assert.That(
            Digest(name, threads: 1, seed: 1, portions: [Steps]),
            Is.Not.EqualTo(Digest(name, threads: 1, seed: 0, portions: [Steps])));

    [TestCaseSource(nameof(Names))]
    public void A_steady_step_allocates_nothing(string name)
    {
        using var team = new Team(1);
        var training = TrainingPrograms.Of(name)(new DatasetTables(data), starts, RandomRoot.Of(0, name), team);
        using (training)
        {
            training.Advance(0, 3);
            var before = GC.GetAllocatedBytesForCurrentThread();
            training.Advance(3, TrainingPrograms.LongestRun - 3);
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.EqualTo(0));
        }
    }

    [Test]
    public void Adaptation_counts_the_batch_that_it_draws_and_not_the_one_of_the_cost_critics_fit()
    {
        string With(int batch) => Digest(
            (t, e, r, team) => TrainingPrograms.Adaptation(
                t, e, r, team, x => x with { Cost = x.Cost with { Batch = batch } }), "adaptation", 1, 0, [Steps]);
        Assert.That(With(TrainingPrograms.Batch / 10), Is.EqualTo(With(TrainingPrograms.Batch)));
    }

    private string Digest(string name, int threads, long seed, int[] portions) =>
        Digest(TrainingPrograms.Of(name), name, threads, seed, portions);

    private string Digest(TrainingPrograms.Build build, string name, int threads, long seed, int[] portions)
    {
        using var team = new Team(threads);
        var training = build(new DatasetTables(data), starts, RandomRoot.Of(seed, name), team);
        using (training)
        {
            long step = 0;
            foreach (var portion in portions)
            {
                training.Advance(step, portion);
                step += portion;
            }
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var array in training.Carried.State.Arrays) hash.AppendData(MemoryMarshal.AsBytes(array.Values));
            return Convert.ToHexString(hash.GetHashAndReset());
        }
    }

    private static IEnumerable<string> Names() => TrainingPrograms.Names;
}
