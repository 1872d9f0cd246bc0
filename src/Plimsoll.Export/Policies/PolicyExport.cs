using Plimsoll.Export.Onnx;
using Plimsoll.Learning.Artifacts;

namespace Plimsoll.Export.Policies;

/// <summary>What a policy is written as.</summary>
public enum PolicyFormat
{
    /// <summary>A model that acts: see <see cref="OnnxPolicy"/>.</summary>
    Onnx,

    /// <summary>The arrays alone.</summary>
    Safetensors,
}

/// <summary>What came of an export.</summary>
public abstract record ExportOutcome
{
    private ExportOutcome()
    {
    }

    /// <param name="Path">The new file.</param>
    /// <param name="Bytes">Its length.</param>
    /// <param name="Facts">Of the policy.</param>
    /// <param name="FixedBatch">The only batch size that the file takes; null: any.</param>
    public sealed record Exported(string Path, long Bytes, PolicyFacts Facts, int? FixedBatch) : ExportOutcome;

    public sealed record Refused(ExportProblem Problem) : ExportOutcome;
}

/// <summary>Policy files in the formats of others.</summary>
public static class PolicyExport
{
    /// <summary>Reads a policy and writes it again; throws for no content of a file.</summary>
    /// <param name="from">A policy file, as <see cref="PolicyFile.TryOpen"/> takes it.</param>
    /// <param name="to">The new file; no part of it is there unless all of it is.</param>
    /// <param name="format">What is written.</param>
    /// <param name="origin">Goes into the metadata.</param>
    /// <param name="replace">Whether a file that is there may go.</param>
    public static ExportOutcome Write(
        string from, string to, PolicyFormat format, PolicyOrigin origin, bool replace = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(to);
        ArgumentNullException.ThrowIfNull(origin);
        switch (PolicyFile.TryOpen(from))
        {
            case PolicyOpening.Refused(var problem):
                return new ExportOutcome.Refused(new ExportProblem.NoPolicy(from, problem));
            case PolicyOpening.Opened(var opened):
                using (opened)
                {
                    return format == PolicyFormat.Onnx
                        ? Model(opened, to, origin, replace)
                        : Weights(opened, from, to, origin, replace);
                }

            default:
                throw new InvalidOperationException();
        }
    }

    private static ExportOutcome Model(PolicyFile file, string to, PolicyOrigin origin, bool replace)
    {
        switch (OnnxPolicy.Write(file.Policy, origin))
        {
            case OnnxOutcome.Refused(var problem):
                return new ExportOutcome.Refused(problem);
            case OnnxOutcome.Written(var bytes, var fixedBatch):
                return Done(to, replace, file, fixedBatch, temporary => File.WriteAllBytes(temporary, bytes.Span));
            default:
                throw new InvalidOperationException();
        }
    }

    private static ExportOutcome Weights(
        PolicyFile file, string from, string to, PolicyOrigin origin, bool replace)
    {
        // Read before anything is written: both may be one file.
        var writer = PolicyWeights.Of(from, PolicyFacts.Of(file.Policy).Metadata(origin));
        return Done(to, replace, file, fixedBatch: null, writer.Write);
    }

    private static ExportOutcome Done(
        string to, bool replace, PolicyFile file, int? fixedBatch, Action<string> write) =>
        NewFile.Write(to, replace, write) is { } problem
            ? new ExportOutcome.Refused(problem)
            : new ExportOutcome.Exported(
                to, new FileInfo(to).Length, PolicyFacts.Of(file.Policy), fixedBatch);
}
