using System.Buffers.Binary;
using System.Text.Json;

namespace Plimsoll.Data;

/// <summary>
/// The program that reads HDF5 files for <see cref="Hdf5Process"/>. The C library trusts what a file says of
/// itself: a damaged one can crash it (division by zero, reads past its memory) or keep it busy for ever, in
/// places as early as opening an array. A crash must not take an experiment with it, so the library runs in a
/// process of its own.
/// </summary>
/// <remarks>
/// Argument: the library's file name. Input: one path a line, as a JSON text. Output: a greeting once, then
/// for each path the length of a JSON text as 8 bytes, the JSON text of <see cref="Hdf5Contents"/>, then the
/// arrays in the order of <see cref="DatasetKeys.All"/> as binary32 when there is no problem. It ends when
/// its input does.
/// </remarks>
internal static class Hdf5Child
{
    /// <summary>The first bytes of the output: the library is loaded.</summary>
    public static ReadOnlySpan<byte> Greeting => "hdf5-child-1\n"u8;

    private static int Main(string[] arguments)
    {
        if (arguments is not [var name] || Hdf5Library.TryLoad([name], out _) is not { } library)
        {
            return 2;
        }

        using var input = new StreamReader(Console.OpenStandardInput());
        using var output = Console.OpenStandardOutput();
        output.Write(Greeting);
        output.Flush();
        while (input.ReadLine() is { } line)
        {
            Answer(output, library, JsonSerializer.Deserialize<string>(line)!);
        }

        return 0;
    }

    private static unsafe void Answer(Stream output, Hdf5Library library, string path)
    {
        var (contents, columns) = Hdf5Contents.Read(library, path);
        var json = JsonSerializer.SerializeToUtf8Bytes(contents);
        var length = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        output.Write(length);
        output.Write(json);
        if (columns is not null)
        {
            foreach (var key in DatasetKeys.All)
            {
                using var array = new UnmanagedMemoryStream((byte*)columns.Pointer(key), columns.Bytes(key));
                array.CopyTo(output);
            }

            GC.KeepAlive(columns);
        }

        output.Flush();
    }
}
