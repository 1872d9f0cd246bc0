using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Plimsoll.Data.Tests;

/// <summary>npz files that are sound: round trips, and what NumPy itself writes and reads.</summary>
public sealed class NpzTests
{
    private const string WriteTypes = """
        import sys, numpy as np
        rng = np.random.RandomState(5)
        arrays = {}
        for order in '<>':
            for kind in ('f2', 'f4', 'f8', 'i2', 'i4', 'i8', 'u2', 'u4', 'u8'):
                a = rng.randn(3, 4) * (1 if kind[0] == 'f' else 1000)
                arrays['r' * (order == '>') + kind] = np.abs(a).astype(order + kind) if kind[0] == 'u' \
                    else a.astype(order + kind)
        arrays['big'] = np.array([2**53 + 1, 2**63 - 1, -2**63, 2**24 + 1, 33554435], 'i8')
        arrays['huge'] = np.array([1e300, -1e300, 1e-300, 0.1, np.nan, -0.0])
        arrays['i1'] = np.arange(-3, 3, dtype='i1')
        arrays['u1'] = np.arange(250, 256).astype('u1')
        arrays['b1'] = np.array([True, False, True])
        arrays['scalar'] = np.float32(2.5)
        arrays['none'] = np.zeros((0, 3), 'f4')
        arrays['fortran'] = np.asfortranarray(rng.randn(2, 3, 4).astype('f4'))
        arrays['long'] = rng.randn(40001, 3).astype('f8')
        texts = dict(text=np.array('Plimsoll \u00e9 \U0001F600'), bytes=np.array(b'ten'), reverse=np.array('ab', '>U2'))
        (np.savez_compressed if sys.argv[2] == 'packed' else np.savez)(sys.argv[1], **arrays, **texts)
        np.seterr(all='ignore')
        for name in sorted(arrays):
            a = np.load(sys.argv[1])[name]
            print(name, list(a.shape), ' '.join(str(v) for v in np.ascontiguousarray(a.astype('f4')).view('i4').ravel()), sep='|')
        """;

    [TestCase("packed")]
    [TestCase("stored")]
    public void What_NumPy_writes_is_read_to_the_bit(string packing)
    {
        using var folder = new TemporaryFolder();
        var lines = Needs.NumPy(WriteTypes, folder["x.npz"], packing).TrimEnd().Split('\n');
        using var file = NpzFile.Open(folder["x.npz"]);
        foreach (var line in lines.Select(line => line.Split('|')))
        {
            var expected = line[2].Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
            var values = file.ReadFloats(line[0]);
            Assert.Multiple(() =>
            {
                Assert.That($"[{string.Join(", ", file.Shape(line[0]))}]", Is.EqualTo(line[1]), line[0]);
                Assert.That(Samples.Bits(values), Is.EqualTo(expected), line[0]);
            });
        }

        Assert.Multiple(() =>
        {
            Assert.That(lines, Has.Length.EqualTo(27));
            Assert.That(file.Names, Has.Count.EqualTo(30));
            Assert.That(file.ReadText("text"), Is.EqualTo("Plimsoll é \U0001F600"));
            Assert.That(file.ReadText("bytes"), Is.EqualTo("ten"));
            Assert.That(file.ReadText("reverse"), Is.EqualTo("ab"));
            Assert.That(file.ReadText("f4"), Is.Null);
            Assert.That(file.Type("rf8"), Is.EqualTo(new NpyType('f', 8, true)));
            Assert.That(file.Type("text").ToString(), Is.EqualTo("<U12"));
        });
    }

    [TestCase("1, 0")]
    [TestCase("2, 0")]
    [TestCase("3, 0")]
    public void A_single_array_of_every_version_is_read_under_its_file_s_name(string version)
    {
        using var folder = new TemporaryFolder();
        Needs.NumPy($"""
            import sys, numpy as np
            with open(sys.argv[1], 'wb') as f:
                np.lib.format.write_array(f, np.arange(6.0).reshape(2, 3), ({version}))
            """, folder["steps.npy"]);
        using var file = NpzFile.Open(folder["steps.npy"]);
        Assert.Multiple(() =>
        {
            Assert.That(file.Names, Is.EqualTo(new[] { "steps" }));
            Assert.That(file.Shape("steps"), Is.EqualTo(new long[] { 2, 3 }));
            Assert.That(file.ReadFloats("steps"), Is.EqualTo(new float[] { 0, 1, 2, 3, 4, 5 }));
        });
    }

