using NUnit.Framework;
using Plimsoll.Learning.Artifacts;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Artifacts;

/// <summary>A model that was written is read back as it was, or refused.</summary>
public sealed class ModelFileTests
{
    private string path = null!;

    [SetUp]
    public void Name() => path = Path.Combine(Path.GetTempPath(), $"plimsoll-{Guid.NewGuid():N}.safetensors");

    [TearDown]
    public void Delete() => File.Delete(path);

    [TestCase(new int[0])]
    [TestCase(new[] { 7 })]
    [TestCase(new[] { 7, 5 })]
    public void A_policy_comes_back_with_its_weights_whatever_its_hidden_layers(int[] hidden)
    {
        using var state = new TrainingState();
        var policy = DiracPolicy.Create(state, "policy", 3, 2, hidden, RandomRoot.Of(0, "test"));
        ModelFile.Save(path, policy.Parameters, Policies.Describe(policy), new TrainingCurves());
        using var file = ModelFile.Open(path);
        using var other = new TrainingState();
        var read = Policies.LoadDirac(file, other);
        Assert.Multiple(() =>
        {
            Assert.That(read.Network.Widths, Is.EqualTo(policy.Network.Widths));
            foreach (var (got, saved) in read.Parameters.Zip(policy.Parameters))
                Assert.That(got.Values.ToArray(), Is.EqualTo(saved.Values.ToArray()), saved.Name);
        });
    }

    [TestCase(float.NaN, "NaN")]
    [TestCase(float.PositiveInfinity, "Infinity")]
    [TestCase(float.NegativeInfinity, "-Infinity")]
    public void A_weight_that_is_not_finite_is_refused_by_its_place(float weight, string said)
    {
        using var state = new TrainingState();
        var policy = DiracPolicy.Create(state, "policy", 3, 2, [7], RandomRoot.Of(0, "test"));
        state["policy/1/weight"].Values[^1] = weight;
        ModelFile.Save(path, policy.Parameters, Policies.Describe(policy), new TrainingCurves());
        using var file = ModelFile.Open(path);
        using var other = new TrainingState();
        Assert.That(
            () => Policies.Load(file, other),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains($"number 13 of policy/1/weight is {said};"));
        Assert.That(
            PolicyFile.TryOpen(path),
            Is.TypeOf<PolicyOpening.Refused>().With.Property("Problem").TypeOf<PolicyProblem.OtherModel>());
    }

    [Test]
    public void An_array_of_as_many_numbers_in_another_shape_is_refused()
    {
        using var state = new TrainingState();
        var (a, b) = (new Axis("I", 2), new Axis("O", 3));
        ModelFile.Save(path, [state.Add("w", new Shape(a, b))], new Dictionary<string, string>(), new TrainingCurves());
        using var file = ModelFile.Open(path);
        using var other = new TrainingState();
        Assert.That(
            () => file.Load([other.Add("w", new Shape(b, a))]),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("[2, 3]"));
    }
}
