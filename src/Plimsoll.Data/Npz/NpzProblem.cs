namespace Plimsoll.Data;

/// <summary>What can be wrong with an npz or npy file. Worded in <see cref="NpzProblemText"/>.</summary>
public abstract record NpzProblem
{
    private protected NpzProblem()
    {
    }

    public sealed record Missing : NpzProblem;

    public sealed record Unreadable(string Reason) : NpzProblem;

    /// <summary>The file begins neither as a zip archive nor as an array.</summary>
    public sealed record NotNpz : NpzProblem;

    /// <summary>The archive's directory, at its end, is missing or contradicts the file.</summary>
    public sealed record ArchiveUnsound(string Reason) : NpzProblem;

    public sealed record Encrypted(string Name) : NpzProblem;

    /// <summary>A member is packed otherwise than stored (0) or deflated (8).</summary>
    public sealed record UnknownCompression(string Name, int Method) : NpzProblem;

    public sealed record DuplicateName(string Name) : NpzProblem;

    /// <summary>The bytes of an array do not unpack, or not to what its checksum says.</summary>
    public sealed record Damaged(string Name) : NpzProblem;

    /// <summary>The header of an array is not what the format asks for.</summary>
    public sealed record HeaderUnsound(string Name, string Reason) : NpzProblem;

    /// <summary>An array of Python objects: reading it means running what the file says.</summary>
    public sealed record Pickled(string Name) : NpzProblem;

    public sealed record UnknownType(string Name, string Type) : NpzProblem;

    /// <summary>An array has another number of bytes than shape and type ask for.</summary>
    public sealed record WrongSize(string Name, long Bytes, string Expected) : NpzProblem;

    /// <summary>More elements than one block of memory takes.</summary>
    public sealed record TooLarge(string Name, string Expected) : NpzProblem;
}

/// <summary>What came of opening an npz or npy file.</summary>
public abstract record NpzOpening
{
    private protected NpzOpening()
    {
    }

    /// <summary>The caller owns the file and disposes of it.</summary>
    public sealed record Opened(NpzFile File) : NpzOpening;

    public sealed record Refused(NpzProblem Problem) : NpzOpening;
}

/// <summary>Thrown by the shorthands of <see cref="NpzFile"/> alone.</summary>
public sealed class NpzException(string path, NpzProblem problem)
    : Exception($"{path}: {NpzProblemText.What(problem)}")
{
    public NpzProblem Problem { get; } = problem;
}
