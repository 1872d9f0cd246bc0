using System.Buffers.Binary;
using System.Text;

namespace Plimsoll.Data.Tests;

/// <summary>Every way in which a header can be unsound, by writing one.</summary>
public sealed class SafetensorsProblemTests
{
    private const string Sound = """{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";

    private static IEnumerable<TestCaseData> Cases()
    {
        yield return Case("not JSON", "no", 0, "the header is not sound: it does not begin with {");
        yield return Case("empty", "", 0, "the header is not sound: it does not begin with {");
        yield return Case("a space first", " {}", 0, "the header is not sound: it does not begin with {");
        yield return Case(
            "an open object", """{"x":""", 0, "the header is not sound: it is not JSON in UTF-8");
        yield return Case("text after it", "{} x", 0, "the header is not sound: it is not JSON in UTF-8");
        yield return Case("a comment", "{/**/}", 0, "the header is not sound: it is not JSON in UTF-8");
        yield return Case("a missing key", """{"x":{"dtype":"F32","shape":[2]}}""", 8,
            "the header is not sound: \"x\" needs dtype, shape and two data_offsets");
        yield return Case("one offset", """{"x":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8,
            "the header is not sound: \"x\" needs dtype, shape and two data_offsets");
        yield return Case(
            "an unknown key", """{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"y":1}}""", 8,
            "the header is not sound: \"x\" has the key \"y\" twice, or it is unknown");
        yield return Case(
            "a key twice", """{"x":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8,
            "the header is not sound: \"x\" has the key \"dtype\" twice, or it is unknown");
        yield return Case("a negative axis", """{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8,
            "the header is not sound: shape and data_offsets hold whole numbers from 0");
        yield return Case("a broken axis", """{"x":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8,
            "the header is not sound: shape and data_offsets hold whole numbers from 0");
        yield return Case(
            "a huge axis", """{"x":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]}}""",
            8, "the header is not sound: \"x\" has an axis that is too long");
        yield return Case("a number as type", """{"x":{"dtype":1,"shape":[2],"data_offsets":[0,8]}}""", 8,
            "the header is not sound: a dtype must be a text");
        yield return Case("metadata that nest", """{"__metadata__":{"a":{}}}""", 0,
            "the header is not sound: a metadata value must be a text");
        yield return Case("metadata as text", """{"__metadata__":"a"}""", 0,
            "the header is not sound: __metadata__ must be an object");
        yield return Case("metadata twice", """{"__metadata__":{},"__metadata__":{}}""", 0,
            "the name \"__metadata__\" comes twice");
        yield return Case("a metadata key twice", """{"__metadata__":{"a":"","a":""}}""", 0,
            "the name \"a\" comes twice");
        yield return Case(
            "a name twice", "{" + Sound[1..^1] + "," + Sound[1..], 8, "the name \"x\" comes twice");
        yield return Case("another type", """{"x":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}""", 8,
            "\"x\" has the type BF16; F64, F32, I64, I32 and U8 can be read");
        yield return Case("data cut off", Sound, 7, "\"x\" lies at bytes 0 to 8 of 7");
        yield return Case("offsets reversed", """{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8,
            "\"x\" lies at bytes 8 to 0 of 8");
        yield return Case("another size", """{"x":{"dtype":"F32","shape":[1,3],"data_offsets":[0,8]}}""", 8,
            "\"x\" has 8 bytes, which is not F32 [1, 3]");
        yield return Case("a product of axes that wraps to the right size",
            """{"x":{"dtype":"F32","shape":[4611686018427387906,4],"data_offsets":[0,32]}}""", 32,
            "\"x\" has 32 bytes, which is not F32 [4611686018427387906, 4]");
        yield return Case(
            "data after the last array", Sound, 9, "the bytes 8 to 9 of the data belong to no array");
        yield return Case("a hole",
            """{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"y":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}""",
            3, "the bytes 1 to 2 of the data belong to no array");
        yield return Case("an overlap",
            """{"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"y":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""",
            3, "\"y\" and \"x\" share bytes");
        yield return Case("a misaligned array",
            """{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"y":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}""",
            5, "\"y\" begins at byte 1, which is no multiple of its element size 4");
    }

    [TestCaseSource(nameof(Cases))]
    public void An_unsound_header_is_refused(string header, int dataBytes, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x"], Bytes(header, dataBytes));
        Assert.That(Refusal(folder["x"]), Is.EqualTo(expected));
    }

