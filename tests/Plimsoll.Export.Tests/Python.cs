using System.ComponentModel;
using System.Diagnostics;

namespace Plimsoll.Export.Tests;

/// <summary>Programs of others, in Python. Where it or a module of it is missing, the test is skipped visibly.</summary>
internal static class Python
{
    /// <summary>Debian's, whose modules are packages; then whichever stands first in PATH.</summary>
    private static readonly string[] Programs = ["/usr/bin/python3", "python3"];

    /// <summary>Runs a program in a folder; its standard output.</summary>
    /// <param name="module">What it imports that is not of the standard library; null: nothing.</param>
    internal static string Run(string? module, string program, string folder, params string[] arguments)
    {
        var import = module is null ? "" : $"import {module}";
        var python = Programs.FirstOrDefault(name => Start(name, import, folder, []) is { ExitCode: 0 });
        if (python is null)
        {
            Assert.Ignore(module is null
                ? "no Python: install python3"
                : $"no Python with {module}: install python3-{module}");
        }
        var (exitCode, output, error) = Start(python!, program, folder, arguments)!.Value;
        Assert.That(exitCode, Is.Zero, error);
        return output;
    }

    private static (int ExitCode, string Output, string Error)? Start(
        string python, string program, string folder, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-c", program, .. arguments])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
