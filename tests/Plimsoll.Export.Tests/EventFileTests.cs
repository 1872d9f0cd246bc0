using System.Diagnostics;
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

    /// <summary>What TensorBoard's own reader would do, in Python's standard library.</summary>
    private const string Reader = """
        import struct, sys
        table = []
        for n in range(256):
            for _ in range(8): n = (n >> 1) ^ (0x82F63B78 if n & 1 else 0)
            table.append(n)
        def masked(data):
            c = 0xFFFFFFFF
            for b in data: c = table[(c ^ b) & 255] ^ (c >> 8)
            c ^= 0xFFFFFFFF
            return (((c >> 15) | (c << 17)) + 0xA282EAD8) & 0xFFFFFFFF
        def fields(data):
            i = 0
            def varint():
                nonlocal i; v = s = 0
                while True:
                    b = data[i]; i += 1; v |= (b & 127) << s; s += 7
                    if b < 128: return v
            while i < len(data):
                key = varint(); kind = key & 7
                if kind == 0: value = varint()
                else:
                    n = {1: 8, 5: 4}.get(kind) or varint()
                    value = data[i:i + n]; i += n
                yield key >> 3, value
        data = open(sys.argv[1], 'rb').read(); at = 0
        while at < len(data):
            head = data[at:at + 8]; n, = struct.unpack('<Q', head); body = data[at + 12:at + 12 + n]
            assert struct.unpack('<I', data[at + 8:at + 12])[0] == masked(head)
            assert struct.unpack('<I', data[at + 12 + n:at + 16 + n])[0] == masked(body)
            event = dict(fields(body)); at += 16 + n
            if 3 in event: print(event[3].decode())
            for _, value in fields(event.get(5, b'')):
                v = dict(fields(value)); number, = struct.unpack('<f', v[2])
                print(event.get(2, 0), ascii(v[1].decode()), number)
        """;

    [Test]
    public void Python_reads_the_same()
    {
        const string python = "/usr/bin/python3";
        if (!File.Exists(python)) Assert.Ignore($"{python} is not installed");
        var path = Path.Combine(Path.GetTempPath(), $"plimsoll-events-{Guid.NewGuid():N}");
        File.WriteAllBytes(path, Written(Sample));
        try
        {
            var start = new ProcessStartInfo(python, ["-c", Reader, path])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.That(process.ExitCode, Is.Zero, errors.Result);
            Assert.That(output, Is.EqualTo("""
                brain.Event:2
                0 'loss' 1.5
                200 'loss' 0.25
                200 'critic/gr\xf6\xdfe' -3.000000085396614e-38
                200 'critic/gr\xf6\xdfe' 7.0
                400 'critic/gr\xf6\xdfe' inf
                16777217 'loss' nan

                """));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
