using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>Runs training programs with checkpoints at chosen steps, kills them there, and digests what they end
/// in.</summary>
internal sealed class ResumeBench : IDisposable
{
    private readonly Dataset data = SmallData.Disc();
    private readonly StateTable starts;
    private readonly string folder = Directory.CreateTempSubdirectory("plimsoll-resume-").FullName;
    private int files;

    internal ResumeBench() => starts = StateTable.Starts(data);

    internal string Fresh() => Path.Combine(folder, $"{files++}", "state");

    /// <summary>What a run ended in, to the bit: state, curves and trail.</summary>
    internal sealed record End(string State, string Curves, string Trail)
    {
        internal long? ResumedAt { get; init; }

        internal IReadOnlyList<CheckpointProblem> Problems { get; init; } = [];
    }

    /// <summary>Runs to the end.</summary>
    internal End Finish(string program, TrainingLength length, string? checkpoint, TrainingPace? pace = null, string owner = "test")
    {
        long? resumed = null;
        var problems = new List<CheckpointProblem>();
        using var team = new Team(1);
        using var training = Build(program, team);
        var outcome = TrainingLoop.Run(
            training, length,
            new TrainingSurroundings(
                checkpoint is null ? null : new CheckpointFile(checkpoint, owner), pace ?? new Pace(1, _ => false),
                report => resumed = report.ResumedAt, problems.Add, CancellationToken.None));
        if (outcome is not TrainingOutcome.Completed) throw new InvalidOperationException($"{program}: {outcome}");
        var curves = outcome.Curves.Names.Select(n => $"{n}: {Bits(outcome.Curves[n].Steps)} {Bits(outcome.Curves[n].Values)}");
        return new End(Digest(training.Carried), string.Join('\n', curves), outcome.Trail.Text())
        {
            ResumedAt = resumed,
            Problems = problems,
        };
    }

    /// <summary>Goes to a step, from a checkpoint where there is one, and traces it. Before that a test may spoil the
    /// state at the start.</summary>
    internal IReadOnlyList<StepTrace> Trace(
        string program, TrainingLength length, string? checkpoint, long step, int threads = 1,
        Action<ITraining>? spoil = null)
    {
        using var team = new Team(threads);
        using var training = Build(program, team);
        spoil?.Invoke(training);
        return TracedStep.Of(training, length, checkpoint is null ? null : new CheckpointFile(checkpoint, "test"), step);
    }

    /// <summary>Hash of all that a training carries after something was done to it.</summary>
    internal ulong StateAfter(string program, Action<ITraining> work)
    {
        using var team = new Team(1);
        using var training = Build(program, team);
        work(training);
        return training.Carried.StateHash();
    }

    /// <summary>Runs up to a step, keeps a checkpoint there and dies: nothing of the run but the file lives on.</summary>
    internal void KillAt(string program, TrainingLength length, string checkpoint, long step)
    {
        using var team = new Team(1);
        using var training = Build(program, team);
        try
        {
            TrainingLoop.Run(
                training, length,
                new TrainingSurroundings(
                    new CheckpointFile(checkpoint, "test"), new Pace(1, at => at == step),
                    report =>
                    {
                        if (report.SavedAt == step) throw new Killed();
                    },
                    problem => throw new InvalidOperationException(problem.ToString()), CancellationToken.None));
        }
        catch (Killed)
        {
            return;
        }
        throw new InvalidOperationException($"there was no checkpoint at step {step}");
    }

    public void Dispose()
    {
        starts.Dispose();
        data.Dispose();
        Directory.Delete(folder, true);
    }

    private ITraining Build(string program, Team team) =>
        TrainingPrograms.Of(program)(new DatasetTables(data), starts, RandomRoot.Of(0, program), team);

    private static string Digest(Carried carried)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var array in carried.State.Arrays) hash.AppendData(MemoryMarshal.AsBytes(array.Values));
        foreach (var counter in carried.State.Counters) hash.AppendData(BitConverter.GetBytes(counter.Value));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static string Bits(IEnumerable<float> values) => string.Join(
        ' ', values.Select(v => BitConverter.SingleToInt32Bits(v).ToString("x8", CultureInfo.InvariantCulture)));

    private sealed class Killed : Exception;
}

/// <summary>Looks up after so many steps and keeps checkpoints where a test wants them.</summary>
internal sealed class Pace(long portion, Func<long, bool> isDue) : TrainingPace
{
    public override long Portion => portion;

    public override bool Look(long step, long ran) => isDue(step);
}
