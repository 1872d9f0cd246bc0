using System.Buffers.Binary;
using System.IO.Compression;

namespace Plimsoll.Data.Tests;

/// <summary>Npz files that are not sound, each problem by causing it.</summary>
public sealed class NpzProblemTests
{
    private static NpzProblem Refused(string path)
    {
        var opening = NpzFile.TryOpen(path);
        Assert.That(opening, Is.InstanceOf<NpzOpening.Refused>());
        var problem = ((NpzOpening.Refused)opening).Problem;
        Assert.That(NpzProblemText.What(problem), Is.Not.Empty);
        return problem;
    }

    private static NpzProblem Of(params (string, byte[])[] members)
    {
        using var folder = new TemporaryFolder();
        return Refused(Npz.Write(folder["x"], members));
    }

    private static NpzProblem Of(byte[] content)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x"], content);
        return Refused(folder["x"]);
    }

    private static byte[] Sound(CompressionLevel level)
    {
        using var folder = new TemporaryFolder();
        var noise = Npz.Array("<f4", "(50,)", 200);
        new Random(1).NextBytes(noise.AsSpan(noise.Length - 200));
        return File.ReadAllBytes(Npz.Write(folder["x"], level, ("a.npy", noise), ("b.npy", noise)));
    }

    [Test]
    public void A_missing_file() =>
        Assert.That(Refused("no/such.npz"), Is.EqualTo(new NpzProblem.Missing()));

    [Test]
    public void A_folder()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["x"]);
        Assert.That(Refused(folder["x"]), Is.InstanceOf<NpzProblem.Unreadable>());
    }

    [TestCase("")]
    [TestCase("version https://git-lfs.github.com/spec/v1")]
    public void Another_file(string content) =>
        Assert.That(Of(System.Text.Encoding.UTF8.GetBytes(content)), Is.EqualTo(new NpzProblem.NotNpz()));

    [Test]
    public void A_file_cut_anywhere([Values] bool packed)
    {
        var sound = Sound(packed ? CompressionLevel.Optimal : CompressionLevel.NoCompression);
        using var folder = new TemporaryFolder();
        for (var length = 4; length < sound.Length; length++)
        {
            File.WriteAllBytes(folder["x"], sound[..length]);
            Assert.That(Refused(folder["x"]), Is.InstanceOf<NpzProblem.ArchiveUnsound>());
        }
    }

    [Test]
    public void Pickled_objects_are_refused_and_the_reason_is_given()
    {
        var problem = Of(("a.npy", Npz.Array("|O", "(1,)", 8)));
        Assert.That(problem, Is.EqualTo(new NpzProblem.Pickled("a")));
        Assert.That(NpzProblemText.What(problem), Is.EqualTo(
            "\"a\" holds pickled Python objects, and loading those can run any code that the file names"));
    }

    [TestCase("<c8")]
    [TestCase("<f16")]
    [TestCase("<M8[ns]")]
    [TestCase("|V4")]
    [TestCase("<U0")]
    [TestCase("<U99999999")]
    [TestCase("f4")]
    [TestCase("|f4")]
    [TestCase("<f-4")]
    public void Types_that_hold_no_plain_numbers(string type) => Assert.That(
        Of(("a.npy", Npz.Array(type, "(1,)", 16))), Is.EqualTo(new NpzProblem.UnknownType("a", type)));

    [Test]
    public void Records() => Assert.That(
        Of(("a.npy", Npz.Header(
            "{'descr': [('x', '<f4'), ('y', '|O')], 'fortran_order': False, 'shape': (1,), }\n", 12))),
        Is.EqualTo(new NpzProblem.UnknownType("a", "of records")));

    [TestCase("{'descr': '<f4', 'fortran_order': False, }")]
    [TestCase("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }")]
    [TestCase("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }")]
    [TestCase("{'descr': '<f4', 'fortran_order': False, 'shape': (1), }")]
    [TestCase("{'descr': '<f4', 'fortran_order': False, 'shape': [1], }")]
    [TestCase("{'descr': '<f4', 'fortran_order': False, 'shape': (1, }")]
    [TestCase("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }")]
    [TestCase("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }")]
    [TestCase("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1, }")]
    [TestCase("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } print")]
    [TestCase("{'descr': open('x'), 'fortran_order': False, 'shape': (1,), }")]
    [TestCase("{'descr': '<f4")]
    [TestCase("{")]
    [TestCase("")]
    public void Headers_that_are_not_the_dictionary_of_the_format(string header) => Assert.That(
        Of(("a.npy", Npz.Header(header, 4))), Is.InstanceOf<NpzProblem.HeaderUnsound>());

    [TestCase("{\"shape\":(1,),\"descr\":\"<f4\",\"fortran_order\":True}")]
    [TestCase("{'descr': '<f4', 'fortran_order': False, 'shape': (1L,), }          \n")]
    public void Headers_in_another_spelling_are_read(string header)
    {
        using var folder = new TemporaryFolder();
        using var file = NpzFile.Open(Npz.Write(folder["x"], ("a.npy", Npz.Header(header, 4))));
        Assert.That(file.ReadFloats("a"), Is.EqualTo(new float[] { 0 }));
    }

    [TestCase((byte)0, (byte)0)]
    [TestCase((byte)4, (byte)0)]
    [TestCase((byte)1, (byte)1)]
    public void A_version_that_is_not_known(byte major, byte minor)
    {
        var array = Npz.Array("<f4", "(1,)", 4);
        (array[6], array[7]) = (major, minor);
        Assert.That(Of(("a.npy", array)), Is.EqualTo(new NpzProblem.HeaderUnsound(
            "a", $"its format version is {major}.{minor}, not 1.0, 2.0 or 3.0")));
    }

    [Test]
    public void A_header_that_says_it_is_enormous()
    {
        byte[] array = [.. Npz.Array("<f4", "(1,)", 4)];
        (array[6], array[10], array[11]) = (2, 0xff, 0x7f);
        Assert.That(Of(("a.npy", array)), Is.InstanceOf<NpzProblem.HeaderUnsound>());
    }

    [TestCase("(2,)", "<f4 [2]")]
    [TestCase("(4294967296, 4294967296)", "<f4 [4294967296, 4294967296]")]
    [TestCase("(9223372036854775807, 9223372036854775807, 9223372036854775807)",
        "<f4 [9223372036854775807, 9223372036854775807, 9223372036854775807]")]
    [TestCase("(0, 7)", "<f4 [0, 7]")]
    public void A_shape_that_the_bytes_do_not_fill(string shape, string expected) => Assert.That(
        Of(("a.npy", Npz.Array("<f4", shape, 4))), Is.EqualTo(new NpzProblem.WrongSize("a", 4, expected)));

    [Test]
    public void The_same_name_twice() => Assert.That(
        Of(("a.npy", Npz.Array("<f4", "(1,)", 4)), ("a.npy", Npz.Array("<f4", "(1,)", 4))),
        Is.EqualTo(new NpzProblem.DuplicateName("a.npy")));

    [Test]
    public void A_changed_element_contradicts_the_checksum()
    {
        var bytes = Sound(CompressionLevel.NoCompression);
        bytes[^300] ^= 1;
        Assert.That(Of(bytes), Is.InstanceOf<NpzProblem.Damaged>());

        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x"], bytes);
        using var file = ((NpzOpening.Opened)NpzFile.TryOpen(folder["x"], verify: false)).File;
        Assert.That(file.TryReadFloats("b", new float[50]), Is.EqualTo(new NpzProblem.Damaged("b")));
        Assert.That(file.TryReadFloats("a", new float[50]), Is.Null);
    }

    [TestCase(8, 1, typeof(NpzProblem.Encrypted))]
    [TestCase(10, 12, typeof(NpzProblem.UnknownCompression))]
    public void Encrypted_and_otherwise_packed_members(int field, int value, Type expected)
    {
        var bytes = Sound(CompressionLevel.NoCompression);
        var directory = bytes.AsSpan().IndexOf("PK\u0001\u0002"u8);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(directory + field), (ushort)value);
        Assert.That(Of(bytes), Is.InstanceOf(expected));
    }

    /// <summary>Many members that unpack the same bytes make a small file large.</summary>
    [Test]
    public void Members_that_share_bytes()
    {
        using var folder = new TemporaryFolder();
        var array = Npz.Array("<f4", "(1,)", 4);
        var alone = File.ReadAllBytes(Npz.Write(folder["x"], ("b.npy", array)));
        var quoted = alone[..alone.AsSpan().IndexOf("PK\u0001\u0002"u8)];
        var bytes = File.ReadAllBytes(Npz.Write(folder["x"], ("a.npy", quoted), ("b.npy", array)));
        var directory = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BinaryPrimitives.WriteInt32LittleEndian(
            bytes.AsSpan(directory + 42), bytes.AsSpan(4).IndexOf("PK\u0003\u0004"u8) + 4);
        Assert.That(
            Of(bytes),
            Is.EqualTo(new NpzProblem.ArchiveUnsound("\"b.npy\" shares bytes with another member")));
    }

    /// <summary>Deflate packs at most 1032 to 1; whoever says more lies about the size.</summary>
    [Test]
    public void A_size_that_no_packing_reaches()
    {
        var bytes = Sound(CompressionLevel.Optimal);
        var directory = bytes.AsSpan().IndexOf("PK\u0001\u0002"u8);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(directory + 24), 1u << 31);
        Assert.That(Of(bytes), Is.InstanceOf<NpzProblem.ArchiveUnsound>());
    }
}
