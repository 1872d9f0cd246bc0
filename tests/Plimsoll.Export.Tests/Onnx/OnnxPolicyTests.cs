using Plimsoll.Export.Onnx;
using Plimsoll.Export.Samples;

namespace Plimsoll.Export.Tests.Onnx;

/// <summary>The model of every kind of policy.</summary>
public sealed class OnnxPolicyTests
{
    private const long Float = 1;

    private const int Rows = Exported.Rows;

    public static IReadOnlyList<string> Kinds => SamplePolicies.Names;

    /// <summary>The runtime's own test is tests/node/onnx.test.mjs.</summary>
    [TestCaseSource(nameof(Kinds))]
    public void It_acts_in_binary64_as_the_policy_does(string kind)
    {
        var (model, acts) = Exported.Sample(kind);
        foreach (var rows in new[] { 1, Rows })
        {
            var some = acts.First(rows);
            Assert.That(
                Exported.Difference(model, some.Inputs, some.Action.Numbers), Is.LessThan(1e-5), $"{rows} rows");
        }
    }

    [TestCaseSource(nameof(Kinds))]
    public void Actions_differ_from_row_to_row_so_that_agreeing_says_something(string kind)
    {
        var action = Exported.Sample(kind).Acts.Action.Numbers;
        Assert.That(action.Distinct().Count(), Is.GreaterThan(30));
        Assert.That(action.Max() - action.Min(), Is.GreaterThan(0.05));
    }

    [TestCaseSource(nameof(Kinds))]
    public void Each_value_is_made_once_and_before_it_is_used(string kind)
    {
        var (model, _) = Exported.Sample(kind);
        var known = model.Inputs.Select(input => input.Name).Concat(model.Initialisers.Keys).ToList();
        Assert.That(known, Is.Unique);
        var made = known.ToHashSet();
        foreach (var node in model.Nodes)
        {
            Assert.That(node.Inputs.Where(input => !made.Contains(input)), Is.Empty, node.Name);
            foreach (var output in node.Outputs) Assert.That(made.Add(output), output);
        }
        Assert.That(model.Outputs.Select(output => output.Name), Is.EqualTo(new[] { "action" }));
        Assert.That(made, Does.Contain("action"));
    }

    [TestCaseSource(nameof(Kinds))]
    public void Nothing_in_it_is_of_no_use(string kind)
    {
        var (model, _) = Exported.Sample(kind);
        var used = model.Nodes.SelectMany(node => node.Inputs).Append("action").ToHashSet();
        Assert.That(model.Initialisers.Keys, Is.SubsetOf(used));
        Assert.That(model.Inputs.Select(input => input.Name), Is.SubsetOf(used));
        Assert.That(model.Nodes.SelectMany(node => node.Outputs), Is.SubsetOf(used));
    }

    [TestCaseSource(nameof(Kinds))]
    public void Names_are_those_of_c_and_nodes_have_their_own(string kind)
    {
        var (model, _) = Exported.Sample(kind);
        Assert.That(model.Nodes.Select(node => node.Name), Is.Unique);
        var names = model.Nodes.SelectMany(node => node.Outputs.Append(node.Name)).Concat(model.Initialisers.Keys);
        Assert.That(names, Has.All.Match("^[A-Za-z_][A-Za-z0-9_]*$"));
    }

    [TestCaseSource(nameof(Kinds))]
    public void Inputs_and_output_are_binary32_with_the_batch_first_and_words(string kind)
    {
        var (model, acts) = Exported.Sample(kind);
        Assert.That(
            model.Inputs.Select(input => input.Name).Order(),
            Is.EqualTo(acts.Inputs.Select(input => input.Name).Order()));
        foreach (var value in model.Inputs.Concat(model.Outputs))
        {
            var shape = value.Name == "action"
                ? acts.Action.Shape
                : acts.Inputs.Single(input => input.Name == value.Name).Shape;
            Assert.That(value.Type, Is.EqualTo(Float));
            Assert.That(value.Dimensions[0], Is.EqualTo(new ReadDimension(0, "B")));
            Assert.That(
                value.Dimensions.Skip(1), Is.EqualTo(shape.Skip(1).Select(size => new ReadDimension(size, ""))));
            Assert.That(value.Doc, Does.Contain("[B"));
        }
    }

