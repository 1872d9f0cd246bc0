using Plimsoll.Data;
using Plimsoll.Export.Policies;
using Plimsoll.Export.Samples;
using Plimsoll.Export.Tests.Onnx;
using Plimsoll.Learning.Artifacts;
using ExportOutcome = Plimsoll.Export.Policies.ExportOutcome;

namespace Plimsoll.Export.Tests.Policies;

/// <summary>Policy files written again.</summary>
public sealed class PolicyExportTests
{
    public static IReadOnlyList<string> Kinds => SamplePolicies.Names;

    private static ExportOutcome Write(
        string from, string to, PolicyFormat format = PolicyFormat.Safetensors, bool replace = false) =>
        PolicyExport.Write(from, to, format, Exported.Origin, replace);

    private static T Refused<T>(ExportOutcome outcome)
        where T : ExportProblem =>
        outcome is ExportOutcome.Refused(T problem) ? problem : throw new AssertionException($"{outcome}");

    [TestCaseSource(nameof(Kinds))]
    public void The_arrays_act_with_the_same_bits(string kind)
    {
        using var folder = new TemporaryFolder();
        SamplePolicies.Save(kind, folder["policy"]);
        var done = (ExportOutcome.Exported)Write(folder["policy"], folder["again.safetensors"]);
        Assert.That(done.Bytes, Is.EqualTo(new FileInfo(folder["again.safetensors"]).Length));
        Assert.That(
            SampleActs.Of(folder["again.safetensors"], 20).Action.Numbers.Select(BitConverter.SingleToInt32Bits),
            Is.EqualTo(SampleActs.Of(folder["policy"], 20).Action.Numbers.Select(BitConverter.SingleToInt32Bits)));
    }

    [TestCaseSource(nameof(Kinds))]
    public void Every_array_of_the_policy_is_there_with_its_bits_and_nothing_else(string kind)
    {
        using var folder = new TemporaryFolder();
        SamplePolicies.Save(kind, folder["policy"]);
        Write(folder["policy"], folder["again"]);
        using var old = SafetensorsFile.Open(folder["policy"]);
        using var copy = SafetensorsFile.Open(folder["again"]);
        Assert.That(
            copy.Names, Is.EqualTo(old.Names.Where(name => !name.StartsWith("critic", StringComparison.Ordinal))));
        foreach (var name in copy.Names)
        {
            Assert.That(copy.Shape(name), Is.EqualTo(old.Shape(name)));
            Assert.That(
                copy.Floats(name).ToArray().Select(BitConverter.SingleToInt32Bits),
                Is.EqualTo(old.Floats(name).ToArray().Select(BitConverter.SingleToInt32Bits)));
        }
        Assert.That(copy.Metadata["plimsoll.task"], Is.EqualTo("Task"));
        Assert.That(old.Metadata.All(entry => copy.Metadata[entry.Key] == entry.Value));
    }

    [Test]
    public void An_export_of_an_export_speaks_of_the_file_that_it_was_made_of()
    {
        using var folder = new TemporaryFolder();
        SamplePolicies.Save("dirac", folder["policy"]);
        Write(folder["policy"], folder["once"]);
        var other = Exported.Origin with { Artifact = "other", Task = null };
        PolicyExport.Write(folder["once"], folder["twice"], PolicyFormat.Safetensors, other);
        using var twice = SafetensorsFile.Open(folder["twice"]);
        Assert.That(twice.Metadata["plimsoll.artifact"], Is.EqualTo("other"));
        Assert.That(twice.Metadata.ContainsKey("plimsoll.task"), Is.False);
    }

    [Test]
    public void Curves_of_a_training_stay_behind()
    {
        using var folder = new TemporaryFolder();
        SamplePolicies.Save("dirac", folder["policy"]);
        using (var old = SafetensorsFile.Open(folder["policy"]))
        {
            var writer = new SafetensorsWriter();
            foreach (var (key, value) in old.Metadata) writer.AddMetadata(key, value);
            foreach (var name in old.Names) writer.Add(name, [.. old.Shape(name)], old.Floats(name));
            writer.Add("metric/loss", [1], [0.5f]).Add("metric/loss/step", [1], [7f]);
            writer.Write(folder["trained"]);
        }
        Write(folder["trained"], folder["exported"]);
        Write(folder["policy"], folder["plain"]);
        Assert.That(File.ReadAllBytes(folder["exported"]), Is.EqualTo(File.ReadAllBytes(folder["plain"])));
    }

