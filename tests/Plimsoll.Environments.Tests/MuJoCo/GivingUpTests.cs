using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using NUnit.Framework;
using Plimsoll.Environments.MuJoCo;
using Plimsoll.Environments.Tests.Support;

namespace Plimsoll.Environments.Tests.MuJoCo
{
    /// <summary>What is left of a process in which MuJoCo gives up.</summary>
    public class GivingUpTests
    {
        internal const string Words = "no room for the tests of giving up";

        [Test]
        public void A_process_in_which_MuJoCo_gives_up_ends_with_its_words_and_writes_no_log()
        {
            Needs.Engine(Engine.MuJoCo);
            var folder = Directory.CreateTempSubdirectory("plimsoll-giving-up-");
            try
            {
                var own = typeof(GivingUpTests).Assembly.Location;
                var start = new ProcessStartInfo(Host(), ["exec", own])
                {
                    RedirectStandardError = true,
                    RedirectStandardOutput = true,
                    WorkingDirectory = folder.FullName,
                };
                start.Environment["DOTNET_STARTUP_HOOKS"] = own;
                start.Environment[StartupHook.Variable] = "1";
                using var child = Process.Start(start)!;
                var output = child.StandardOutput.ReadToEndAsync();
                var errors = child.StandardError.ReadToEnd();
                child.WaitForExit();
                Assert.That(child.ExitCode, Is.Not.Zero);
                Assert.That(errors, Does.Contain($"MuJoCo cannot go on: {Words}"));
                Assert.That(output.Result, Is.Empty);
                Assert.That(folder.GetFileSystemInfos().Where(file => !file.Name.StartsWith("core")), Is.Empty);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }

        /// <summary>The dotnet that runs this, or else the one on the PATH.</summary>
        private static string Host() =>
            Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : "dotnet";
    }
}

/// <summary>Runs in place of the child's own program; the runtime looks for it under this name, in no
/// namespace.</summary>
internal static class StartupHook
{
    internal const string Variable = "PLIMSOLL_TEST_GIVE_UP";

    public static unsafe void Initialize()
    {
        if (Environment.GetEnvironmentVariable(Variable) != "1")
        {
            return;
        }

        var file = ((Plimsoll.Environments.EngineState.Ready)MuJoCoEngine.State).Files
            .Single(native => native.Name.StartsWith("libmujoco", StringComparison.Ordinal));
        var giveUp = (delegate* unmanaged[Cdecl]<byte*, void>)NativeLibrary.GetExport(
            NativeLibrary.Load(file.Path), "mju_error");
        fixed (byte* words = Encoding.UTF8.GetBytes(Plimsoll.Environments.Tests.MuJoCo.GivingUpTests.Words + '\0'))
        {
            giveUp(words);
        }
    }
}
