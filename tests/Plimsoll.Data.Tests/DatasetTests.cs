using FsCheck;

namespace Plimsoll.Data.Tests;

public sealed class DatasetTests
{
    [Test]
    public void A_built_dataset_holds_what_was_added()
    {
        using var dataset = new DatasetBuilder(2, 1)
            .BeginTrajectory()
            .Add([1, 2], [0.5f], 10, 0, [3, 4]).Add([3, 4], [-0.5f], 20, 1, [5, 6])
            .End(terminated: true)
            .BeginTrajectory()
            .Add([7, 8], [1], -1, 0.25f, [9, 10])
            .End(terminated: false)
            .Build(new DatasetMetadata("Toy", 2));
        Assert.Multiple(() =>
        {
            Assert.That((dataset.Count, dataset.ObservationSize, dataset.ActionSize), Is.EqualTo((3, 2, 1)));
            Assert.That(dataset.Observations.ToArray(), Is.EqualTo(new float[] { 1, 2, 3, 4, 7, 8 }));
            Assert.That(dataset.NextObservations.ToArray(), Is.EqualTo(new float[] { 3, 4, 5, 6, 9, 10 }));
            Assert.That(dataset.Actions.ToArray(), Is.EqualTo(new[] { 0.5f, -0.5f, 1 }));
            Assert.That(dataset.Rewards.ToArray(), Is.EqualTo(new float[] { 10, 20, -1 }));
            Assert.That(dataset.Costs.ToArray(), Is.EqualTo(new[] { 0, 1, 0.25f }));
            Assert.That(dataset.Terminals.ToArray(), Is.EqualTo(new float[] { 0, 1, 0 }));
            Assert.That(dataset.Timeouts.ToArray(), Is.EqualTo(new float[] { 0, 0, 1 }));
            Assert.That(dataset.Trajectories, Is.EqualTo(new[]
            {
                new Trajectory(0, 2, 30, 1, true), new Trajectory(2, 1, -1, 0.25, false),
            }));
        });
    }

    [FsCheck.NUnit.Property(MaxTest = 60)]
    public void Saving_and_opening_keeps_every_bit(NonEmptyArray<byte> lengths)
    {
        using var folder = new TemporaryFolder();
        using var dataset = Samples.Dataset([.. lengths.Get.Select(length => 1 + (length % 9))]);
        dataset.Save(folder["x"]);
        using var opened = Dataset.Open(folder["x"]);
        Samples.AssertEqual(dataset, opened);
        opened.Save(folder["again"]);
        Assert.That(File.ReadAllBytes(folder["again"]), Is.EqualTo(File.ReadAllBytes(folder["x"])));
    }

    [FsCheck.NUnit.Property(MaxTest = 60)]
    public void A_selection_is_the_union_of_whole_trajectories(NonEmptyArray<byte> chosen)
    {
        using var dataset = Samples.Dataset(3, 1, 5, 2, 4);
        int[] indices = [.. chosen.Get.Select(index => index % 5)];
        using var selection = dataset.Select(indices);
        Assert.That(selection.Trajectories, Has.Count.EqualTo(indices.Length));
        for (var place = 0; place < indices.Length; place++)
        {
            var (from, to) = (dataset.Trajectories[indices[place]], selection.Trajectories[place]);
            Assert.Multiple(() =>
            {
                Assert.That(to with { Start = from.Start }, Is.EqualTo(from));
                Assert.That(
                    Rows(selection.Observations, to, 3), Is.EqualTo(Rows(dataset.Observations, from, 3)));
                Assert.That(
                    Rows(selection.NextObservations, to, 3), Is.EqualTo(
                        Rows(dataset.NextObservations, from, 3)));
                Assert.That(Rows(selection.Actions, to, 2), Is.EqualTo(Rows(dataset.Actions, from, 2)));
                Assert.That(Rows(selection.Rewards, to, 1), Is.EqualTo(Rows(dataset.Rewards, from, 1)));
                Assert.That(Rows(selection.Costs, to, 1), Is.EqualTo(Rows(dataset.Costs, from, 1)));
                Assert.That(Rows(selection.Terminals, to, 1), Is.EqualTo(Rows(dataset.Terminals, from, 1)));
                Assert.That(Rows(selection.Timeouts, to, 1), Is.EqualTo(Rows(dataset.Timeouts, from, 1)));
            });
        }

        static int[] Rows(ReadOnlySpan<float> values, Trajectory trajectory, int width) => Samples.Bits(
            values.Slice(trajectory.Start * width, trajectory.Length * width));
    }