    [Test]
    public void An_actor_in_an_npz_file_becomes_safetensors()
    {
        using var folder = new TemporaryFolder();
        SamplePolicies.Save("osrl-squashed", folder["policy"]);
        using (var old = SafetensorsFile.Open(folder["policy"]))
        using (var writer = new NpzWriter(folder["actor.npz"]))
        {
            foreach (var name in old.Names) writer.Add(name, [.. old.Shape(name)], old.Floats(name));
        }
        Write(folder["actor.npz"], folder["of-npz"]);
        Write(folder["policy"], folder["of-safetensors"]);
        Assert.That(File.ReadAllBytes(folder["of-npz"]), Is.EqualTo(File.ReadAllBytes(folder["of-safetensors"])));
    }

    [Test]
    public void What_is_there_stays_unless_it_may_go([Values] PolicyFormat format)
    {
        using var folder = new TemporaryFolder();
        SamplePolicies.Save("dirac", folder["policy"]);
        File.WriteAllText(folder["there"], "precious");
        var problem = Refused<ExportProblem.AlreadyThere>(Write(folder["policy"], folder["there"], format));
        Assert.That(problem.Path, Is.EqualTo(folder["there"]));
        Assert.That(File.ReadAllText(folder["there"]), Is.EqualTo("precious"));
        Assert.That(Write(folder["policy"], folder["there"], format, replace: true), Is.TypeOf<ExportOutcome.Exported>());
        Assert.That(new FileInfo(folder["there"]).Length, Is.GreaterThan(1000));
        Assert.That(folder.Names, Is.EqualTo(new[] { "policy", "there" }));
    }

    [Test]
    public void A_file_can_be_replaced_by_its_own_export()
    {
        using var folder = new TemporaryFolder();
        SamplePolicies.Save("dirac", folder["policy"]);
        var before = SampleActs.Of(folder["policy"], 5).Action.Numbers;
        Assert.That(
            Write(folder["policy"], folder["policy"], replace: true), Is.TypeOf<ExportOutcome.Exported>());
        Assert.That(SampleActs.Of(folder["policy"], 5).Action.Numbers, Is.EqualTo(before));
    }

    [Test]
    public void A_folder_that_is_not_there_is_made_and_a_folder_in_the_way_is_said()
    {
        using var folder = new TemporaryFolder();
        SamplePolicies.Save("dirac", folder["policy"]);
        Directory.CreateDirectory(folder["taken"]);
        Assert.That(
            Write(folder["policy"], folder["deep/er/new.onnx"]), Is.TypeOf<ExportOutcome.Exported>());
        Assert.That(File.Exists(folder["deep/er/new.onnx"]));
        Assert.That(
            Refused<ExportProblem.NotWritable>(Write(folder["policy"], folder["taken"])).Reason,
            Is.EqualTo("it is a folder"));
        Assert.That(folder.Names, Is.EqualTo(new[] { "deep", "policy", "taken" }));
    }

    [Test]
    public void What_is_no_policy_is_refused_with_its_reason([Values] PolicyFormat format)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["text"], "some text");
        var problem = Refused<ExportProblem.NoPolicy>(Write(folder["text"], folder["new"], format));
        Assert.That(problem.Problem, Is.TypeOf<PolicyProblem.Unreadable>());
        Assert.That(folder.Names, Is.EqualTo(new[] { "text" }));
    }

    [Test]
    public void Every_problem_has_words()
    {
        ExportProblem[] problems =
        [
            new ExportProblem.NoPolicy("path", new PolicyProblem.NotFinite("array")),
            new ExportProblem.NoMapping("operation", "[B=2]"), new ExportProblem.UnknownPolicy("Type"),
            new ExportProblem.TooLarge(5, 4), new ExportProblem.AlreadyThere("path"),
            new ExportProblem.NotWritable("path", "reason"),
        ];
        Assert.That(
            problems.Select(problem => problem.GetType()),
            Is.EquivalentTo(typeof(ExportProblem).GetNestedTypes().Where(
                type => type.IsSubclassOf(typeof(ExportProblem)))));
        foreach (var problem in problems)
        {
            var (what, where, why, remedy) = ExportProblemText.Describe(problem);
            Assert.That(new[] { what, where, why, remedy }, Has.All.Not.Empty);
        }
    }
}
