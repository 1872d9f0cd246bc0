using NUnit.Framework;
using Plimsoll.Learning.Artifacts;
using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Learning.Tests.Laws;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Networks;

/// <summary>SPI's extraction, on given candidates and from a network.</summary>
public sealed class CandidatePolicyTests
{
    private const int S = 5, A = 2, T = 3;
    private static readonly DdpmSchedule Schedule = new(NoiseGrowth.Vp, T);

    private static SafetyCapturer Capturer(TrainingState state, int criticWidth = 12, int width = 16)
    {
        var random = RandomRoot.Of(3, "candidates");
        var critic = Critic.Create(
            state, "q", S, A, [criticWidth, 9], 2, random, Initialisation.TorchLinear,
            new MlpForm(Nonlinearity.Mish));
        return new SafetyCapturer(
            NoiseNetwork.Create(state, "noise", S, A, [width, 9], random), critic.Target, Schedule);
    }

    private static CandidatePolicy Policy(
        TrainingState state, int candidates, Extraction extraction = Extraction.Argmax, int criticWidth = 12,
        int width = 16) =>
        CandidatePolicies.Extract(Capturer(state, criticWidth, width), state, candidates, extraction);

    private static float[] Chosen(IReadOnlyList<double> actions, IReadOnlyList<double> values)
    {
        using var calculation = new Calculation();
        var choice = new CandidateChoice(calculation.Graph);
        foreach (var (action, value) in actions.Zip(values))
            choice.Offer(calculation.Given([action], new Axis("B", 1), new Axis("A", 1)), calculation.Batch(value));
        return calculation.Value(choice.Action);
    }

    /// <summary>With Q(a) = a the chosen action is the chosen value.</summary>
    [Law]
    public bool One_more_candidate_never_lowers_the_value(Sample candidates, Moderate more) =>
        Chosen([.. candidates.Values, more.Value], [.. candidates.Values, more.Value])[0]
        >= Chosen(candidates.Values, candidates.Values)[0];

    [Law]
    public bool The_order_of_the_candidates_does_not_matter(Sample candidates)
    {
        // Samples are multiples of 1/64. No two of them lie evenly about the maximum at 3 + 1/256, so none are equal
        // in value.
        var distinct = candidates.Values.Distinct().ToArray();
        double One(double a) => -(a - 3) * (a - 3) + a / 128;
        double[] Value(double[] actions) => [.. actions.Select(One)];
        double[] reversed = [.. distinct.Reverse()], sorted = [.. distinct.Order()];
        var best = Chosen(distinct, Value(distinct))[0];
        return best == Chosen(reversed, Value(reversed))[0] && best == Chosen(sorted, Value(sorted))[0]
            && best == (float)distinct.MaxBy(One);
    }

    /// <summary>Wherever it stands, even first.</summary>
    [TestCase(new[] { double.NaN, 1, 0 }, 5)]
    [TestCase(new[] { 0, double.NaN, 1 }, 6)]
    [TestCase(new[] { double.NaN, double.NaN, -1e30 }, 6)]
    [TestCase(new[] { double.NaN, double.NaN, double.NaN }, 4)]
    public void A_value_that_is_no_number_is_chosen_only_where_there_is_no_other(double[] values, float expected) =>
        Assert.That(Chosen([4, 5, 6], values)[0], Is.EqualTo(expected));

    [Test]
    public void At_a_tie_the_first_is_chosen() => Assert.That(Chosen([4, 5, 6, 7], [1, 2, 2, 1])[0], Is.EqualTo(5));

    /// <summary>Candidate j's draws are columns j T A + k A.. of the normals, for every draw k.</summary>
    [TestCase(1)]
    [TestCase(4)]
    public void The_best_of_the_networks_own_samples_is_chosen_by_the_worse_twin(int n)
    {
        const int rows = 40;
        using var calculation = new Calculation();
        var g = calculation.Graph;
        var policy = Policy(calculation.State, n);
        Assert.That(((IMarkovPolicy)policy).Normals, Is.EqualTo(n * T * A));
        var random = RandomRoot.Of(1, "test");
        var batch = new Axis("B", rows);
        var state = g.Normal(random.Stream("s"), new Shape(batch, new Axis("S", S)));
        var normals = g.Normal(random.Stream("z"), new Shape(batch, new Axis("Z", n * T * A)));
        var actual = calculation.Value(policy.Act(g, state, normals));
        var expected = new float[rows * A];
        var best = Enumerable.Repeat(float.NegativeInfinity, rows).ToArray();
        for (var j = 0; j < n; j++)
        {
            var candidate = j;
            var sample = policy.Network.Sample(
                g, Schedule, state, k => g.Columns(normals, (candidate * T + k) * A, new Axis("A", A)));
            var actions = calculation.Value(sample);
            var values = calculation.Value(Critic.Values(g, policy.Critic, sample, state));
            for (var row = 0; row < rows; row++)
            {
                var value = Math.Min(values[row], values[rows + row]);
                if (!(value > best[row])) continue;
                best[row] = value;
                actions.AsSpan(row * A, A).CopyTo(expected.AsSpan(row * A));
            }
        }
        Assert.That(actual, Is.EqualTo(expected), "to the bit");
    }

