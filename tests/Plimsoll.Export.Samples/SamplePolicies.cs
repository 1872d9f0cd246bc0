using Plimsoll.Data;
using Plimsoll.Learning.Artifacts;
using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Sequences;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;

namespace Plimsoll.Export.Samples;

/// <summary>A policy file of every kind, of made-up weights that are large enough for actions to differ.</summary>
public static class SamplePolicies
{
    public const int ObservationSize = 11, ActionSize = 3, Context = 5, Horizon = 20;

    private const int S = ObservationSize, A = ActionSize;

    /// <summary>Name and maker of each.</summary>
    private static readonly (string Name, Action<string> Save)[] Kinds =
    [
        ("dirac", Ours((state, random) =>
        {
            var policy = DiracPolicy.Create(state, PolicyArrays.Root, S, A, [256, 256], random);
            return (policy.Parameters, Learning.Artifacts.Policies.Describe(policy));
        })),
        ("gaussian", Ours((state, random) =>
        {
            var policy = GaussianPolicy.Create(state, PolicyArrays.Root, S, A, [64, 64], random);
            return (policy.Parameters, Learning.Artifacts.Policies.Describe(policy));
        })),
        ("tanh-gaussian", Ours((state, random) =>
        {
            var policy = TanhGaussianActor.Create(state, PolicyArrays.Root, S, A, [64, 64], random);
            return (policy.Parameters, Learning.Artifacts.Policies.Describe(policy));
        })),
        ("batch-constrained", Ours((state, random) => BatchConstrained(state, random, proposals: 1))),
        ("batch-constrained-best", Ours((state, random) => BatchConstrained(state, random, proposals: 6))),
        ("candidates", Ours((state, random) => Candidates(state, random, 8, Extraction.Argmax))),
        ("candidates-softmax", Ours((state, random) => Candidates(state, random, 3, Extraction.Softmax))),
        ("cdt", Ours(DecisionTransformer)),
        ("osrl-cloned", path => Osrl(path, ["pi.0", "pi.2", "pi.4"], hasBounds: false)),
        ("osrl-squashed", path => Osrl(path, ["net.0", "net.2", "mu_layer"], hasBounds: false)),
        ("osrl-bounded", path => Osrl(path, ["mu_net.0", "mu_net.2", "mu_net.4"], hasBounds: true)),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Kinds.Select(kind => kind.Name)];

    /// <summary>Writes one of them.</summary>
    public static void Save(string name, string path) => Kinds.Single(kind => kind.Name == name).Save(path);

    private static Action<string> Ours(
        Func<TrainingState, RandomRoot, (IReadOnlyList<StateArray>, Dictionary<string, string>)> make) => path =>
    {
        using var state = new TrainingState();
        var (arrays, entries) = make(state, RandomRoot.Of(5, "sample"));
        ModelFile.Save(path, arrays, entries, new TrainingCurves());
    };

    private static (IReadOnlyList<StateArray>, Dictionary<string, string>) BatchConstrained(
        TrainingState state, RandomRoot random, int proposals)
    {
        const int z = 2 * A;
        var decoder = Mlp.Create(
            state, "policy/vae/decoder", new Axis("X", S + z), [48, 48], new Axis("A", A), null, random);
        var perturbation = PerturbationActor.Create(state, "policy/perturbation", S, A, [32, 32], random);
        var value = proposals == 1
            ? null
            : Mlp.Create(
                state, "policy/reward-q-target", new Axis("X", S + A), [32, 32], new Axis("Q", 1), new Axis("E", 2),
                random);
        foreach (var array in decoder.Parameters) Grow(array, 2f);
        var policy = new BatchConstrainedPolicy(decoder, perturbation, value, proposals);
        return (policy.Parameters, Learning.Artifacts.Policies.Describe(policy));
    }

    private static (IReadOnlyList<StateArray>, Dictionary<string, string>) Candidates(
        TrainingState state, RandomRoot random, int candidates, Extraction extraction)
    {
        var critic = Critic.Create(
            state, "q", S, A, [32, 32], 2, random, Initialisation.TorchLinear, MlpForm.Mish);
        var capturer = new SafetyCapturer(
            NoiseNetwork.Create(state, "noise", S, A, [48, 48], random), critic.Target,
            new DdpmSchedule(NoiseGrowth.Vp, 5));
        foreach (var array in capturer.Critic.Parameters) Grow(array, 2f);
        var policy = CandidatePolicies.Extract(capturer, state, candidates, extraction);
        return (policy.Arrays, Learning.Artifacts.Policies.Describe(policy));
    }

    private static (IReadOnlyList<StateArray>, Dictionary<string, string>) DecisionTransformer(
        TrainingState state, RandomRoot random)
    {
        var sizes = new CausalTransformerSizes(Context, Horizon, Width: 32, Blocks: 2, Heads: 4);
        var network = CausalTransformer.Create(state, PolicyArrays.Root, S, A, sizes, random);
        foreach (var array in network.Parameters) Grow(array, 3f);
        var model = new SequenceModel(network, new SequenceScales(0.25, -0.5, 3), S, A);
        return (network.Parameters, SequenceModels.Describe(new ConditionedPolicy(model, 9, 2)));
    }

    /// <summary>As PyTorch keeps them: weights [outputs, inputs].</summary>
    private static void Osrl(string path, string[] layers, bool hasBounds)
    {
        var writer = new SafetensorsWriter();
        var random = new SequentialRandom(RandomRoot.Of(6, "sample").Stream(layers[0]), 0);
        int[] widths = [S, 40, 40, A];
        for (var l = 0; l < layers.Length; l++)
        {
            Add($"actor.{layers[l]}.weight", widths[l + 1], widths[l]);
            Add($"actor.{layers[l]}.bias", widths[l + 1]);
        }
        if (hasBounds)
        {
            writer.Add("actor.action_low", [1, A], [-1f, -0.5f, 0f]);
            writer.Add("actor.action_high", [1, A], [1f, 2f, 0.25f]);
        }
        writer.Add("critic.0.weight", [1], [1f]);
        writer.Write(path);

        void Add(string name, params long[] shape)
        {
            var numbers = new float[shape.Aggregate(1L, (product, size) => product * size)];
            for (var i = 0; i < numbers.Length; i++) numbers[i] = (float)(0.25 * random.NextNormal());
            writer.Add(name, shape, numbers);
        }
    }

    private static void Grow(StateArray array, float factor)
    {
        foreach (ref var number in array.Values) number *= factor;
    }
}