    [Test]
    public void NumPy_reads_what_is_written()
    {
        using var folder = new TemporaryFolder();
        WriteSample(folder["x"]);
        var output = Needs.NumPy("""
            import sys, numpy as np
            f = np.load(sys.argv[1])
            for name in f.files:
                a = f[name]
                print(name, a.dtype.str, a.shape, a.flags.c_contiguous, a.tolist(), sep='|')
            """, folder["x"]);
        Assert.That(output.TrimEnd().Split('\n'), Is.EqualTo(new[]
        {
            "matrix|<f4|(2, 3)|True|[[1.0, 2.0, 3.0], [4.0, 5.0, 6.5]]",
            "vector|<f4|(1,)|True|[-0.5]",
            "single|<f4|()|True|7.0",
            "none|<f4|(0, 2)|True|[]",
            "task|<U2|()|True|é\U0001F600",
            "empty|<U1|()|True|",
        }));
    }

    [Test]
    public void What_is_written_is_read_back_and_equal_content_has_equal_bytes()
    {
        using var folder = new TemporaryFolder();
        WriteSample(folder["x"]);
        WriteSample(folder["y"]);
        using var file = NpzFile.Open(folder["x"]);
        Assert.Multiple(() =>
        {
            Assert.That(
                file.Names, Is.EqualTo(new[] { "empty", "matrix", "none", "single", "task", "vector" }));
            Assert.That(file.ReadFloats("matrix"), Is.EqualTo(new[] { 1, 2, 3, 4, 5, 6.5f }));
            Assert.That(file.Shape("matrix"), Is.EqualTo(new long[] { 2, 3 }));
            Assert.That(file.Shape("single"), Is.Empty);
            Assert.That(file.ReadFloats("none"), Is.Empty);
            Assert.That(file.ReadText("task"), Is.EqualTo("é\U0001F600"));
            Assert.That(file.ReadText("empty"), Is.Empty);
            Assert.That(File.ReadAllBytes(folder["x"]), Is.EqualTo(File.ReadAllBytes(folder["y"])));
        });
    }

    [Test]
    public void Members_that_are_no_arrays_are_left_out()
    {
        using var folder = new TemporaryFolder();
        Npz.Write(folder["x"], ("note.txt", "hello"u8.ToArray()), ("a.npy", Npz.Array("<f4", "(1,)", 4)));
        using var file = NpzFile.Open(folder["x"]);
        Assert.That(file.Names, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void The_actors_of_others_are_read()
    {
        var index = Needs.Shared("data", "osrl_policies", "index.json");
        var files = Directory.GetFiles(Path.GetDirectoryName(index)!, "*.npz", SearchOption.AllDirectories);
        Assert.That(files, Has.Length.EqualTo(26));
        foreach (var path in files)
        {
            using var file = NpzFile.Open(path);
            Assert.That(file.Names, Has.Count.GreaterThanOrEqualTo(6), path);
            foreach (var name in file.Names)
            {
                var values = file.ReadFloats(name);
                Assert.That(values, Has.Length.EqualTo(file.Shape(name).Aggregate(1L, (all, axis) => all * axis)));
                Assert.That(values.All(float.IsFinite), $"{path}: {name}");
            }
        }
    }

    private static void WriteSample(string path)
    {
        using var writer = new NpzWriter(path);
        writer.Add("matrix", [2, 3], [1, 2, 3, 4, 5, 6.5f]);
        writer.Add("vector", [1], [-0.5f]);
        writer.Add("single", [], [7]);
        writer.Add("none", [0, 2], []);
        writer.AddText("task", "é\U0001F600");
        writer.AddText("empty", "");
    }
}

/// <summary>Npz files made by hand, to be spoiled.</summary>
internal static class Npz
{
    /// <summary>An array of version 1.0 whose elements are zero bytes.</summary>
    public static byte[] Array(string type, string shape, int bytes) =>
        Header($"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}\n", bytes);

    /// <summary>An array of version 1.0 with any header text.</summary>
    public static byte[] Header(string text, int bytes)
    {
        var array = new byte[10 + text.Length + bytes];
        ReadOnlySpan<byte> start = [0x93, .. "NUMPY"u8, 1, 0];
        start.CopyTo(array);
        BinaryPrimitives.WriteUInt16LittleEndian(array.AsSpan(8), (ushort)text.Length);
        Encoding.Latin1.GetBytes(text, array.AsSpan(10));
        return array;
    }

    public static string Write(string path, params (string Name, byte[] Content)[] members) =>
        Write(path, CompressionLevel.NoCompression, members);

    public static string Write(
        string path, CompressionLevel level, params (string Name, byte[] Content)[] members)
    {
        using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var (name, content) in members)
        {
            using var stream = archive.CreateEntry(name, level).Open();
            stream.Write(content);
        }

        return path;
    }
}
