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

    /// <summary>A file of the folder of reference data: PLIMSOLL_SHARED, or <c>shared</c> beside the
    /// repository.</summary>
    internal static string Shared(params string[] parts)
    {
        var folder = Environment.GetEnvironmentVariable("PLIMSOLL_SHARED");
        if (string.IsNullOrEmpty(folder))
        {
            var root = new DirectoryInfo(AppContext.BaseDirectory);
            while (root is not null && !File.Exists(Path.Combine(root.FullName, "Pipeline.sln")))
            {
                root = root.Parent;
            }

            folder = Path.Combine(root?.Parent?.FullName ?? "", "shared");
        }

        var file = Path.Combine([folder, .. parts]);
        if (!File.Exists(file))
        {
            Assert.Ignore($"{string.Join('/', parts)} is not in a folder `shared` beside the repository.");
        }

        return file;
    }
}
