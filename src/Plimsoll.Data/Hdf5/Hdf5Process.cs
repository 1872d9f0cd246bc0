using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Plimsoll.Data;

/// <summary>
/// Reads HDF5 files through a child process that may crash or hang; it is started anew when it has.
/// </summary>
internal sealed unsafe class Hdf5Process(Hdf5Library library) : IDisposable
{
    // Far slower than any disk or decompression, so that only a hang is taken for one.
    private const double SlowestBytesPerSecond = 1 << 20;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private Process? child;

    /// <summary>How long a file without content may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many children died or were stopped because they hung.</summary>
    public int Lost { get; private set; }

    /// <summary>
    /// The program and its host; null in a program without files of its own, such as a single-file one.
    /// </summary>
    private static (string Host, string Program)? Command
    {
        get
        {
            var program = Path.Combine(AppContext.BaseDirectory, "Plimsoll.Data.dll");
            var runtime = RuntimeEnvironment.GetRuntimeDirectory();
            var host = Path.GetFullPath(
                Path.Combine(
                    runtime, "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
            return File.Exists(host) && File.Exists(program)
                && File.Exists(Path.ChangeExtension(program, ".runtimeconfig.json"))
                    ? (host, program)
                    : null;
        }
    }

    /// <summary>Whether a child can be had. Otherwise files are read in this process.</summary>
    public static bool IsAvailable => Command is not null;

    /// <summary>
    /// Columns are null when there is a problem. A child that dies or hangs means an unreadable file.
    /// </summary>
    public (Hdf5Contents Contents, DatasetColumns? Columns) Read(string path)
    {
        if (Command is not { } command)
        {
            return Hdf5Contents.Read(library, path);
        }

        child ??= Start(command.Host, command.Program, library.Name);
        if (child is not { } reader)
        {
            return Hdf5Contents.Read(library, path);
        }

        var limit = Patience + TimeSpan.FromSeconds(new FileInfo(path).Length / SlowestBytesPerSecond);
        using var watch = new Timer(_ => Stop(reader), null, limit, Timeout.InfiniteTimeSpan);
        try
        {
            reader.StandardInput.WriteLine(JsonSerializer.Serialize(Path.GetFullPath(path)));
            reader.StandardInput.Flush();
            return Receive(reader.StandardOutput.BaseStream);
        }
        catch (Exception lost) when (lost is IOException or JsonException)
        {
            Lost++;
            Stop(reader);
            reader.Dispose();
            child = null;
            return (Hdf5Contents.Unreadable, null);
        }
    }

    public void Dispose()
    {
        if (child is not null)
        {
            // It ends by itself when its input does, unless it is stuck.
            child.StandardInput.Close();
            if (!child.WaitForExit(Patience))
            {
                Stop(child);
            }

            child.Dispose();
            child = null;
        }
    }

    private static (Hdf5Contents Contents, DatasetColumns? Columns) Receive(Stream stream)
    {
        const long longestDescription = 1 << 26;
        var length = new byte[sizeof(long)];
        stream.ReadExactly(length);
        var bytes = BinaryPrimitives.ReadInt64LittleEndian(length);
        if (bytes is < 0 or > longestDescription)
        {
            throw new IOException();
        }

        var json = new byte[bytes];
        stream.ReadExactly(json);
        var contents = JsonSerializer.Deserialize<Hdf5Contents>(json)!;
        if (contents.Problems("").Count > 0)
        {
            return (contents, null);
        }

        var columns = contents.Allocate();
        foreach (var key in DatasetKeys.All)
        {
            Fill(stream, (byte*)columns.Pointer(key), columns.Bytes(key));
        }

        return (contents, columns);
    }

    private static void Fill(Stream stream, byte* target, long bytes)
    {
        const int portion = 1 << 24;
        for (var done = 0L; done < bytes; done += portion)
        {
            stream.ReadExactly(new Span<byte>(target + done, (int)Math.Min(portion, bytes - done)));
        }
    }

    /// <summary>Null when the child does not come up: that is no fault of a file.</summary>
    private static Process? Start(string host, string program, string libraryName)
    {
        var start = new ProcessStartInfo(host, ["exec", program, libraryName])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process? process = null;
        try
        {
            process = Process.Start(start) ?? throw new IOException("no process");

            // A crash of the child prints; nobody needs to see it, and a full pipe would block it.
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var starting = process;
            using var watch = new Timer(_ => Stop(starting), null, StartLimit, Timeout.InfiniteTimeSpan);
            var greeting = new byte[Hdf5Child.Greeting.Length];
            process.StandardOutput.BaseStream.ReadExactly(greeting);
            return greeting.AsSpan().SequenceEqual(Hdf5Child.Greeting)
                ? process
                : throw new IOException("another program");
        }
        catch (Exception failure) when (failure is IOException or Win32Exception)
        {
            if (process is not null)
            {
                Stop(process);
                process.Dispose();
            }

            return null;
        }
    }

    private static void Stop(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
