using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.NUnit;

namespace Plimsoll.Data.Tests;

public sealed class SafetensorsTests
{
    [FsCheck.NUnit.Property(MaxTest = 60)]
    public void What_is_written_is_read_bit_for_bit(
        float[] floats, double[] doubles, int[] ints, long[] longs, byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        new SafetensorsWriter()
            .Add("b", [bytes.Length], bytes)
            .Add("f", [floats.Length, 1], floats)
            .Add("d", [1, doubles.Length], doubles)
            .Add("i", [ints.Length], ints)
            .Add("l", [longs.Length], longs)
            .Write(folder["x"]);
        using var file = SafetensorsFile.Open(folder["x"]);
        Assert.Multiple(() =>
        {
            Assert.That(file.Names, Is.EqualTo(new[] { "b", "d", "f", "i", "l" }));
            Assert.That(Samples.Bits(file.Floats("f")), Is.EqualTo(Samples.Bits(floats)));
            Assert.That(file.Doubles("d").ToArray().Select(BitConverter.DoubleToInt64Bits),
                Is.EqualTo(doubles.Select(BitConverter.DoubleToInt64Bits)));
            Assert.That(file.Ints("i").ToArray(), Is.EqualTo(ints));
            Assert.That(file.Longs("l").ToArray(), Is.EqualTo(longs));
            Assert.That(file.Bytes("b").ToArray(), Is.EqualTo(bytes));
            Assert.That(file.Shape("f"), Is.EqualTo(new long[] { floats.Length, 1 }));
            Assert.That(file.Shape("d"), Is.EqualTo(new long[] { 1, doubles.Length }));
            Assert.That(file.Type("b"), Is.EqualTo(SafetensorsType.U8));
        });
    }

    [FsCheck.NUnit.Property(MaxTest = 100)]
    public void Metadata_keep_every_text(NonNull<string> key, NonNull<string> text)
    {
        if (!IsUnicode(key.Get) || !IsUnicode(text.Get))
        {
            Assert.Throws<ArgumentException>(() => new SafetensorsWriter().AddMetadata(key.Get, text.Get));
            return;
        }

        using var folder = new TemporaryFolder();
        new SafetensorsWriter().AddMetadata(key.Get, text.Get).Write(folder["x"]);
        using var file = SafetensorsFile.Open(folder["x"]);
        Assert.That(file.Metadata, Is.EqualTo(new Dictionary<string, string> { [key.Get] = text.Get }));
    }

    [Test]
    public void The_bytes_do_not_depend_on_the_order_of_adding()
    {
        var forward = Written(new SafetensorsWriter().AddMetadata("k", "1").AddMetadata("a", "2")
            .Add("x", [1], [1f]).Add("y", [2], [7, 8]).Add("z", [3], new byte[] { 1, 2, 3 }));
        var backward = Written(new SafetensorsWriter().Add("z", [3], new byte[] { 1, 2, 3 })
            .Add("y", [2], [7, 8]).Add("x", [1], [1f]).AddMetadata("a", "2").AddMetadata("k", "1"));
        Assert.That(backward, Is.EqualTo(forward));
    }

    [Test]
    public void The_bytes_of_a_small_file_are_these()
    {
        var bytes = Written(new SafetensorsWriter().AddMetadata("say", "\"\\\n\u00e9")
            .Add("b", [2], new byte[] { 1, 2 }).Add("a", [1, 1], [1f]).Add("s", [], [2.0]));
        var header = """
            {"__metadata__":{"say":"\"\\\u000aé"},"s":{"dtype":"F64","shape":[],"data_offsets":[0,8]},"a":{"dtype":"F32",
            "shape":[1,1],"data_offsets":[8,12]},"b":{"dtype":"U8","shape":[2],"data_offsets":[12,14]}}
            """.ReplaceLineEndings("");
        byte[] data = [0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0x80, 0x3f, 1, 2];
        Assert.Multiple(() =>
        {
            Assert.That(
                BinaryPrimitives.ReadUInt64LittleEndian(bytes), Is.EqualTo((ulong)bytes.Length - 8 - 14));
            Assert.That(Encoding.UTF8.GetString(bytes.AsSpan(8..^14)).TrimEnd(' '), Is.EqualTo(header));
            Assert.That(bytes[^14..], Is.EqualTo(data));
        });
    }

    [FsCheck.NUnit.Property(MaxTest = 100)]
    public void The_data_begin_at_a_multiple_of_64_bytes(NonNull<string> name)
    {
        if (!IsUnicode(name.Get) || name.Get is "" or "__metadata__")
        {
            return;
        }

        var bytes = Written(new SafetensorsWriter().Add(name.Get, [1], [1f]));
        Assert.That((bytes.Length - sizeof(float)) % SafetensorsWriter.Alignment, Is.Zero);
    }

    [Test]
    public unsafe void Arrays_are_used_where_they_lie()
    {
        using var folder = new TemporaryFolder();
        new SafetensorsWriter().Add("first", [16], new float[16]).Add("second", [2], [3f, 4f])
            .Write(folder["x"]);
        using var file = SafetensorsFile.Open(folder["x"]);
        Assert.Multiple(() =>
        {
            Assert.That((long)file.FloatPointer("first") % SafetensorsWriter.Alignment, Is.Zero);
            Assert.That(
                (nint)file.FloatPointer("second"), Is.EqualTo((nint)(file.FloatPointer("first") + 16)));
            Assert.That(file.FloatPointer("second")[1], Is.EqualTo(4f));
        });
    }

    [Test]
    public void Asking_for_the_wrong_thing_throws()
    {
        using var folder = new TemporaryFolder();
        new SafetensorsWriter().Add("x", [1], [1f]).Write(folder["x"]);
        var file = SafetensorsFile.Open(folder["x"]);
        Assert.Throws<KeyNotFoundException>(() => file.Floats("y"));
        Assert.Throws<InvalidOperationException>(() => file.Ints("x"));
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Floats("x"));
    }

    [Test]
    public void Adding_the_wrong_thing_throws()
    {
        var writer = new SafetensorsWriter().Add("x", [1], [1f]).AddMetadata("k", "");
        Assert.Throws<ArgumentException>(() => writer.Add("x", [1], [1f]));
        Assert.Throws<ArgumentException>(() => writer.Add("__metadata__", [1], [1f]));
        Assert.Throws<ArgumentException>(() => writer.Add("", [1], [1f]));
        Assert.Throws<ArgumentException>(() => writer.Add("y", [2], [1f]));
        Assert.Throws<ArgumentException>(() => writer.Add("y", [-1, -1], [1f]));
        Assert.Throws<ArgumentException>(() => writer.AddMetadata("k", "again"));
        Assert.Throws<ArgumentException>(() => writer.AddMetadata("\ud800", ""));
    }

    internal static byte[] Written(SafetensorsWriter writer)
    {
        using var stream = new MemoryStream();
        writer.Write(stream);
        return stream.ToArray();
    }

    private static bool IsUnicode(string text)
    {
        try
        {
            _ = new UTF8Encoding(false, true).GetByteCount(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