    [Test]
    public void A_selection_may_come_from_a_sequence_that_runs_once_only()
    {
        using var dataset = Samples.Dataset(3, 1, 5);
        var queue = new Queue<int>([2, 0]);
        using var selection = dataset.Select(Once());
        using var expected = dataset.Select([2, 0]);
        Samples.AssertEqual(expected, selection);

        IEnumerable<int> Once()
        {
            while (queue.TryDequeue(out var index))
            {
                yield return index;
            }
        }
    }

    [Test]
    public void A_selection_outlives_the_file_it_came_from()
    {
        using var folder = new TemporaryFolder();
        using var dataset = Samples.Dataset(3, 1, 5);
        dataset.Save(folder["x"]);
        Dataset selection;
        using (var opened = Dataset.Open(folder["x"]))
        {
            selection = opened.Select([0, 1, 2]);
        }

        Samples.AssertEqual(dataset, selection);
        selection.Dispose();
    }

    [Test]
    public void Selecting_what_is_not_there_throws()
    {
        using var dataset = Samples.Dataset(3, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => dataset.Select([2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => dataset.Select([-1]));
        Assert.Throws<ArgumentException>(() => dataset.Select([]));
    }

    [Test]
    public unsafe void Memory_of_its_own_is_aligned_and_stays_where_it_is()
    {
        using var dataset = Samples.Dataset(3, 1, 5);
        var before = (nint)dataset.ObservationsPointer;
        GC.Collect();
        Assert.Multiple(() =>
        {
            Assert.That((nint)dataset.ObservationsPointer, Is.EqualTo(before));
            Assert.That((long)dataset.ObservationsPointer % 64, Is.Zero);
            Assert.That((long)dataset.ActionsPointer % 64, Is.Zero);
            Assert.That(dataset.RewardsPointer[1], Is.EqualTo(dataset.Rewards[1]));
        });
    }

    [Test]
    public void A_closed_dataset_gives_nothing()
    {
        var dataset = Samples.Dataset(2);
        dataset.Dispose();
        dataset.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _ = dataset.Observations);
        Assert.Throws<ObjectDisposedException>(() => dataset.Save("never"));
    }

    [Test]
    public void Building_out_of_order_throws()
    {
        var builder = new DatasetBuilder(1, 1);
        Assert.Throws<InvalidOperationException>(() => builder.Build(Samples.Metadata));
        Assert.Throws<InvalidOperationException>(() => builder.Add([0], [0], 0, 0, [0]));
        builder.BeginTrajectory();
        Assert.Throws<InvalidOperationException>(() => builder.BeginTrajectory());
        Assert.Throws<InvalidOperationException>(() => builder.End(terminated: true));
        builder.Add([0], [0], 0, 0, [0]);
        Assert.Throws<InvalidOperationException>(() => builder.Build(Samples.Metadata));
    }

    [Test]
    public void Adding_a_step_that_is_no_step_throws_and_adds_nothing()
    {
        var builder = new DatasetBuilder(1, 1).BeginTrajectory();
        Assert.Throws<ArgumentException>(() => builder.Add([0, 1], [0], 0, 0, [0]));
        Assert.Throws<ArgumentException>(() => builder.Add([0], [], 0, 0, [0]));
        Assert.Throws<ArgumentException>(() => builder.Add([0], [0], float.NaN, 0, [0]));
        Assert.Throws<ArgumentException>(() => builder.Add([0], [0], 0, float.PositiveInfinity, [0]));
        Assert.Throws<ArgumentException>(() => builder.Add([0], [0], 0, -1, [0]));
        Assert.Throws<ArgumentException>(() => builder.Add([0], [0], 0, 0, [float.NaN]));
        Assert.That(builder.Count, Is.Zero);
    }

    [Test]
    public void Metadata_are_checked()
    {
        Assert.Throws<ArgumentException>(() => _ = new DatasetMetadata(" ", 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new DatasetMetadata("Toy", 0));
        Assert.Throws<ArgumentException>(
            () => _ = new DatasetMetadata("Toy", 1, [KeyValuePair.Create("", "x")]));
    }
}
