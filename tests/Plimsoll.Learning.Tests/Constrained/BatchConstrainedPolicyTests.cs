using NUnit.Framework;
using Plimsoll.Learning.Artifacts;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;
using Names = Plimsoll.Learning.Algorithms.BatchConstrainedLagrangian.PolicyNames;

namespace Plimsoll.Learning.Tests.Constrained;

public sealed class BatchConstrainedPolicyTests
{
    private const int S = 3, A = 2, Rows = 40;
    private static readonly Axis Batch = new("B", Rows);
    private static readonly RandomRoot Root = RandomRoot.Of(9, "test");

    [Test]
    public void One_proposal_is_the_decoded_code_perturbed_within_reach()
    {
        using var c = new Calculation();
        var (policy, vae) = Policy(c.State, 1);
        var (s, normals) = Inputs(c, policy);
        var code = c.Graph.Clamp(normals, -0.5f, 0.5f);
        var decoded = vae.Decode(c.Graph, s, code);
        var action = c.Value(policy.Act(c.Graph, s, normals));
        Assert.That(action, Is.EqualTo(c.Value(policy.Perturbation.Act(c.Graph, s, decoded))));
        Assert.That(action.Zip(c.Value(decoded)), Has.All.Matches<(float, float)>(
            p => Math.Abs(p.Item1 - p.Item2) <= 0.2f + 1e-6f && Math.Abs(p.Item1) <= 1));
        Assert.That(policy.Normals, Is.EqualTo(2 * A));
    }

    [Test]
    public void Of_several_proposals_the_one_of_the_largest_value_is_taken()
    {
        using var c = new Calculation();
        const int proposals = 5;
        var (policy, _) = Policy(c.State, proposals);
        var alone = new BatchConstrainedPolicy(policy.Decoder, policy.Perturbation, null, 1);
        var (s, normals) = Inputs(c, policy);
        var taken = c.Value(policy.Act(c.Graph, s, normals));
        var candidates = new float[proposals][];
        var values = new float[proposals][];
        for (var n = 0; n < proposals; n++)
        {
            var action = alone.Act(
                c.Graph, s, c.Graph.Columns(normals, n * alone.Normals, new Axis("Z", alone.Normals)));
            candidates[n] = c.Value(action);
            values[n] = c.Value(c.Graph.MinLeading(Critic.Values(c.Graph, policy.Value!, action, s)));
        }
        for (var b = 0; b < Rows; b++)
        {
            var best = Enumerable.Range(0, proposals).MaxBy(n => values[n][b]);
            Assert.That(taken[(A * b)..(A * (b + 1))], Is.EqualTo(candidates[best][(A * b)..(A * (b + 1))]));
        }
    }

    [TestCase(1)]
    [TestCase(4)]
    public void A_saved_policy_acts_as_before(int proposals)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("bcq-").FullName, "policy");
        using var c = new Calculation();
        var (policy, _) = Policy(c.State, proposals);
        ModelFile.Save(path, policy.Parameters, Policies.Describe(policy), new TrainingCurves());
        using var state = new TrainingState();
        using var file = ModelFile.Open(path);
        var loaded = (BatchConstrainedPolicy)Policies.Load(file, state);
        var (s, normals) = Inputs(c, policy);
        Assert.That(
            c.Value(loaded.Act(c.Graph, s, normals)), Is.EqualTo(c.Value(policy.Act(c.Graph, s, normals))));
        Directory.Delete(Path.GetDirectoryName(path)!, true);
    }

    [TestCase("proposals", "0")]
    [TestCase("proposals", "1000000")]
    [TestCase("proposals", "4")]
    [TestCase("reach", "-1")]
    [TestCase("reach", "NaN")]
    [TestCase("reach", "Infinity")]
    [TestCase("reach", "1e39")]
    [TestCase("reach", "2.01")]
    [TestCase("latent_size", "0")]
    [TestCase("latent_size", "3")]
    [TestCase("hidden", "8 8")]
    public void A_file_that_contradicts_itself_is_refused(string key, string value)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("bcq-").FullName, "policy");
        using var c = new Calculation();
        var (policy, _) = Policy(c.State, 1);
        var described = Policies.Describe(policy);
        described[key] = value;
        ModelFile.Save(path, policy.Parameters, described, new TrainingCurves());
        using var state = new TrainingState();
        using var file = ModelFile.Open(path);
        Assert.Throws<InvalidDataException>(() => Policies.Load(file, state));
        Directory.Delete(Path.GetDirectoryName(path)!, true);
    }

    [Test]
    public void A_file_of_codes_of_no_numbers_is_refused_even_where_its_arrays_agree()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("bcq-").FullName, "policy");
        using var c = new Calculation();
        var decoder = Mlp.Create(c.State, Names.Decoder, new Axis("X", S), [8], new Axis("A", A), null, Root);
        var actor = PerturbationActor.Create(c.State, Names.Perturbation, S, A, [7], Root, 0.2f);
        var policy = new BatchConstrainedPolicy(decoder, actor, null, 1);
        ModelFile.Save(path, policy.Parameters, Policies.Describe(policy), new TrainingCurves());
        using var state = new TrainingState();
        using var file = ModelFile.Open(path);
        Assert.That(
            () => Policies.Load(file, state),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("codes of 0 numbers"));
        Directory.Delete(Path.GetDirectoryName(path)!, true);
    }

    [Test]
    public void A_choice_needs_a_critic_and_no_choice_takes_none()
    {
        using var c = new Calculation();
        var (policy, _) = Policy(c.State, 2);
        Assert.Throws<ArgumentException>(
            () => _ = new BatchConstrainedPolicy(policy.Decoder, policy.Perturbation, null, 2));
        Assert.Throws<ArgumentException>(
            () => _ = new BatchConstrainedPolicy(policy.Decoder, policy.Perturbation, policy.Value, 1));
    }

    private static (BatchConstrainedPolicy, ConditionalVae) Policy(TrainingState state, int proposals)
    {
        var vae = ConditionalVae.Create(state, Names.Vae, S, A, [8], Root);
        var actor = PerturbationActor.Create(state, Names.Perturbation, S, A, [7], Root, 0.2f);
        var value = Critic.Create(state, Names.Value, S, A, [6], 4, Root, Initialisation.TorchLinear);
        return (new BatchConstrainedPolicy(vae.Decoder, actor, proposals == 1 ? null : value.Target, proposals), vae);
    }

    private static (Node, Node) Inputs(Calculation c, BatchConstrainedPolicy policy) => (
        c.Graph.Normal(Root.Stream("s"), new Shape(Batch, new Axis("S", S))),
        c.Graph.Normal(Root.Stream("z"), new Shape(Batch, new Axis("Z", policy.Normals))));
}
