using System.Diagnostics;

namespace Plimsoll.Data.Tests;

/// <summary>A folder that is removed when the test has ended.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plimsoll-data-");

    public string this[string name] => Path.Combine(folder.FullName, name);

    public void Dispose() => folder.Delete(recursive: true);
}

/// <summary>What a machine may lack. The tests that need it are ignored visibly.</summary>
internal static class Needs
{
    private const string SharedVariable = "PLIMSOLL_SHARED";

    public static void Hdf5()
    {
        if (Hdf5Library.TryLoad(null, out _) is null)
        {
            Assert.Ignore($"no HDF5 library: install {Hdf5Library.DebianPackage}");
        }
    }

    /// <summary>A file of the folder `shared` beside the repository.</summary>
    public static string Shared(params string[] parts)
    {
        var folder = Environment.GetEnvironmentVariable(SharedVariable) ?? BesideRepository();
        var path = folder is null ? null : Path.Combine([folder, .. parts]);
        if (!File.Exists(path))
        {
            Assert.Ignore($"no shared file {string.Join('/', parts)}: set {SharedVariable}");
        }

        return path!;
    }

    /// <summary>Runs a Python program with h5py; its standard output.</summary>
    public static string Python(string program, params string[] arguments) =>
        PythonWith("h5py", program, arguments);

    /// <summary>Runs a Python program with NumPy; its standard output.</summary>
    public static string NumPy(string program, params string[] arguments) =>
        PythonWith("numpy", program, arguments);

    private static string PythonWith(string module, string program, string[] arguments)
    {
        const string python = "/usr/bin/python3";
        if (!File.Exists(python) || Run(python, $"import {module}", []).ExitCode != 0)
        {
            Assert.Ignore($"no Python with {module}: install python3-{module}");
        }

        var (exitCode, output, error) = Run(python, program, arguments);
        Assert.That(exitCode, Is.Zero, error);
        return output;
    }

    private static string? BesideRepository()
    {
        for (var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory); folder is not null;
            folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")))
            {
                return Path.Combine(folder.FullName, "..", "shared");
            }
        }

        return null;
    }

    private static (int ExitCode, string Output, string Error) Run(
        string python, string program, string[] arguments)
    {
        var start = new ProcessStartInfo(python, ["-c", program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
