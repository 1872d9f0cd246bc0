using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Plimsoll.Data;

/// <summary>One array of a file. Begin counts bytes from the start of the data.</summary>
internal sealed record SafetensorsEntry(
    string Name, SafetensorsType Type, ImmutableArray<long> Shape, ulong Begin, ulong End);

/// <summary>
/// The JSON header, read strictly: every byte of the data belongs to exactly one array, every range has the
/// length that shape and type ask for, no name twice, no key that the format does not know.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The longest header the format allows.</summary>
    public const ulong LongestHeader = 100_000_000;

    private const string MetadataKey = "__metadata__";

    private readonly SortedDictionary<string, SafetensorsEntry> entries = new(StringComparer.Ordinal);

    private readonly SortedDictionary<string, string> metadata = new(StringComparer.Ordinal);

    private SafetensorsHeader()
    {
    }

    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => entries;

    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>The header, or the first thing wrong with it.</summary>
    public static (SafetensorsHeader? Header, SafetensorsProblem? Problem) Parse(
        ReadOnlySpan<byte> json, ulong dataBytes)
    {
        var header = new SafetensorsHeader();
        try
        {
            header.Read(json);
            header.CheckCoverage(dataBytes);
            return (header, null);
        }
        catch (Fault fault)
        {
            return (null, fault.Problem);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // JsonException: not JSON. InvalidOperationException: a text that is not UTF-8.
            return (null, new SafetensorsProblem.HeaderUnsound("it is not JSON in UTF-8"));
        }
    }

    private void Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 4 });
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            throw Unsound("it does not begin with {");
        }

        reader.Read();
        var sawMetadata = false;
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (name != MetadataKey)
            {
                var entry = ReadEntry(ref reader, name);
                if (!entries.TryAdd(name, entry))
                {
                    throw new Fault(new SafetensorsProblem.DuplicateName(name));
                }
            }
            else if (sawMetadata)
            {
                throw new Fault(new SafetensorsProblem.DuplicateName(name));
            }
            else
            {
                ReadMetadata(ref reader);
                sawMetadata = true;
            }
        }

        // Only white space may follow; the reader throws on anything else.
        reader.Read();
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, "__metadata__ must be an object");
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String, "a metadata value must be a text");
            if (!metadata.TryAdd(key, reader.GetString()!))
            {
                throw new Fault(new SafetensorsProblem.DuplicateName(key));
            }
        }
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        string? type = null;
        List<ulong>? shape = null;
        List<ulong>? offsets = null;
        Expect(ref reader, JsonTokenType.StartObject, $"\"{name}\" must be an object");
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            switch (reader.GetString())
            {
                case "dtype" when type is null:
                    Expect(ref reader, JsonTokenType.String, "a dtype must be a text");
                    type = reader.GetString()!;
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(ref reader);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(ref reader);
                    break;
                case var key:
                    throw Unsound($"\"{name}\" has the key \"{key}\" twice, or it is unknown");
            }
        }

        if (type is null || shape is null || offsets is not [var begin, var end])
        {
            throw Unsound($"\"{name}\" needs dtype, shape and two data_offsets");
        }

        if (SafetensorsTypes.Parse(type) is not { } known)
        {
            throw new Fault(new SafetensorsProblem.UnknownType(name, type));
        }

        if (shape.Any(axis => axis > long.MaxValue))
        {
            throw Unsound($"\"{name}\" has an axis that is too long");
        }

        return new SafetensorsEntry(name, known, [.. shape.Select(axis => (long)axis)], begin, end);
    }

    private static List<ulong> ReadNumbers(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartArray, "shape and data_offsets must be arrays");
        var numbers = new List<ulong>();
        while (Next(ref reader) == JsonTokenType.Number)
        {
            if (!reader.TryGetUInt64(out var number))
            {
                throw Unsound("shape and data_offsets hold whole numbers from 0");
            }

            numbers.Add(number);
        }

        return reader.TokenType == JsonTokenType.EndArray
            ? numbers
            : throw Unsound("shape and data_offsets hold whole numbers from 0");
    }

    private void CheckCoverage(ulong dataBytes)
    {
        foreach (var entry in entries.Values)
        {
            CheckRange(entry, dataBytes);
        }

        var expected = 0UL;
        var before = "";
        foreach (var entry in entries.Values.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.Begin < expected)
            {
                throw new Fault(new SafetensorsProblem.Overlap(entry.Name, before));
            }

            if (entry.Begin > expected)
            {
                throw new Fault(new SafetensorsProblem.Gap(expected, entry.Begin));
            }

            expected = entry.End;
            before = entry.Name;
        }

        if (expected != dataBytes)
        {
            throw new Fault(new SafetensorsProblem.Gap(expected, dataBytes));
        }
    }

    private static void CheckRange(SafetensorsEntry entry, ulong dataBytes)
    {
        if (entry.Begin > entry.End || entry.End > dataBytes)
        {
            throw new Fault(new SafetensorsProblem.OutOfRange(entry.Name, entry.Begin, entry.End, dataBytes));
        }

        var size = entry.End - entry.Begin;
        var expected = new UInt128(0, (ulong)entry.Type.Bytes());
        foreach (var axis in entry.Shape.Contains(0) ? [0] : entry.Shape)
        {
            // Once past the file the exact product no longer matters, and it must not overflow.
            expected = expected > dataBytes && axis != 0 ? expected : expected * (ulong)axis;
        }

        if (expected != size)
        {
            var shape =
                string.Join(", ", entry.Shape.Select(axis => axis.ToString(CultureInfo.InvariantCulture)));
            throw new Fault(new SafetensorsProblem.WrongSize(entry.Name, size, $"{entry.Type} [{shape}]"));
        }

        if (entry.Begin % (ulong)entry.Type.Bytes() != 0)
        {
            throw new Fault(
                new SafetensorsProblem.Misaligned(entry.Name, entry.Begin, entry.Type.Bytes()));
        }
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader)
    {
        return reader.Read() ? reader.TokenType : throw Unsound("it ends too early");
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string otherwise)
    {
        if (Next(ref reader) != type)
        {
            throw Unsound(otherwise);
        }
    }

    private static Fault Unsound(string reason) => new(new SafetensorsProblem.HeaderUnsound(reason));

    /// <summary>Leaves the recursive reading; never leaves this class.</summary>
    private sealed class Fault(SafetensorsProblem problem) : Exception
    {
        public SafetensorsProblem Problem { get; } = problem;
    }
}
