using static System.FormattableString;

namespace Plimsoll.Data;

/// <summary>The wording of every problem with npz files, and nothing else.</summary>
[Wording]
public static class NpzProblemText
{
    /// <summary>What is wrong, in one clause.</summary>
    public static string What(NpzProblem problem) => problem switch
    {
        NpzProblem.Missing => "the file does not exist",
        NpzProblem.Unreadable(var reason) => $"the file cannot be read ({reason.TrimEnd('.')})",
        NpzProblem.NotNpz => "the file is neither a zip archive nor a NumPy array",
        NpzProblem.ArchiveUnsound(var reason) => $"the archive is cut off or damaged: {reason}",
        NpzProblem.Encrypted(var name) => $"\"{name}\" is encrypted",
        NpzProblem.UnknownCompression(var name, var method) => Invariant(
            $"\"{name}\" is packed by method {method}; stored (0) and deflated (8) can be read"),
        NpzProblem.DuplicateName(var name) => $"the name \"{name}\" comes twice",
        NpzProblem.Damaged(var name) => $"\"{name}\" does not unpack to what its checksum says",
        NpzProblem.HeaderUnsound(var name, var reason) => $"the header of \"{name}\" is not sound: {reason}",
        NpzProblem.Pickled(var name) =>
            $"\"{name}\" holds pickled Python objects, and loading those can run any code that the file names",
        NpzProblem.UnknownType(var name, var type) =>
            $"\"{name}\" has the type {type}; f2, f4, f8, whole numbers, b1 and texts can be read",
        NpzProblem.WrongSize(var name, var bytes, var expected) =>
            Invariant($"\"{name}\" has {bytes} bytes, which is not {expected}"),
        NpzProblem.TooLarge(var name, var expected) =>
            $"\"{name}\" is too large: {expected}; one array takes at most 2^31 elements",
        _ => throw new ArgumentOutOfRangeException(nameof(problem), problem, "This problem has no words."),
    };
}