    [Test]
    public void More_candidates_are_better_by_the_critic_in_every_row()
    {
        const int rows = 30, n = 8;
        using var calculation = new Calculation();
        var g = calculation.Graph;
        var random = RandomRoot.Of(1, "test");
        var batch = new Axis("B", rows);
        var state = g.Normal(random.Stream("s"), new Shape(batch, new Axis("S", S)));
        var draws = Enumerable.Range(0, T * n)
            .Select(k => g.Normal(random.Stream("z", k), new Shape(batch, new Axis("A", A)))).ToArray();
        var capturer = Capturer(calculation.State);
        float[]? before = null;
        var grew = 0;
        for (var m = 1; m <= n; m++)
        {
            // The first m candidates of all n.
            var policy = new CandidatePolicy(capturer.Network, capturer.Critic, Schedule, m, Extraction.Argmax);
            var normals = g.Concat(
                "Z", draws[..(T * m)]);
            var values = calculation.Value(
                g.MinLeading(Critic.Values(g, capturer.Critic, policy.Act(g, state, normals), state)));
            if (before is not null)
            {
                Assert.That(values.Zip(before, (now, then) => now >= then), Has.All.True, $"{m} candidates");
                grew += values.Zip(before, (now, then) => now > then).Count(x => x);
            }
            before = values;
        }
        Assert.That(grew, Is.GreaterThan(rows / 2));
    }

    /// <summary>The actor's own draws: candidate j has the same ones whatever n.</summary>
    [Test]
    public void With_equal_seeds_more_candidates_are_never_worse()
    {
        const int rows = 25;
        using var calculation = new Calculation();
        var capturer = Capturer(calculation.State);
        using var team = new Team(1);
        var random = new SequentialRandom(RandomRoot.Of(5, "test").Stream("rows"), 0);
        float[] observations = [.. Enumerable.Range(0, rows * S).Select(_ => (float)random.NextNormal())];
        float[]? before = null;
        var grew = 0;
        for (var n = 1; n <= 6; n++)
        {
            var policy = new CandidatePolicy(capturer.Network, capturer.Critic, Schedule, n, Extraction.Argmax);
            using var actor = Actor.Compile(policy, rows, team);
            for (var row = 0; row < rows; row++) actor.Begin(row, 100 + row);
            observations.CopyTo(actor.Observations);
            var g = calculation.Graph;
            Node Given(IEnumerable<float> numbers, string name, int width) => calculation.Given(
                [.. numbers.Select(x => (double)x)], new Axis("B", rows), new Axis(name, width));
            var values = calculation.Value(g.MinLeading(Critic.Values(
                g, capturer.Critic, Given(actor.Act().ToArray(), "A", A), Given(observations, "S", S))));
            if (before is not null)
            {
                Assert.That(values.Zip(before, (now, then) => now >= then), Has.All.True, $"{n} candidates");
                grew += values.Zip(before, (now, then) => now > then).Count(x => x);
            }
            before = values;
        }
        Assert.That(grew, Is.GreaterThan(rows / 2));
    }

    /// <summary>The widest layer of either network counts, that of every twin.</summary>
    [TestCase(1, 12, 16, 7)]
    [TestCase(3000, 340, 16, 2)]
    [TestCase(3000, 12, 680, 2)]
    [TestCase(100_000, 340, 680, 1)]
    public void As_many_candidates_at_once_as_their_widest_layer_allows(
        int rows, int criticWidth, int width, int expected)
    {
        using var state = new TrainingState();
        var policy = Policy(state, 7, criticWidth: criticWidth, width: width);
        Assert.That(policy.Portion(rows), Is.EqualTo(expected));
        Assert.That(
            expected == 1 || (long)rows * expected * Math.Max(2 * criticWidth, width) <= CandidatePolicy.MostNumbers);
    }

