using NUnit.Framework;

namespace Plimsoll.Environments.Tests.Support;

/// <summary>What a test needs and a machine may lack: the test is skipped then, and says why.</summary>
internal static class Requires
{
    internal static void Engine(Engine engine)
    {
        if (Engines.StateOf(engine) is EngineState.Missing missing)
        {
            Assert.Ignore($"{missing.What} {missing.Remedy}");
        }
    }

    internal static void EngineOf(string task) => Engine(Tasks.Find(task)!.Engine);

    /// <summary>The folder of reference data: PLIMSOLL_SHARED, or <c>shared</c> beside the repository.</summary>
    internal static string Shared()
    {
        if (Environment.GetEnvironmentVariable("PLIMSOLL_SHARED") is { Length: > 0 } named)
        {
            return named;
        }

        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")))
        {
            folder = folder.Parent;
        }

        var beside = folder?.Parent is { } above ? Path.Combine(above.FullName, "shared") : "";
        if (!Directory.Exists(beside))
        {
            Assert.Ignore("The folder `shared` with reference data is not beside the repository.");
        }

        return beside;
    }
}
