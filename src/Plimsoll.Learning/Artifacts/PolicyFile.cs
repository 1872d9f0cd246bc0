using Plimsoll.Data;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Artifacts;

/// <summary>What came of opening a policy file.</summary>
public abstract record PolicyOpening
{
    private PolicyOpening()
    {
    }

    /// <summary>The caller owns the file and disposes of it.</summary>
    public sealed record Opened(PolicyFile File) : PolicyOpening;

    public sealed record Refused(PolicyProblem Problem) : PolicyOpening;
}

/// <summary>
/// A policy from anybody: one that a stage of this program has made, or an actor of OSRL's as safetensors or npz.
/// Loading one runs no code that the file brings.
/// </summary>
public sealed class PolicyFile : IDisposable
{
    private readonly TrainingState state;

    private PolicyFile(TrainingState state, IPolicy policy) => (this.state, Policy) = (state, policy);

    /// <summary>Lives as long as this.</summary>
    public IPolicy Policy { get; }

    /// <summary>Reads a policy, or says what is wrong with the file. Throws for no content of a file.</summary>
    public static PolicyOpening TryOpen(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var state = new TrainingState();
        var (policy, problem) = NpzFile.LooksLikeOne(path) ? OfNpz(path, state) : OfSafetensors(path, state);
        if (policy is not null) return new PolicyOpening.Opened(new PolicyFile(state, policy));
        state.Dispose();
        return new PolicyOpening.Refused(problem!);
    }

    public void Dispose() => state.Dispose();

    private static (IPolicy?, PolicyProblem?) OfNpz(string path, TrainingState state)
    {
        switch (NpzFile.TryOpen(path))
        {
            case NpzOpening.Opened(var file):
                using (file)
                {
                    return OfArrays(new(file.Names, name => file.Type(name).IsNumber, file.Shape, file.ReadFloats), state);
                }

            case NpzOpening.Refused(var problem):
                return (null, new PolicyProblem.Unreadable(NpzProblemText.What(problem)));
            default:
                throw new InvalidOperationException();
        }
    }

    private static (IPolicy?, PolicyProblem?) OfSafetensors(string path, TrainingState state)
    {
        switch (SafetensorsFile.TryOpen(path))
        {
            case SafetensorsOpening.Opened(var file):
                using (file)
                {
                    return file.Metadata.ContainsKey(ModelFile.Kind) || ModelFile.IsDiverged(file)
                        ? OfOurs(path, state)
                        : OfArrays(
                            new(
                                file.Names, name => file.Type(name) == SafetensorsType.F32, file.Shape,
                                name => file.Floats(name).ToArray()),
                            state);
                }

            case SafetensorsOpening.Refused(var problem):
                return (null, new PolicyProblem.Unreadable(DatasetProblemText.What(problem)));
            default:
                throw new InvalidOperationException();
        }
    }

    private static (IPolicy?, PolicyProblem?) OfOurs(string path, TrainingState state)
    {
        try
        {
            using var model = ModelFile.Open(path);
            return (Policies.Load(model, state), null);
        }
        catch (InvalidDataException other)
        {
            return (null, new PolicyProblem.OtherModel(other.Message));
        }
    }

    private static (IPolicy?, PolicyProblem?) OfArrays(NamedArrays arrays, TrainingState state)
    {
        var actor = OsrlActor.Read(arrays, state, out var problem);
        return (actor, problem);
    }
}