    /// <summary>3,000 rows leave room for two candidates at a time, one row for all.</summary>
    [TestCase(Extraction.Argmax)]
    [TestCase(Extraction.Softmax)]
    public void A_row_alone_acts_as_it_does_among_thousands(Extraction extraction)
    {
        const int rows = 3000, n = 7;
        using var state = new TrainingState();
        var policy = Policy(state, n, extraction, criticWidth: 340);
        Assert.That((policy.Portion(rows), policy.Portion(1)), Is.EqualTo((2, n)));
        var width = policy.Normals;
        var random = new SequentialRandom(RandomRoot.Of(5, "test").Stream("rows"), 0);
        float[] Filled(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];
        var (observations, normals) = (Filled(rows * S), Filled(rows * width));
        using var team = new Team(2);
        var all = Run(team, policy, rows, observations, normals);
        foreach (var row in new[] { 0, 1, 1499, 2999 })
        {
            var alone = Run(
                team, policy, 1, observations.AsSpan(row * S, S), normals.AsSpan(row * width, width));
            Assert.That(alone, Is.EqualTo(all.AsSpan(row * A, A).ToArray()), $"row {row}");
        }
    }

    private static float[] Run(
        Team team, IMarkovPolicy policy, int rows, ReadOnlySpan<float> observations, ReadOnlySpan<float> normals)
    {
        var g = new GraphBuilder();
        var batch = new Axis("B", rows);
        var s = g.Input("s", new Shape(batch, new Axis("S", S)));
        var z = g.Input("z", new Shape(batch, new Axis("Z", policy.Normals)));
        g.Output("a", policy.Act(g, s, z));
        using var program = Program.Compile(g, team);
        observations.CopyTo(program.Input("s"));
        normals.CopyTo(program.Input("z"));
        program.Run(0);
        return program.Output("a").ToArray();
    }

    /// <summary>A critic without hidden layers, Q = 2 a₁ - a₂ for both twins.</summary>
    [Test]
    public void A_softmax_draws_in_proportion_to_the_exponential_of_the_value()
    {
        const int rows = 40_000;
        using var calculation = new Calculation();
        var g = calculation.Graph;
        var network = NoiseNetwork.Create(calculation.State, "noise", S, A, [8], RandomRoot.Of(3, "test"));
        var critic = Critic.Declare(calculation.State, "q", S, A, [], 2);
        var weights = critic.Target.Parameters[0].Values;
        foreach (var twin in new[] { 0, A + S }) (weights[twin], weights[twin + 1]) = (2, -1);
        var policy = new CandidatePolicy(network, critic.Target, Schedule, 2, Extraction.Softmax);
        var random = RandomRoot.Of(1, "test");
        var batch = new Axis("B", rows);
        var state = g.Normal(random.Stream("s"), new Shape(batch, new Axis("S", S)));
        var normals = g.Normal(random.Stream("z"), new Shape(batch, new Axis("Z", policy.Normals)));
        float[] Candidate(int j) => calculation.Value(
            network.Sample(g, Schedule, state, k => g.Columns(normals, j * (T * A + 2) + k * A, new Axis("A", A))));
        var (first, second) = (Candidate(0), Candidate(1));
        var chosen = calculation.Value(policy.Act(g, state, normals));
        var (surplus, variance, firsts) = (0.0, 0.0, 0);
        for (var row = 0; row < rows; row++)
        {
            double Value(float[] a) => 2 * a[row * A] - a[row * A + 1];
            if (chosen[row * A] == first[row * A] && first[row * A] == second[row * A]
                && first[row * A + 1] == second[row * A + 1])
                continue;
            var isFirst = chosen[row * A] == first[row * A] && chosen[row * A + 1] == first[row * A + 1];
            var p = 1 / (1 + Math.Exp(Value(second) - Value(first)));
            // Weighted by the value's difference, so that a wrong temperature shows.
            var weight = Value(first) - Value(second);
            surplus += weight * ((isFirst ? 1 : 0) - p);
            variance += weight * weight * p * (1 - p);
            firsts += isFirst ? 1 : 0;
        }
        Assert.That(Math.Abs(surplus), Is.LessThan(4 * Math.Sqrt(variance)));
        Assert.That(firsts, Is.InRange(rows / 3, 2 * rows / 3));
        Assert.That(variance, Is.GreaterThan(0.02 * rows), "the candidates differ");
    }

