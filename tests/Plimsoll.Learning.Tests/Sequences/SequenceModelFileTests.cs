using NUnit.Framework;
using Plimsoll.Learning.Artifacts;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Learning.Sequences;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Sequences;

/// <summary>Files of sequence models and of their policies.</summary>
public sealed class SequenceModelFileTests
{
    private const int S = 3, A = 2;

    private static readonly CausalTransformerSizes Sizes = new(4, 12, Width: 12, Blocks: 2, Heads: 3);

    private string folder = "";

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("sequence-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(folder, true);

    private static ConditionedPolicy Policy(TrainingState state) => new(
        new SequenceModel(
            CausalTransformer.Create(state, PolicyArrays.Root, S, A, Sizes, RandomRoot.Of(1, "test")),
            new SequenceScales(0.1, 0.125, 1.5), S, A),
        1.0 / 3, 20);

    private string Written(Action<Dictionary<string, string>>? change = null)
    {
        using var state = new TrainingState();
        var policy = Policy(state);
        var path = Path.Combine(folder, "policy.safetensors");
        var entries = SequenceModels.Describe(policy);
        change?.Invoke(entries);
        ModelFile.Save(path, policy.Model.Network.Parameters, entries, new TrainingCurves());
        return path;
    }

    [Test]
    public void A_layout_is_that_of_the_network([Values(0, 1, 3)] int blocks)
    {
        using var state = new TrainingState();
        var sizes = Sizes with { Blocks = blocks };
        var network = CausalTransformer.Declare(state, "n", S, A, sizes);
        Assert.That(
            TransformerLayout.Of("n", S, A, sizes).Select(a => $"{a.Name} [{string.Join(", ", a.Shape)}]"),
            Is.EqualTo(network.Parameters.Select(
                p => $"{p.Name} [{string.Join(", ", p.Shape.Axes.Select(x => x.Size))}]")));
    }

    [Test]
    public void A_policy_comes_back_as_it_was()
    {
        using var state = new TrainingState();
        var policy = Policy(state);
        var opening = PolicyFile.TryOpen(Written());
        Assert.That(opening, Is.InstanceOf<PolicyOpening.Opened>());
        using var file = ((PolicyOpening.Opened)opening).File;
        var read = (ConditionedPolicy)file.Policy;
        Assert.That((read.ReturnTarget, read.CostTarget), Is.EqualTo((1.0 / 3, 20.0)));
        Assert.That(read.Model.Scales, Is.EqualTo(policy.Model.Scales));
        Assert.That(read.Model.Network.Sizes, Is.EqualTo(Sizes with { Dropout = 0 }));
        Assert.That(Act(read), Is.EqualTo(Act(policy)));
    }

    /// <summary>Arrays show the context and the horizon as a sum alone.</summary>
    [TestCase(10, 1014, false)]
    [TestCase(1014, 10, true)]
    [TestCase(1000, 24, true)]
    public void A_context_that_passes_for_a_horizon_is_refused_where_its_windows_would_be_too_wide(
        int context, int horizon, bool refused)
    {
        var sizes = new CausalTransformerSizes(10, 1014, Width: 512, Blocks: 0, Heads: 1);
        using var state = new TrainingState();
        var network = CausalTransformer.Declare(state, PolicyArrays.Root, S, A, sizes);
        var policy = new ConditionedPolicy(new SequenceModel(network, SequenceScales.Published, S, A), 1, 1);
        var entries = SequenceModels.Describe(policy);
        (entries["context"], entries["horizon"]) = ($"{context}", $"{horizon}");
        var path = Path.Combine(folder, "swapped.safetensors");
        ModelFile.Save(path, network.Parameters, entries, new TrainingCurves());
        var opening = PolicyFile.TryOpen(path);
        if (opening is PolicyOpening.Opened opened) opened.File.Dispose();
        Assert.That(opening is PolicyOpening.Refused, Is.EqualTo(refused));
    }

    private static float[] Act(ConditionedPolicy policy)
    {
        using var team = new Team(1);
        using var actor = Actor.Compile(policy, 1, team);
        actor.Begin(0, 0);
        ((float[])[1, 2, 3]).CopyTo(actor.Observations);
        return actor.Act().ToArray();
    }

    [Test]
    public void Sizes_that_the_arrays_do_not_have_are_refused_before_anything_is_made(
        [Values("observation_size", "action_size", "context", "horizon", "width", "blocks", "heads")] string size,
        [Values("0", "-5", "7", "5", "2000000000", "99999999999999999999", "", "x")] string number)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(
            PolicyFile.TryOpen(Written(sizes => sizes[size] = number)),
            Is.InstanceOf<PolicyOpening.Refused>().With.Property("Problem").InstanceOf<PolicyProblem.OtherModel>());
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(10_000_000));
    }

    [Test]
    public void Numbers_that_are_none_are_refused(
        [Values("return_scale", "cost_scale", "cost_offset", "return_target", "cost_target")] string entry,
        [Values("NaN", "Infinity", "x", "")] string number) =>
        Assert.That(
            PolicyFile.TryOpen(Written(entries => entries[entry] = number)),
            Is.InstanceOf<PolicyOpening.Refused>().With.Property("Problem").InstanceOf<PolicyProblem.OtherModel>());
}
