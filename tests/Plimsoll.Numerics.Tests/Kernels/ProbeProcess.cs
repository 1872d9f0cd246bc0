using System.Diagnostics;
using System.Reflection;
using NUnit.Framework;

namespace Plimsoll.Numerics.Tests.Kernels;

/// <summary>A probe in a process of its own, whose runtime is told what to do without.</summary>
internal static class ProbeProcess
{
    /// <summary>Many times what the slowest takes.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>The lines that it prints. Fails where it ends with an error or does not end.</summary>
    internal static string[] Lines(
        Assembly program, IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(Host(), [program.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsSwitch).ToArray()) start.Environment.Remove(name);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var child = Process.Start(start)!;
        var output = child.StandardOutput.ReadToEndAsync();
        var errors = child.StandardError.ReadToEndAsync();
        if (!child.WaitForExit(Limit))
        {
            child.Kill(entireProcessTree: true);
            Assert.Fail($"{program.GetName().Name} {string.Join(' ', arguments)} did not end within {Limit}");
        }

        Assert.That(child.ExitCode, Is.EqualTo(0), errors.Result);
        return output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The dotnet that runs this, or else the one on the PATH.</summary>
    private static string Host() =>
        Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : "dotnet";

    private static bool IsSwitch(string variable) => variable.StartsWith("DOTNET_Enable", StringComparison.Ordinal);
}
