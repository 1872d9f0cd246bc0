using Plimsoll.Learning.Artifacts;

namespace Plimsoll.Export.Policies;

/// <summary>Why a policy was not exported. Worded in <see cref="ExportProblemText"/>.</summary>
public abstract record ExportProblem
{
    private ExportProblem()
    {
    }

    /// <summary>The file gives no policy.</summary>
    public sealed record NoPolicy(string Path, PolicyProblem Problem) : ExportProblem;

    /// <summary>The policy computes something that the format has no words for.</summary>
    /// <param name="Operation">Its name in the graph.</param>
    /// <param name="Shape">Of its result.</param>
    public sealed record NoMapping(string Operation, string Shape) : ExportProblem;

    /// <summary>A policy that is neither a function of the observation nor one of a window of the episode.</summary>
    public sealed record UnknownPolicy(string Type) : ExportProblem;

    /// <summary>More than a file of this format can hold.</summary>
    public sealed record TooLarge(long Bytes, long Most) : ExportProblem;

    /// <summary>There is a file, and nobody said that it may go.</summary>
    public sealed record AlreadyThere(string Path) : ExportProblem;

    public sealed record NotWritable(string Path, string Reason) : ExportProblem;
}

/// <summary>The wording of every problem with an export, and nothing else: what, where, why, and what to do.</summary>
public static class ExportProblemText
{
    public static (string What, string Where, string Why, string Remedy) Describe(ExportProblem problem) =>
        problem switch
        {
            ExportProblem.NoPolicy(var path, var inner) => OfPolicy(path, inner),
            ExportProblem.NoMapping(var operation, var shape) => (
                "the policy cannot be written as ONNX", $"{operation} {shape}",
                "this operation of its graph has no counterpart among the operators that are written",
                "export it as safetensors, or act with it by PolicyRunner"),
            ExportProblem.UnknownPolicy(var type) => (
                "the policy cannot be written as ONNX", type,
                "it is neither a function of the observation nor one of a window of the episode",
                "export it as safetensors, or act with it by PolicyRunner"),
            ExportProblem.TooLarge(var bytes, var most) => (
                "the policy cannot be written as ONNX", $"{bytes} bytes of weights",
                $"a file of this format holds {most} bytes at most", "export it as safetensors"),
            ExportProblem.AlreadyThere(var path) => (
                "there is a file already", path, "an export writes over nothing by itself",
                "name another file, or add --replace"),
            ExportProblem.NotWritable(var path, var reason) => (
                "the file cannot be written", path, reason,
                "check that the folder exists, that you may write to it and that the disk has room"),
            _ => throw new ArgumentOutOfRangeException(nameof(problem), problem, "This problem has no words."),
        };

    private static (string, string, string, string) OfPolicy(string path, PolicyProblem problem)
    {
        var (what, remedy) = PolicyProblemText.Describe(problem);
        return ("this is no policy", path, what, remedy);
    }
}