    [Test]
    public void An_episodes_draws_are_its_own()
    {
        using var state = new TrainingState();
        var policy = Policy(state, 3);
        using var team = new Team(1);
        var many = Evaluator.Run(policy, "DiscCircle", 3, 0, team);
        Assert.That(Evaluator.Run(policy, "DiscCircle", 3, 0, team), Is.EqualTo(many));
        Assert.That(Evaluator.Run(policy, "DiscCircle", 1, 0, team)[0], Is.EqualTo(many[0]), "beside others or alone");
        Assert.That(many.Select(e => e.Return).Distinct().Count(), Is.EqualTo(3));
    }

    [TestCase(0, 5, 2)]
    [TestCase(CandidatePolicy.MostCandidates + 1, 1, 1)]
    [TestCase(1000, 1000, 1)]
    [TestCase(int.MaxValue, int.MaxValue, int.MaxValue)]
    [TestCase(1, 0, 2)]
    public void Numbers_of_candidates_that_no_action_can_take_do_not_fit(int n, int steps, int actions) =>
        Assert.That(CandidatePolicy.Fits(n, steps, actions), Is.False);

    private static string Saved(string folder, Action<Dictionary<string, string>>? change = null)
    {
        using var state = new TrainingState();
        var policy = Policy(state, 6, Extraction.Softmax);
        var sizes = Policies.Describe(policy);
        change?.Invoke(sizes);
        var path = Path.Combine(folder, "policy.safetensors");
        ModelFile.Save(path, policy.Arrays, sizes, new TrainingCurves());
        return path;
    }

    [Test]
    public void A_file_holds_the_same_policy()
    {
        using var folder = new TemporaryFolder();
        if (PolicyFile.TryOpen(Saved(folder.Path)) is not PolicyOpening.Opened(var file))
            throw new AssertionException("the file was refused");
        using (file)
        {
            using var state = new TrainingState();
            var policy = Policy(state, 6, Extraction.Softmax);
            var read = (CandidatePolicy)file.Policy;
            Assert.That(
                (read.Candidates, read.Extraction, read.Schedule.Steps), Is.EqualTo((6, Extraction.Softmax, T)));
            Assert.That((read.ObservationSize, read.ActionSize), Is.EqualTo((S, A)));
            var random = new SequentialRandom(RandomRoot.Of(5, "test").Stream("rows"), 0);
            float[] Filled(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];
            var (observations, normals) = (Filled(4 * S), Filled(4 * policy.Normals));
            using var team = new Team(1);
            Assert.That(
                Run(team, read, 4, observations, normals), Is.EqualTo(Run(team, policy, 4, observations, normals)));
        }
    }

    [TestCase(340, 16, false)]
    [TestCase(17_000, 16, true)]
    [TestCase(12, 17_000, true)]
    public void Layers_wider_than_any_that_is_trained_are_refused(int criticWidth, int width, bool refused)
    {
        using var folder = new TemporaryFolder();
        using var state = new TrainingState();
        var policy = Policy(state, 2, criticWidth: criticWidth, width: width);
        var path = Path.Combine(folder.Path, "wide.safetensors");
        ModelFile.Save(path, policy.Arrays, Policies.Describe(policy), new TrainingCurves());
        var opening = PolicyFile.TryOpen(path);
        if (opening is PolicyOpening.Opened opened) opened.File.Dispose();
        Assert.That(opening is PolicyOpening.Refused, Is.EqualTo(refused));
    }

    [Test]
    public void A_copy_has_the_frequencies_of_what_it_copies()
    {
        using var state = new TrainingState();
        var network = Capturer(state).Network;
        foreach (var array in network.Arrays) array.Values.Fill(0.25f);
        Assert.That(
            network.Copy(state, "copy").Arrays.SelectMany(array => array.Values.ToArray()), Has.All.EqualTo(0.25f));
    }

    [Test]
    public void Sizes_that_the_arrays_do_not_have_are_refused_before_anything_is_made(
        [Values(
            "observation_size", "action_size", "hidden", "critic_hidden", "members", "candidates", "denoising_steps",
            "noise_growth", "extraction")]
        string entry,
        [Values("0", "-5", "2000000000", "2147483647", "4294967299", "", "7 2000000000", "7 0", "x")] string text)
    {
        using var folder = new TemporaryFolder();
        var path = Saved(folder.Path, sizes => sizes[entry] = text);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(
            PolicyFile.TryOpen(path),
            Is.InstanceOf<PolicyOpening.Refused>().With.Property("Problem").InstanceOf<PolicyProblem.OtherModel>());
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(10_000_000));
    }

    private sealed class TemporaryFolder : IDisposable
    {
        internal string Path { get; } = Directory.CreateTempSubdirectory("candidates-").FullName;

        public void Dispose() => Directory.Delete(Path, true);
    }
}
