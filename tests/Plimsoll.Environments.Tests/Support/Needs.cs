using NUnit.Framework;
using Plimsoll.Environments;

namespace Plimsoll.Environments.Tests.Support;

/// <summary>What a machine may lack. Tests that need it are ignored visibly.</summary>
internal static class Needs
{
    private const string SharedVariable = "PLIMSOLL_SHARED";

    /// <summary>The engine that simulates a task.</summary>
    public static void EngineOf(string task)
    {
        if (Tasks.Find(task) is { } facts)
        {
            Engine(facts.Engine);
        }
    }

    public static void Engine(Engine engine)
    {
        if (Engines.StateOf(engine) is EngineState.Missing missing)
        {
            Assert.Ignore($"{missing.What} {missing.Remedy}");
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
}
