using Plimsoll.Export.TensorBoard;

namespace Plimsoll.Export.Tests;

public sealed class EventFileTests
{
    private static readonly ScalarSeries[] Sample =
    [
        new("loss", [(0, 1.5f), (200, 0.25f), (16_777_217, float.NaN)]),
        new("critic/größe", [(200, -3e-38f), (400, float.PositiveInfinity), (200, 7f)]),
    ];

    private static byte[] Written(IReadOnlyList<ScalarSeries> series, double wallTime = 0)
    {
        using var stream = new MemoryStream();
        EventFile.Write(stream, series, wallTime);
        return stream.ToArray();
    }

    [Test]
    public void The_file_begins_with_its_version()
    {
        var first = EventFileReader.Read(Written([]));
        Assert.That(first, Has.Count.EqualTo(1));
        Assert.That(first[0].Version, Is.EqualTo("brain.Event:2"));
        Assert.That(first[0].Scalars, Is.Empty);
    }

    [Test]
    public void Another_reader_finds_every_step_and_value()
    {
        var events = EventFileReader.Read(Written(Sample)).Skip(1).ToList();
        Assert.That(events.Select(e => e.Step), Is.EqualTo(new long[] { 0, 200, 200, 400, 16_777_217 }));
        Assert.That(events[0].Scalars, Is.EqualTo(new[] { ("loss", 1.5f) }));
        Assert.That(events[1].Scalars, Is.EqualTo(new[] { ("loss", 0.25f), ("critic/größe", -3e-38f) }));
        Assert.That(events[2].Scalars, Is.EqualTo(new[] { ("critic/größe", 7f) }));
        Assert.That(events[3].Scalars, Is.EqualTo(new[] { ("critic/größe", float.PositiveInfinity) }));
        Assert.That(events[4].Scalars.Single().Value, Is.NaN);
        Assert.That(events.Select(e => e.Version), Is.All.Null);
    }

    [Property]
    public void Any_series_comes_back_to_the_bit((int Step, float Value)[] points, double wallTime)
    {
        var series = new ScalarSeries("x", points.Select(p => (Math.Abs((long)p.Step), p.Value)).ToArray());
        var events = EventFileReader.Read(Written([series], wallTime));
        Assert.That(
            events.Skip(1).Select(e => (e.Step, BitConverter.SingleToInt32Bits(e.Scalars.Single().Value))),
            Is.EqualTo(series.Points
                .Select(p => (p.Step, BitConverter.SingleToInt32Bits(p.Value)))
                .OrderBy(p => p.Step)));
        Assert.That(
            events.Select(e => BitConverter.DoubleToInt64Bits(e.WallTime)),
            // A time of 0, of either sign, is left out.
            Is.All.EqualTo(wallTime == 0 ? 0 : BitConverter.DoubleToInt64Bits(wallTime)));
    }

    [Test]
    public void The_same_series_give_the_same_bytes() =>
        Assert.That(Written(Sample), Is.EqualTo(Written(Sample)));

    [Test]
    public void A_changed_byte_does_not_pass()
    {
        var bytes = Written(Sample);
        for (var i = 0; i < bytes.Length; i++)
        {
            var changed = (byte[])bytes.Clone();
            changed[i] ^= 0x10;
            Assert.That(() => EventFileReader.Read(changed), Throws.Exception, $"byte {i}");
        }
    }

    [Test]
    public void Two_series_of_one_name_and_negative_steps_are_refused()
    {
        Assert.That(() => Written([new("a", []), new("a", [])]), Throws.ArgumentException);
        Assert.That(() => Written([new("a", [(-1, 0f)])]), Throws.ArgumentException);
    }
}
