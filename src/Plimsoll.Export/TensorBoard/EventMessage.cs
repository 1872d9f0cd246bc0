using Google.Protobuf;

namespace Plimsoll.Export.TensorBoard;

/// <summary>
/// The protocol buffers messages Event and Summary, as far as scalars need them. Numbers of fields (facts of
/// TensorFlow's event.proto and summary.proto): Event has wall_time = 1 (double, seconds since 1970),
/// step = 2 (int64), file_version = 3 (string) and summary = 5; Summary has value = 1, repeated; Summary.Value has
/// tag = 1 (string) and simple_value = 2 (float). As in proto3, a field with its default, such as step 0, is
/// left out.
/// </summary>
internal static class EventMessage
{
    private const int WallTime = 1;
    private const int Step = 2;
    private const int FileVersion = 3;
    private const int Summary = 5;
    private const int SummaryValue = 1;
    private const int Tag = 1;
    private const int SimpleValue = 2;

    /// <summary>What readers expect of the first event of a file.</summary>
    private const string Version = "brain.Event:2";

    internal static byte[] First(double wallTime) => Written(output =>
    {
        WriteWallTime(output, wallTime);
        output.WriteTag(FileVersion, WireFormat.WireType.LengthDelimited);
        output.WriteString(Version);
    });

    /// <summary>All numbers of one step.</summary>
    internal static byte[] Scalars(
        double wallTime, long step, IEnumerable<(string Tag, float Value)> values) => Written(output =>
    {
        WriteWallTime(output, wallTime);
        if (step != 0)
        {
            output.WriteTag(Step, WireFormat.WireType.Varint);
            output.WriteInt64(step);
        }

        Nest(output, Summary, summary =>
        {
            foreach (var (tag, value) in values)
            {
                Nest(summary, SummaryValue, scalar => WriteScalar(scalar, tag, value));
            }
        });
    });

    private static void WriteScalar(CodedOutputStream output, string tag, float value)
    {
        output.WriteTag(Tag, WireFormat.WireType.LengthDelimited);
        output.WriteString(tag);
        // In a oneof, which says that it is there: written also where it is 0.
        output.WriteTag(SimpleValue, WireFormat.WireType.Fixed32);
        output.WriteFloat(value);
    }

    private static void WriteWallTime(CodedOutputStream output, double wallTime)
    {
        if (wallTime == 0) return;
        output.WriteTag(WallTime, WireFormat.WireType.Fixed64);
        output.WriteDouble(wallTime);
    }

    private static void Nest(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(Written(write)));
    }

    private static byte[] Written(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true)) write(output);
        return bytes.ToArray();
    }
}