    [TestCaseSource(nameof(Kinds))]
    public void Equal_policies_give_equal_bytes(string kind)
    {
        using var folder = new TemporaryFolder();
        var files = new[] { "one", "two" }.Select(name =>
        {
            SamplePolicies.Save(kind, folder[name]);
            using var file = Exported.Opened(folder[name]);
            return Exported.Written(file.Policy).Bytes.ToArray();
        }).ToList();
        Assert.That(files[0], Is.EqualTo(files[1]));
    }

    [TestCaseSource(nameof(Kinds))]
    public void Every_operator_is_of_the_set_that_it_names(string kind)
    {
        var (model, _) = Exported.Sample(kind);
        Assert.That((model.OperatorSet, model.Representation), Is.EqualTo((17L, 8L)));
        // Later sets have them; 17 has not.
        string[] later = ["Mish", "Gelu", "GroupNormalization", "ReduceSumSquare", "Swish", "Attention"];
        Assert.That(model.Nodes.Select(node => node.Operator), Has.None.AnyOf(later.Cast<object>().ToArray()));
    }

    [Test]
    public void The_metadata_say_what_it_is_and_where_it_is_from()
    {
        var (model, _) = Exported.Sample("osrl-bounded");
        Assert.That(model.Producer, Is.EqualTo("Plimsoll"));
        Assert.That(model.Message.Text(3), Is.EqualTo("1.2.3"));
        Assert.That(model.Metadata, Is.EqualTo(new Dictionary<string, string>
        {
            ["plimsoll.action_high"] = "1 2 0.25",
            ["plimsoll.action_low"] = "-1 -0.5 0",
            ["plimsoll.action_size"] = "3",
            ["plimsoll.artifact"] = "abc",
            ["plimsoll.evaluations"] = "[{}]",
            ["plimsoll.key"] = "def",
            ["plimsoll.kind"] = "osrl-actor",
            ["plimsoll.label"] = "Task/arm/policy seed=0",
            ["plimsoll.made"] = "[]",
            ["plimsoll.mode"] = "deterministic",
            ["plimsoll.normals"] = "0",
            ["plimsoll.observation_size"] = "11",
            ["plimsoll.task"] = "Task",
            ["plimsoll.version"] = "1.2.3",
        }));
    }

    [Test]
    public void The_metadata_of_a_conditioned_policy_give_its_targets()
    {
        var (model, _) = Exported.Sample("cdt");
        Assert.That(model.Metadata["plimsoll.kind"], Is.EqualTo("cdt-policy"));
        Assert.That(
            (model.Metadata["plimsoll.return_target"], model.Metadata["plimsoll.cost_target"]),
            Is.EqualTo(("9", "2")));
    }

    [Test]
    public void A_mask_of_one_step_is_enough([Values(1, 5)] int steps)
    {
        // The first action of an episode, from a window with one step of it and from a full one.
        var (model, acts) = Exported.Sample("cdt");
        var mask = acts.Inputs.Single(input => input.Name == "mask");
        var row = Enumerable.Range(0, Rows).First(
            r => mask.Numbers[(r * SamplePolicies.Context)..((r + 1) * SamplePolicies.Context)].Sum() == steps);
        var one = acts.Inputs.Select(input =>
        {
            var width = input.Numbers.Length / input.Shape[0];
            return new NamedNumbers(
                input.Name, [1, .. input.Shape.Skip(1)], input.Numbers[(row * width)..((row + 1) * width)]);
        });
        var expected = acts.Action.Numbers[(row * 3)..(row * 3 + 3)];
        Assert.That(Exported.Difference(model, one, expected), Is.LessThan(1e-5));
    }
}
