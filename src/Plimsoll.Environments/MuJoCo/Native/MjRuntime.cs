using System.Runtime.InteropServices;

namespace Plimsoll.Environments.MuJoCo.Native;

/// <summary>What came of looking for libmujoco.</summary>
internal abstract record MjOpening
{
    private MjOpening()
    {
    }

    internal sealed record Opened(MjRuntime Runtime) : MjOpening;

    /// <param name="What">One sentence.</param>
    /// <param name="Remedy">One sentence.</param>
    internal sealed record Refused(string What, string Remedy) : MjOpening;
}

/// <summary>A loaded libmujoco whose layout is known and has been checked.</summary>
internal sealed unsafe class MjRuntime
{
    private const string Package = "Install Debian's package libmujoco2.2.2.";

    private MjRuntime(nint library, MjLayout layout)
    {
        Functions = new MjFunctions(library);
        Layout = layout;
    }

    /// <summary>
    /// File names under which a libmujoco may lie: those of versions with a known layout first, then the
    /// unversioned one, then others, so that a version that does not fit can be named.
    /// </summary>
    public static IReadOnlyList<string> Candidates { get; } =
    [
        .. MjLayout.Known.Select(layout => $"libmujoco.so.{MjLayout.Spell(layout.Version)}"),
        "libmujoco.so",
        .. from version in (int[])[220, 221, 222, .. Enumerable.Range(230, 8), .. Enumerable.Range(300, 60)]
           where MjLayout.Known.All(layout => layout.Version != version)
           select $"libmujoco.so.{MjLayout.Spell(version)}",
    ];

    public MjFunctions Functions { get; }

    public MjLayout Layout { get; }

    /// <summary>
    /// Loads the first candidate that can be loaded and has a known layout, checks the layout against a small
    /// model, and installs the handlers. A library that is refused is unloaded.
    /// </summary>
    /// <param name="candidates">File names, for the system's loader.</param>
    /// <param name="known">The layouts to choose from.</param>
    public static MjOpening Open(IReadOnlyList<string> candidates, IReadOnlyList<MjLayout> known)
    {
        MjOpening.Refused? refused = null;
        foreach (var name in candidates)
        {
            if (!NativeLibrary.TryLoad(name, out var library))
            {
                continue;
            }

            switch (Examine(name, library, known))
            {
                case MjOpening.Opened opened:
                    return opened;
                case MjOpening.Refused found:
                    refused ??= found;
                    NativeLibrary.Free(library);
                    break;
            }
        }

        return refused ?? new MjOpening.Refused(
            "MuJoCo's library libmujoco.so is not installed, so its tasks cannot be simulated.", Package);
    }

    private static MjOpening Examine(string name, nint library, IReadOnlyList<MjLayout> known)
    {
        if (!NativeLibrary.TryGetExport(library, "mj_version", out var versionOf))
        {
            return new MjOpening.Refused($"{name} is not MuJoCo: it has no function mj_version.", Package);
        }

        var version = ((delegate* unmanaged[Cdecl]<int>)versionOf)();
        if (known.FirstOrDefault(layout => layout.Version == version) is not { } layout)
        {
            var versions = string.Join(", ", known.Select(one => MjLayout.Spell(one.Version)));
            return new MjOpening.Refused(
                $"{name} is MuJoCo {MjLayout.Spell(version)}, whose memory layout is not known here "
                + $"(known: {(versions == "" ? "none" : versions)}).",
                $"{Package[..^1]}, or add the layout as src/native/mujoco-offsets/README.md says.");
        }

        try
        {
            MjHandlers.Install(library);
            var runtime = new MjRuntime(library, layout);
            return LayoutCheck.Mismatch(runtime) is { } mismatch
                ? new MjOpening.Refused(
                    $"{name} calls itself MuJoCo {MjLayout.Spell(version)} but does not have its memory layout: "
                    + $"{mismatch}.",
                    Package)
                : new MjOpening.Opened(runtime);
        }
        catch (EntryPointNotFoundException absent)
        {
            return new MjOpening.Refused($"{name} lacks a function of MuJoCo: {absent.Message}.", Package);
        }
        catch (MjModelException refusal)
        {
            return new MjOpening.Refused(
                $"{name} does not accept the model that its memory layout is checked with: {refusal.Message}.",
                Package);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            return new MjOpening.Refused(
                $"MuJoCo reads models from files, and none can be written into {Path.GetTempPath()} "
                + $"({unwritable.Message.ReplaceLineEndings(" ")}).",
                "Set TMPDIR to a folder that can be written to.");
        }
    }
}