    [Test]
    public void The_sound_header_of_these_tests_is_accepted()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x"], Bytes(Sound, 8));
        using var file = SafetensorsFile.Open(folder["x"]);
        Assert.That(file.Floats("x").ToArray(), Is.EqualTo(new[] { 0f, 0f }));
    }

    [Test]
    public void A_text_that_is_not_UTF_8_is_refused()
    {
        using var folder = new TemporaryFolder();
        var bytes = Bytes("""{"__metadata__":{"a":"?"}}""", 0);
        bytes[Array.IndexOf(bytes, (byte)'?')] = 0xff;
        File.WriteAllBytes(folder["x"], bytes);
        Assert.That(Refusal(folder["x"]), Is.EqualTo("the header is not sound: it is not JSON in UTF-8"));
    }

    [Test]
    public void A_file_that_ends_before_its_header_is_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["empty"], []);
        File.WriteAllBytes(folder["short"], [1, 0, 0, 0, 0, 0, 0, 0]);
        File.WriteAllBytes(folder["huge"], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, (byte)'{']);
        Assert.Multiple(() =>
        {
            Assert.That(Refusal(folder["empty"]),
                Is.EqualTo("the file has 0 bytes and ends before its header, which says it has 0"));
            Assert.That(Refusal(folder["short"]),
                Is.EqualTo("the file has 8 bytes and ends before its header, which says it has 1"));
            Assert.That(Refusal(folder["huge"]),
                Is.EqualTo("the file has 9 bytes and ends before its header, which says it has 18446744073709551615"));
        });
    }

    [Test]
    public void A_missing_file_and_a_folder_are_refused()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["folder"]);
        Assert.Multiple(() =>
        {
            Assert.That(Refusal(folder["none"]), Is.EqualTo("the file does not exist"));
            Assert.That(Refusal(folder["folder"]), Does.StartWith("the file cannot be read ("));
        });
        var thrown = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(folder["none"]));
        Assert.That(thrown!.Message, Is.EqualTo($"{folder["none"]}: the file does not exist"));
    }

    /// <summary>
    /// One to four bytes overwritten, or the file cut: it is refused, or it opens and every array can be
    /// read.
    /// </summary>
    [Test]
    public void Three_hundred_mutations_are_refused_or_read()
    {
        using var folder = new TemporaryFolder();
        using var dataset = Samples.Dataset(3, 4);
        dataset.Save(folder["sound"]);
        var sound = File.ReadAllBytes(folder["sound"]);
        var headerBytes = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(sound);
        var random = new Random(7);
        var (refused, opened) = (0, 0);
        for (var mutation = 0; mutation < 300; mutation++)
        {
            File.WriteAllBytes(folder["x"], Mutations.Of(sound, headerBytes, random));
            switch (SafetensorsFile.TryOpen(folder["x"]))
            {
                case SafetensorsOpening.Refused(var problem):
                    Assert.That(DatasetProblemText.What(problem), Is.Not.Empty);
                    refused++;
                    break;
                case SafetensorsOpening.Opened(var file):
                    Assert.That(file.Names.Sum(name => Sum(file, name)), Is.Not.Null);
                    file.Dispose();
                    opened++;
                    break;
            }

            if (Dataset.TryOpen(folder["x"]) is DatasetOpening.Opened(var mutated))
            {
                Assert.That(
                    mutated.Trajectories.Sum(trajectory => trajectory.Length), Is.EqualTo(mutated.Count));
                mutated.Dispose();
            }
        }

        Assert.That((refused, opened), Is.EqualTo((refused, 300 - refused)));
        Assert.That(refused, Is.InRange(100, 299), "mutations hit both sound and unsound files");
    }

    private static TestCaseData Case(string name, string header, int dataBytes, string expected) =>
        new TestCaseData(header, dataBytes, expected).SetName($"An unsound header is refused: {name}");

    private static byte[] Bytes(string header, int dataBytes)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)json.Length);
        json.CopyTo(bytes, 8);
        return bytes;
    }

    private static string Refusal(string path) =>
        SafetensorsFile.TryOpen(path) is SafetensorsOpening.Refused(var why)
        ? DatasetProblemText.What(why)
        : "opened";

    private static double Sum(SafetensorsFile file, string name)
    {
        var sum = 0.0;
        if (file.Type(name) == SafetensorsType.F32)
        {
            foreach (var value in file.Floats(name))
            {
                sum += value;
            }
        }

        return sum;
    }
}
