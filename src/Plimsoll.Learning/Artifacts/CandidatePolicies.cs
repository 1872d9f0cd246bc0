using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Artifacts;

/// <summary>Writing and reading of policies that choose among candidates.</summary>
public static class CandidatePolicies
{
    internal const string Kind = "candidates-policy";
    private const string Candidates = "candidates";
    private const string Extracted = "extraction";
    private const string NetworkName = $"{PolicyArrays.Root}/noise";
    private const string CriticName = $"{PolicyArrays.Root}/critic";

    /// <summary>The policy that a capturer gives, with copies of its networks under a policy's names.</summary>
    /// <param name="candidates">n; see <see cref="CandidatePolicy.Fits"/>.</param>
    public static CandidatePolicy Extract(
        SafetyCapturer capturer, TrainingState state, int candidates, Extraction extraction) => new(
            capturer.Network.Copy(state, NetworkName), capturer.Critic.Copy(state, CriticName), capturer.Schedule,
            candidates, extraction);

    internal static Dictionary<string, string> Describe(CandidatePolicy policy)
    {
        var parts = new SafetyCapturer(policy.Network, policy.Critic, policy.Schedule);
        return new(DiffusionParts.Describe(Kind, parts))
        {
            [Candidates] = Models.Text(policy.Candidates),
            [Extracted] = Extractions.NameOf(policy.Extraction),
        };
    }

    internal static CandidatePolicy Load(ModelFile file, TrainingState state)
    {
        var candidates = file.Number(Candidates);
        var extraction = Extractions.Find(file.Text(Extracted))
            ?? throw new InvalidDataException($"there is no extraction '{file.Text(Extracted)}'");
        var parts = DiffusionParts.Load(file, state, NetworkName, CriticName);
        if (!CandidatePolicy.Fits(candidates, parts.Schedule.Steps, parts.Network.ActionSize))
            throw new InvalidDataException(
                $"the policy draws {candidates} candidates in {parts.Schedule.Steps} steps each: there are from 1 to "
                + $"{CandidatePolicy.MostCandidates}, and {CandidatePolicy.MostNormals} draws an action at most");
        return new CandidatePolicy(parts.Network, parts.Critic, parts.Schedule, candidates, extraction);
    }
}
