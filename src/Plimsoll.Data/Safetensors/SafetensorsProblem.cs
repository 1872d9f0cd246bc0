namespace Plimsoll.Data;

/// <summary>What can be wrong with a safetensors file. Worded in <see cref="DatasetProblemText"/>.</summary>
public abstract record SafetensorsProblem
{
    private protected SafetensorsProblem()
    {
    }

    public sealed record Missing : SafetensorsProblem;

    public sealed record Unreadable(string Reason) : SafetensorsProblem;

    /// <summary>The file ends before its header does.</summary>
    public sealed record HeaderCut(long FileBytes, ulong HeaderBytes) : SafetensorsProblem;

    /// <summary>The header is not the JSON object that the format asks for.</summary>
    public sealed record HeaderUnsound(string Reason) : SafetensorsProblem;

    public sealed record DuplicateName(string Name) : SafetensorsProblem;

    public sealed record UnknownType(string Name, string Type) : SafetensorsProblem;

    /// <summary>The byte range lies outside the data, or is reversed.</summary>
    public sealed record OutOfRange(
        string Name, ulong Begin, ulong End, ulong DataBytes) : SafetensorsProblem;

    /// <summary>The byte range has another length than shape and type ask for.</summary>
    public sealed record WrongSize(string Name, ulong Bytes, string Expected) : SafetensorsProblem;

    public sealed record Overlap(string Name, string Other) : SafetensorsProblem;

    /// <summary>Bytes of the data that belong to no array; a cut or a padded file looks so.</summary>
    public sealed record Gap(ulong Begin, ulong End) : SafetensorsProblem;

    /// <summary>An array does not begin at a multiple of its element size, so it cannot be used in
    /// place.</summary>
    public sealed record Misaligned(string Name, ulong Begin, int ElementBytes) : SafetensorsProblem;
}

/// <summary>What came of opening a safetensors file.</summary>
public abstract record SafetensorsOpening
{
    private protected SafetensorsOpening()
    {
    }

    /// <summary>The caller owns the file and disposes of it.</summary>
    public sealed record Opened(SafetensorsFile File) : SafetensorsOpening;

    public sealed record Refused(SafetensorsProblem Problem) : SafetensorsOpening;
}

/// <summary>Thrown by the shorthand <see cref="SafetensorsFile.Open"/>.</summary>
public sealed class SafetensorsException(string path, SafetensorsProblem problem)
    : Exception($"{path}: {DatasetProblemText.What(problem)}")
{
    public SafetensorsProblem Problem { get; } = problem;
}
