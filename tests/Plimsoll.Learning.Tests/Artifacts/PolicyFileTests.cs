using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Artifacts;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Artifacts;

/// <summary>Policies of ours and of OSRL, from every kind of file, against sums in binary64.</summary>
public sealed class PolicyFileTests
{
    private const int S = 5, H = 7, A = 3;

    public sealed record NamedArray(IReadOnlyList<long> Shape, float[] Values);

    private string folder = "";

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("policy-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(folder, true);

    public enum Form
    {
        Cloned,
        Squashed,
        Bounded,
    }

    private static string[] LayersOf(Form form) => form switch
    {
        Form.Cloned => ["pi.0", "pi.2", "pi.4"],
        Form.Squashed => ["net.0", "net.2", "mu_layer"],
        _ => ["mu_net.0", "mu_net.2", "mu_net.4"],
    };

    private static Dictionary<string, NamedArray> Arrays(Form form, string prefix = "actor.")
    {
        var random = new SequentialRandom(RandomRoot.Of((long)form, "policy-file").Stream("weights"), 0);
        int[] widths = [S, H, H, A];
        var arrays = new Dictionary<string, NamedArray>();
        foreach (var (layer, l) in LayersOf(form).Select((layer, l) => (layer, l)))
        {
            Add($"{layer}.weight", widths[l + 1], widths[l]);
            Add($"{layer}.bias", widths[l + 1]);
        }
        if (form == Form.Squashed) Add("log_std_layer.weight", A, H);
        if (form == Form.Bounded)
        {
            arrays[prefix + "action_low"] = new([1, A], [-1f, -0.5f, 0f]);
            arrays[prefix + "action_high"] = new([1, A], [1f, 2f, 0.25f]);
        }
        return arrays;

        void Add(string name, params long[] shape) => arrays[prefix + name] = new(
            shape, [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (n, k) => n * k)).Select(_ => (float)(random.NextUniform() - 0.5))]);
    }

    private string Written(Dictionary<string, NamedArray> arrays, bool npz)
    {
        var path = Path.Combine(folder, npz ? "actor.npz" : "actor.safetensors");
        if (npz)
        {
            using var writer = new NpzWriter(path);
            foreach (var (name, array) in arrays) writer.Add(name, [.. array.Shape], array.Values);
        }
        else
        {
            var writer = new SafetensorsWriter();
            foreach (var (name, array) in arrays) writer.Add(name, [.. array.Shape], array.Values);
            writer.Write(path);
        }
        return path;
    }

    private static double[] Expected(Form form, Dictionary<string, NamedArray> arrays, string prefix, float[] state)
    {
        double[] x = [.. state.Select(v => (double)v)];
        foreach (var (layer, l) in LayersOf(form).Select((layer, l) => (layer, l)))
        {
            var (weight, bias) = (arrays[$"{prefix}{layer}.weight"], arrays[$"{prefix}{layer}.bias"]);
            x = [.. bias.Values.Select((b, o) => b + x.Select((v, i) => v * weight.Values[o * x.Length + i]).Sum())];
            if (l < 2) x = [.. x.Select(v => Math.Max(v, 0))];
        }
        return form == Form.Bounded
            ? [.. x.Select((v, a) =>
            {
                var low = arrays[prefix + "action_low"].Values[a];
                return low + (arrays[prefix + "action_high"].Values[a] - low) / (1 + Math.Exp(-v));
            })]
            : [.. x.Select(Math.Tanh)];
    }

    private static float[] Act(IPolicy policy, float[] state)
    {
        using var team = new Team(1);
        using var actor = Actor.Compile(policy, 1, team);
        state.CopyTo(actor.Observations);
        return actor.Act().ToArray();
    }

    private static PolicyFile Opened(string path) => PolicyFile.TryOpen(path) switch
    {
        PolicyOpening.Opened(var file) => file,
        PolicyOpening.Refused(var problem) => throw new AssertionException(PolicyProblemText.Describe(problem).What),
        _ => throw new AssertionException("unknown"),
    };

    [Test]
    public void An_actor_of_osrl_acts_as_its_arrays_say(
        [Values] Form form, [Values] bool npz, [Values("actor.", "")] string prefix)
    {
        var arrays = Arrays(form, prefix);
        using var file = Opened(Written(arrays, npz));
        float[] state = [0.3f, -1.2f, 0.8f, 2f, -0.1f];
        Assert.That((file.Policy.ObservationSize, file.Policy.ActionSize), Is.EqualTo((S, A)));
        Assert.That(Act(file.Policy, state), Is.EqualTo(Expected(form, arrays, prefix, state)).Within(2e-6));
    }

    [Test]
    public void Critics_beside_the_actor_are_left_alone()
    {
        var arrays = Arrays(Form.Squashed);
        arrays["critic.pi.0.weight"] = new([1, 2], [float.NaN, 1f]);
        using var file = Opened(Written(arrays, npz: true));
        Assert.That(file.Policy.ActionSize, Is.EqualTo(A));
    }

    [Test]
    public void Arrays_that_belong_to_no_actor_need_not_hold_numbers([Values("", "actor.")] string prefix)
    {
        var arrays = Arrays(Form.Cloned, prefix);
        var writer = new SafetensorsWriter();
        foreach (var (name, array) in arrays) writer.Add(name, [.. array.Shape], array.Values);
        writer.Add(prefix + "steps", [2], new long[] { 1, 2 });
        var path = Path.Combine(folder, "counted.safetensors");
        writer.Write(path);
        using var file = Opened(path);
        Assert.That(file.Policy.ActionSize, Is.EqualTo(A));
    }

    private string Ours(Action<Dictionary<string, string>>? change = null)
    {
        using var state = new TrainingState();
        var policy = DiracPolicy.Create(state, PolicyArrays.Root, S, A, [H], RandomRoot.Of(1, "test"));
        var path = Path.Combine(folder, "ours.safetensors");
        var sizes = Policies.Describe(policy);
        change?.Invoke(sizes);
        ModelFile.Save(path, policy.Parameters, sizes, new TrainingCurves());
        return path;
    }

    [Test]
    public void Sizes_that_the_arrays_do_not_have_are_refused_before_anything_is_made(
        [Values("observation_size", "action_size", "hidden")] string size,
        [Values("0", "-5", "6", "2000000000", "99999999999999999999", "", "7 2000000000", "7 0", "x")] string number)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(
            PolicyFile.TryOpen(Ours(sizes => sizes[size] = number)),
            Is.InstanceOf<PolicyOpening.Refused>().With.Property("Problem").InstanceOf<PolicyProblem.OtherModel>());
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(10_000_000));
    }

    [Test]
    public void No_damage_makes_opening_throw([Values("ours", "safetensors", "npz")] string kind)
    {
        var path = kind == "ours" ? Ours() : Written(Arrays(Form.Bounded), kind == "npz");
        var sound = File.ReadAllBytes(path);
        var random = new Random(17);
        var (opened, refused) = (0, 0);
        for (var k = 0; k < 300; k++)
        {
            File.WriteAllBytes(path, Damaged(sound, random));
            switch (PolicyFile.TryOpen(path))
            {
                case PolicyOpening.Opened(var file):
                    file.Dispose();
                    opened++;
                    break;
                case PolicyOpening.Refused(var problem):
                    Assert.That(PolicyProblemText.Describe(problem).What, Is.Not.Empty);
                    refused++;
                    break;
            }
        }
        Assert.That(refused, Is.GreaterThan(50));
        // A zip archive has checksums.
        if (kind != "npz") Assert.That(opened, Is.GreaterThan(0));
    }

    /// <summary>Cut short, or a few bytes changed: most of them in the header, digits into digits half of the
    /// time.</summary>
    private static byte[] Damaged(byte[] sound, Random random)
    {
        if (random.Next(8) == 0) return sound[..random.Next(sound.Length)];
        var damaged = (byte[])sound.Clone();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var place = random.Next(random.Next(4) == 0 ? sound.Length : Math.Min(700, sound.Length));
            while (random.Next(4) != 0 && !char.IsAsciiDigit((char)damaged[place])) place = (place + 1) % sound.Length;
            damaged[place] = char.IsAsciiDigit((char)damaged[place]) && random.Next(2) == 0
                ? (byte)('0' + random.Next(10))
                : (byte)random.Next(256);
        }
        return damaged;
    }

    [Test]
    public void A_policy_of_ours_is_the_same_policy()
    {
        using var state = new TrainingState();
        var policy = DiracPolicy.Create(state, PolicyArrays.Root, S, A, [H], RandomRoot.Of(1, "test"));
        var path = Path.Combine(folder, "policy.safetensors");
        ModelFile.Save(path, policy.Parameters, Policies.Describe(policy), new TrainingCurves());
        using var file = Opened(path);
        float[] observation = [1, 2, 3, 4, 5];
        Assert.That(Act(file.Policy, observation), Is.EqualTo(Act(policy, observation)));
    }

    private static IEnumerable<TestCaseData> Damages()
    {
        TestCaseData Case(string name, Form form, Action<Dictionary<string, NamedArray>> damage, string said) =>
            new TestCaseData(form, damage, said).SetName("A file is refused: " + name);

        yield return Case("no bias", Form.Cloned, a => a.Remove("actor.pi.2.bias"), "\"actor.pi.2.bias\" is missing");
        yield return Case("no mean", Form.Squashed, a => a.Remove("actor.mu_layer.weight"), "\"actor.mu_layer.weight\" is missing");
        yield return Case("no bounds", Form.Bounded, a => a.Remove("actor.action_high"), "\"actor.action_high\" is missing");
        yield return Case("two forms", Form.Cloned, a => a["actor.net.0.weight"] = a["actor.pi.0.weight"], "not those of one actor");
        yield return Case("no form", Form.Cloned, a => a.Remove("actor.pi.0.weight"), "not those of one actor");
        yield return Case(
            "layers that do not join", Form.Cloned, a => a["actor.pi.2.weight"] = new([H, H + 1], new float[H * (H + 1)]),
            $"the shape [{H}, {H + 1}] where [outputs, {H}] is needed");
        yield return Case(
            "another bias", Form.Cloned, a => a["actor.pi.0.bias"] = new([H + 1], new float[H + 1]), $"where [{H}] is needed");
        yield return Case(
            "other bounds", Form.Bounded, a => a["actor.action_low"] = new([1, 2], new float[2]), "where [1, 3] is needed");
        yield return Case("NaN", Form.Squashed, a => a["actor.net.2.weight"].Values[3] = float.NaN, "holds a NaN or an infinity");
    }

    [TestCaseSource(nameof(Damages))]
    public void A_file_is_refused(Form form, Action<Dictionary<string, NamedArray>> damage, string said)
    {
        var arrays = Arrays(form);
        damage(arrays);
        Assert.That(
            PolicyFile.TryOpen(Written(arrays, npz: true)),
            Is.InstanceOf<PolicyOpening.Refused>().With.Property("Problem").Matches<PolicyProblem>(
                problem => PolicyProblemText.Describe(problem).What.Contains(said, StringComparison.Ordinal)));
    }

    [Test]
    public void What_is_no_policy_is_refused_with_a_reason([Values("", "PK\u0003\u0004nonsense", "text")] string content)
    {
        var path = Path.Combine(folder, "file");
        File.WriteAllText(path, content);
        Assert.That(PolicyFile.TryOpen(path), Is.InstanceOf<PolicyOpening.Refused>());
        Assert.That(PolicyFile.TryOpen(path + "-gone"), Is.InstanceOf<PolicyOpening.Refused>());
    }

    [Test]
    public void A_model_of_another_kind_is_refused_by_name()
    {
        using var state = new TrainingState();
        var critic = Critic.Create(state, "critic", S, A, [4], 2, RandomRoot.Of(1, "test"), Initialisation.TorchLinear);
        var path = Path.Combine(folder, "critic.safetensors");
        ModelFile.Save(path, critic.Arrays, Models.Describe(critic, 0.99, 1, false), new TrainingCurves());
        Assert.That(
            PolicyFile.TryOpen(path),
            Is.InstanceOf<PolicyOpening.Refused>().With.Property("Problem").InstanceOf<PolicyProblem.OtherModel>());
    }
}
