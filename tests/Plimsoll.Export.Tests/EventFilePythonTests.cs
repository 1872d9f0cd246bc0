using System.Globalization;
using Plimsoll.Export.TensorBoard;

namespace Plimsoll.Export.Tests;

/// <summary>
/// Event files read by Python's standard library alone: the framing, both masked checksums of each record with a table
/// of their own, and the messages field by field. It shares no code with the writer.
/// </summary>
public sealed class EventFilePythonTests
{
    /// <summary>Prints for each scalar its step, its wall time and its value as bits, and its tag; for an event
    /// without scalars its version.</summary>
    private const string Reader = """
        import struct, sys

        TABLE = []
        for n in range(256):
            for _ in range(8):
                n = (n >> 1) ^ (0x82F63B78 if n & 1 else 0)
            TABLE.append(n)

        def masked(data):
            c = 0xFFFFFFFF
            for b in data:
                c = TABLE[(c ^ b) & 255] ^ (c >> 8)
            c ^= 0xFFFFFFFF
            return (((c >> 15) | (c << 17)) + 0xA282EAD8) & 0xFFFFFFFF

        def varint(data, i):
            value = shift = 0
            while True:
                b = data[i]
                i += 1
                value |= (b & 127) << shift
                shift += 7
                if b < 128:
                    return value, i

        def fields(data):
            i = 0
            while i < len(data):
                key, i = varint(data, i)
                kind = key & 7
                if kind == 0:
                    value, i = varint(data, i)
                else:
                    if kind == 2:
                        size, i = varint(data, i)
                    else:
                        size = {1: 8, 5: 4}[kind]
                    assert i + size <= len(data), 'a field is cut off'
                    value = data[i:i + size]
                    i += size
                yield key >> 3, kind, value

        def only(data, known):
            found = {}
            for number, kind, value in fields(data):
                assert known.get(number) == kind, f'field {number} of kind {kind}'
                found.setdefault(number, []).append(value)
            return found

        data = open(sys.argv[1], 'rb').read()
        at = 0
        while at < len(data):
            head = data[at:at + 8]
            size, = struct.unpack('<Q', head)
            body = data[at + 12:at + 12 + size]
            assert struct.unpack('<I', data[at + 8:at + 12])[0] == masked(head), 'the checksum of a length'
            assert struct.unpack('<I', data[at + 12 + size:at + 16 + size])[0] == masked(body), 'a checksum'
            at += 16 + size
            event = only(body, {1: 1, 2: 0, 3: 2, 5: 2})
            wall = event.get(1, [bytes(8)])[0].hex()
            step = event.get(2, [0])[0]
            for version in event.get(3, []):
                print('version', wall, version.decode())
            for summary in event.get(5, []):
                for value in only(summary, {1: 2})[1]:
                    scalar = only(value, {1: 2, 2: 5})
                    (tag,), (number,) = scalar[1], scalar[2]
                    print(step, wall, number.hex(), ascii(tag.decode('utf-8')))
        assert at == len(data)
        """;

    private static string Read(byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["events"], bytes);
        return Python.Run(null, Reader, folder.Path, folder["events"]);
    }

    private static byte[] Written(IReadOnlyList<ScalarSeries> series, double wallTime)
    {
        using var stream = new MemoryStream();
        EventFile.Write(stream, series, wallTime);
        return stream.ToArray();
    }

    private static string Hex(byte[] littleEndian) => Convert.ToHexStringLower(littleEndian);

    private static string Line(double wallTime, string tag, (long Step, float Value) point) => string.Create(
        CultureInfo.InvariantCulture,
        $"{point.Step} {Hex(BitConverter.GetBytes(wallTime))} {Hex(BitConverter.GetBytes(point.Value))} '{tag}'");

    /// <summary>Values of every kind, steps of one to nine bytes, each step once or several times.</summary>
    private static ScalarSeries[] Many()
    {
        var random = new Random(3);
        return
        [
            .. Enumerable.Range(0, 20).Select(s => new ScalarSeries(
                s == 0 ? new string('t', 70_000) : $"group/series-{s}",
                [
                    .. Enumerable.Range(0, 60).Select(_ => (
                        random.NextInt64(1L << random.Next(1, 63)),
                        BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)))),
                    (0, float.NaN), (7, float.PositiveInfinity), (7, float.NegativeInfinity), (7, -0f),
                    (long.MaxValue, float.Epsilon),
                ])),
        ];
    }

    [TestCase(0)]
    [TestCase(1.7e9)]
    public void Python_finds_every_tag_step_time_and_value_and_nothing_else(double wallTime)
    {
        var series = Many();
        var lines = Read(Written(series, wallTime)).TrimEnd().Split('\n');
        Assert.That(
            lines[0], Is.EqualTo($"version {Hex(BitConverter.GetBytes(wallTime))} brain.Event:2"));
        Assert.That(
            lines.Skip(1).Order(StringComparer.Ordinal),
            Is.EqualTo(series
                .SelectMany(one => one.Points.Select(point => Line(wallTime, one.Tag, point)))
                .Order(StringComparer.Ordinal)));
        var steps = lines.Skip(1).Select(line => long.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture));
        Assert.That(steps, Is.Ordered);
    }

    [Test]
    public void Tags_are_utf8() => Assert.That(
        Read(Written([new("critic/größe", [(200, 1.5f)])], 0)).Split('\n')[1],
        Is.EqualTo(Line(0, @"critic/gr\xf6\xdfe", (200, 1.5f))));
}
