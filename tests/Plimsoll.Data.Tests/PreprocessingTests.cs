namespace Plimsoll.Data.Tests;

/// <summary>The laws of DSRL's filters on random datasets.</summary>
public sealed class PreprocessingTests
{
    private static PreprocessingStreams Streams(int seed) => new(
        new SplitMix(seed).NextUniform, new SplitMix(seed + 1L).NextUniform, new SplitMix(seed + 2L).NextNormal);

    /// <summary>Episodes of 1 to 12 steps whose costs are 0 and 1 and whose rewards follow the costs.</summary>
    private static Dataset Data(int seed, int episodes = 60)
    {
        var random = new SplitMix(seed);
        var builder = new DatasetBuilder(2, 1);
        for (var episode = 0; episode < episodes; episode++)
        {
            var (risk, steps) = (random.NextUniform(), 1 + (int)(12 * random.NextUniform()));
            builder.BeginTrajectory();
            for (var step = 0; step < steps; step++)
            {
                var costly = random.NextUniform() < risk ? 1f : 0f;
                builder.Add(
                    [(float)random.NextUniform(), episode], [(float)risk], costly + (float)random.NextUniform(),
                    costly, [(float)random.NextUniform(), episode]);
            }

            builder.End(terminated: episode % 3 == 0);
        }

        return builder.Build(new DatasetMetadata("Made", 12));
    }

    private static PreprocessingOutcome Apply(Dataset dataset, PreprocessingSettings settings, int seed = 1) =>
        Preprocessing.Apply(dataset, "made", settings, Streams(seed));

    private static PreprocessingOutcome.Done Done(Dataset dataset, PreprocessingSettings settings, int seed = 1)
    {
        var outcome = Apply(dataset, settings, seed);
        return outcome as PreprocessingOutcome.Done
            ?? throw new AssertionException(DatasetProblemText.Message(((PreprocessingOutcome.Refused)outcome).Problem));
    }

    private static DatasetProblem Problem(Dataset dataset, PreprocessingSettings settings) =>
        ((PreprocessingOutcome.Refused)Apply(dataset, settings)).Problem;

    private static int[] Rows(ReadOnlySpan<float> values, Trajectory trajectory, int width) =>
        Samples.Bits(values.Slice(trajectory.Start * width, trajectory.Length * width));

    /// <summary>The same numbers, in the same rows, for these trajectories of two datasets.</summary>
    private static bool Same(Dataset one, int first, Dataset other, int second)
    {
        var (a, b) = (one.Trajectories[first], other.Trajectories[second]);
        return a with { Start = 0 } == b with { Start = 0 }
            && Rows(one.Observations, a, 2).SequenceEqual(Rows(other.Observations, b, 2))
            && Rows(one.NextObservations, a, 2).SequenceEqual(Rows(other.NextObservations, b, 2))
            && Rows(one.Actions, a, 1).SequenceEqual(Rows(other.Actions, b, 1))
            && Rows(one.Rewards, a, 1).SequenceEqual(Rows(other.Rewards, b, 1))
            && Rows(one.Costs, a, 1).SequenceEqual(Rows(other.Costs, b, 1))
            && Rows(one.Terminals, a, 1).SequenceEqual(Rows(other.Terminals, b, 1))
            && Rows(one.Timeouts, a, 1).SequenceEqual(Rows(other.Timeouts, b, 1));
    }

    [Property(MaxTest = 50)]
    public bool Without_noise_the_result_is_whole_trajectories_of_what_came_in(
        int seed, bool thin, bool outliers, bool inpaint, sbyte epsilon)
    {
        using var data = Data(seed);
        var settings = new PreprocessingSettings
        {
            Density = thin ? new ThinningGrid(5, 5, 3, 0) : null,
            OutlierShare = outliers ? 0.05 : 0,
            Inpaint = inpaint ? [new InpaintRange(0.2, 0.6, 0.3, 1)] : [],
            Epsilon = epsilon / 100.0,
            CostLimit = 4,
            Reference = new NormalisationFacts(0, 8, 0, 8),
        };
        var done = Done(data, settings, seed);
        using var result = done.Dataset;
        return done.Trajectories.SequenceEqual(done.Trajectories.Distinct().Order())
            && done.Trajectories.Count == result.Trajectories.Count
            && Enumerable.Range(0, result.Trajectories.Count).All(index =>
                done.Outliers.Contains(index) || Same(result, index, data, done.Trajectories[index]));
    }

    [Property(MaxTest = 20)]
    public bool Settings_that_ask_for_nothing_change_nothing(int seed)
    {
        using var data = Data(seed);
        var done = Done(data, new PreprocessingSettings());
        using var result = done.Dataset;
        Samples.AssertEqual(data, result);
        return true;
    }

    [Property(MaxTest = 50)]
    public bool Each_cell_of_the_density_grid_keeps_more_than_its_least_and_at_most_its_most(int seed, byte most)
    {
        using var data = Data(seed, 200);
        var grid = new ThinningGrid(4, 4, 3 + most % 10, 2);
        var done = Done(data, new PreprocessingSettings { Density = grid }, seed);
        using var result = done.Dataset;
        var own = NormalisationFacts.Extremes(data);
        int Cell(double value, double least, double largest) => (int)Math.Floor((value - least) / ((largest - least) / 4));
        return result.Trajectories
            .CountBy(t => (Cell(t.Cost, own.CostMin, own.CostMax), Cell(t.Return, own.ReturnMin, own.ReturnMax)))
            .All(cell => cell.Value > grid.SparseUpTo && cell.Value <= grid.MostPerCell);
    }

    [Property(MaxTest = 50)]
    public bool Outliers_cost_less_than_the_limit_and_earn_exactly_half_more(int seed, byte limit)
    {
        using var data = Data(seed);
        var costLimit = 1 + limit % 8;
        var reference = NormalisationFacts.Extremes(data);
        var settings = new PreprocessingSettings { OutlierShare = 0.04, CostLimit = costLimit };
        if (Apply(data, settings, seed) is not PreprocessingOutcome.Done done)
        {
            return data.Trajectories.Count(t => t.Cost >= reference.CostMax / 2 && t.Return >= reference.ReturnMax / 2) < 2;
        }

        using var result = done.Dataset;
        return done.Outliers.Count == 2 && done.Trajectories.Count == 60 && done.Outliers.All(index =>
        {
            var (after, before) = (result.Trajectories[index], data.Trajectories[done.Trajectories[index]]);
            var rewards = data.Rewards.Slice(before.Start, before.Length).ToArray().Select(reward => 1.5f * reward);
            var costs = result.Costs.Slice(after.Start, after.Length).ToArray();
            return before.Cost >= reference.CostMax / 2 && before.Return >= reference.ReturnMax / 2
                && after.Cost < costLimit && costs.All(cost => cost is 0 or 1) && costs.Sum() == after.Cost
                && result.Rewards.Slice(after.Start, after.Length).ToArray().SequenceEqual(rewards)
                && Rows(result.Observations, after, 2).SequenceEqual(Rows(data.Observations, before, 2));
        });
    }

    [Property(MaxTest = 20)]
    public bool The_same_streams_give_the_same_bits(int seed)
    {
        using var data = Data(seed, 200);
        var settings = new PreprocessingSettings
        {
            Density = new ThinningGrid(4, 4, 5, 0),
            OutlierShare = 0.02,
            CostLimit = 3,
            Reference = new NormalisationFacts(0, 6, 0, 6),
            NoiseScale = 0.1,
        };
        var (one, two) = (Done(data, settings, seed), Done(data, settings, seed));
        using (one.Dataset)
        using (two.Dataset)
        {
            Samples.AssertEqual(one.Dataset, two.Dataset);
            return one.Trajectories.SequenceEqual(two.Trajectories);
        }
    }

    [Test]
    public void Another_seed_gives_another_choice()
    {
        using var data = Data(3, 200);
        var settings = new PreprocessingSettings { Density = new ThinningGrid(4, 4, 5, 0) };
        Assert.That(Done(data, settings, 1).Trajectories, Is.Not.EqualTo(Done(data, settings, 2).Trajectories));
    }

    [Property(MaxTest = 50)]
    public bool Epsilon_above_zero_removes_the_best_safe_trajectories_and_never_an_unsafe_one(int seed, byte size)
    {
        using var data = Data(seed);
        var epsilon = 0.01 + size / 100.0;
        var done = Done(data, new PreprocessingSettings { Epsilon = epsilon, CostLimit = 3 }, seed);
        using var result = done.Dataset;
        var best = NormalisationFacts.BestReturnWithin(data, 3)!.Value;
        return data.Trajectories.Select((trajectory, index) => (trajectory, index)).All(pair =>
            done.Trajectories.Contains(pair.index)
                == (pair.trajectory.Cost > 3 || pair.trajectory.Return < best - epsilon));
    }

    [Property(MaxTest = 50)]
    public bool Epsilon_below_zero_removes_the_best_unsafe_trajectories_and_never_a_safe_one(int seed, byte size)
    {
        using var data = Data(seed);
        var epsilon = 0.01 + size / 100.0;
        var done = Done(data, new PreprocessingSettings { Epsilon = -epsilon, CostLimit = 3 }, seed);
        using var result = done.Dataset;
        var best = data.Trajectories.Where(t => t.Cost > 3).Max(t => t.Return);
        return data.Trajectories.Select((trajectory, index) => (trajectory, index)).All(pair =>
            done.Trajectories.Contains(pair.index)
                == (pair.trajectory.Cost <= 3 || pair.trajectory.Return < best - epsilon));
    }

    [Test]
    public void Inpaint_removes_a_part_of_the_returns_of_a_part_of_the_costs()
    {
        using var data = Samples.Scored((0, 0), (9, 0), (1, 5), (2, 5), (3, 5), (5, 6), (9, 10));

        // Costs 4 to 6 of 0 to 10; their returns are 1 to 5, of which 0.25 to 0.75 are 2 to 4.
        var settings = new PreprocessingSettings { Inpaint = [new InpaintRange(0.4, 0.6, 0.25, 0.75)] };
        Assert.That(Done(data, settings).Trajectories, Is.EqualTo(new[] { 0, 1, 2, 5, 6 }));
    }

    [Test]
    public void Inpaint_leaves_outliers()
    {
        using var data = Samples.Scored((4, 4), (4, 4), (1, 0));
        var settings = new PreprocessingSettings
        {
            OutlierShare = 0.5,
            CostLimit = 1,
            Inpaint = [new InpaintRange(0, 0.1, 0, 1)],
        };
        var done = Done(data, settings);
        Assert.Multiple(() =>
        {
            Assert.That(done.Outliers, Has.Count.EqualTo(1));
            Assert.That(done.Trajectories, Is.EqualTo(new[] { 0, 1 }), "the cheap one that is no outlier is gone");
            Assert.That(done.Dataset.Trajectories[done.Outliers.Single()].Return, Is.EqualTo(6));
            Assert.That(done.Dataset.Trajectories[done.Outliers.Single()].Cost, Is.Zero);
        });
    }

    [Test]
    public void Noise_has_the_standard_deviation_of_its_array_and_changes_nothing_else()
    {
        using var data = Data(5, 800);
        var done = Done(data, new PreprocessingSettings { NoiseScale = 0.5 });
        using var result = done.Dataset;
        double[] Noise(ReadOnlySpan<float> after, ReadOnlySpan<float> before) =>
            [.. after.ToArray().Zip(before.ToArray(), (one, other) => (double)one - other)];
        double Deviation(IReadOnlyCollection<double> values)
        {
            var mean = values.Average();
            return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        }

        var observation = Noise(result.Observations, data.Observations);
        var next = Noise(result.NextObservations, data.NextObservations);
        var expected = 0.5 * Deviation([.. data.Observations.ToArray().Select(value => (double)value)]);
        Assert.Multiple(() =>
        {
            // About 10,000 draws: a standard error of 0.7 % in each deviation.
            Assert.That(Deviation(observation), Is.EqualTo(expected).Within(4).Percent);
            Assert.That(Deviation(next), Is.EqualTo(expected).Within(4).Percent);
            Assert.That(observation.Average(), Is.Zero.Within(expected / 20));
            Assert.That(observation.Zip(next, (a, b) => a * b).Average(), Is.Zero.Within(expected * expected / 20));
            Assert.That(Samples.Bits(result.Actions), Is.EqualTo(Samples.Bits(data.Actions)));
            Assert.That(result.Trajectories, Is.EqualTo(data.Trajectories));
        });
    }

    [Test]
    public void The_grid_of_a_task_lies_over_its_range()
    {
        var task = DsrlTasks.ByName("CarRun")!;
        Assert.Multiple(() =>
        {
            Assert.That(PreprocessingSettings.GridOf(task, 0.75), Is.EqualTo(new ThinningGrid(10, 20, 11, 2)
            {
                LowestCost = -0.004,
                HighestCost = 40.004,
                LowestReturn = task.ReturnMin - (1e-4 * task.ReturnMax),
                HighestReturn = task.ReturnMax + (1e-4 * task.ReturnMax),
            }));
            Assert.That(PreprocessingSettings.GridOf(task, 0.25), Is.Null);
            Assert.That(PreprocessingSettings.ReferenceOf(task)!.CostMax, Is.EqualTo(40));
        });
    }

    [Test]
    public void Halves_and_fractions_refer_to_the_task_s_range_where_it_is_given()
    {
        using var data = Samples.Scored((4, 4), (3, 3));
        var settings = new PreprocessingSettings { OutlierShare = 1, CostLimit = 2 };
        var task = new NormalisationFacts(0, 100, 0, 100);
        Assert.Multiple(() =>
        {
            Assert.That(Done(data, settings).Outliers, Has.Count.EqualTo(2));
            Assert.That(
                Problem(data, settings with { Reference = task }),
                Is.EqualTo(new DatasetProblem.TooFewForOutliers("made", 2, 0, 50, 50)));
        });
    }

    [Test]
    public void Noise_beyond_binary32_is_a_problem()
    {
        using var data = new DatasetBuilder(1, 1)
            .BeginTrajectory().Add([3e38f], [0], 1, 0, [-3e38f]).End(terminated: true)
            .BeginTrajectory().Add([-3e38f], [0], 2, 0, [3e38f]).End(terminated: true)
            .Build(new DatasetMetadata("Large", 1));
        Assert.That(
            Problem(data, new PreprocessingSettings { NoiseScale = 1e3 }),
            Is.EqualTo(new DatasetProblem.PreprocessingUnsound("made", PreprocessingFault.NoiseOverflows)));
    }

    [Test]
    public void The_grid_of_a_task_keeps_the_episodes_at_the_ends_of_its_range_whatever_the_rounding()
    {
        var task = DsrlTasks.ByName("CarRun")!;
        double[] returns = [task.ReturnMin - 1e-3, 300, 400, task.ReturnMax + 1e-3];
        var grid = PreprocessingSettings.GridOf(task, 0.75)! with { SparseUpTo = 0 };
        Assert.That(Thinning.Keep([0, 1, 2, 40], returns, grid, () => 0.5), Is.EqualTo(new[] { 0, 1, 2, 3 }));
    }

    [Test]
    public void Steps_that_leave_nothing_say_so()
    {
        using var data = Samples.Scored((4, 4), (3, 3));
        Assert.Multiple(() =>
        {
            Assert.That(
                Problem(data, new PreprocessingSettings { Density = new ThinningGrid(2, 2, 9, 5) }),
                Is.EqualTo(new DatasetProblem.PreprocessingLeftNothing("made", PreprocessingStep.Density, 2)));
            Assert.That(
                Problem(data, new PreprocessingSettings { Inpaint = [new InpaintRange(0, 1, 0, 1)] }),
                Is.EqualTo(new DatasetProblem.PreprocessingLeftNothing("made", PreprocessingStep.Inpaint, 2)));
            Assert.That(
                Problem(data, new PreprocessingSettings { Epsilon = 9, CostLimit = 9 }),
                Is.EqualTo(new DatasetProblem.PreprocessingLeftNothing("made", PreprocessingStep.Epsilon, 2)));
        });
    }

    [Test]
    public void Settings_that_cannot_be_are_refused()
    {
        using var data = Samples.Scored((4, 4), (3, 3));
        var none = new PreprocessingSettings();
        Assert.Multiple(() =>
        {
            Expect(none with { OutlierShare = 0.1 }, PreprocessingFault.NoCostLimit);
            Expect(none with { Epsilon = -1 }, PreprocessingFault.NoCostLimit);
            Expect(none with { OutlierShare = 0.1, CostLimit = 0.5 }, PreprocessingFault.CostLimitBelowOne);
            Expect(none with { Inpaint = [new(0.5, 0.4, 0, 1)] }, PreprocessingFault.BadInpaintRange);
            Expect(none with { Inpaint = [new(0, 1, 0, 1.5)] }, PreprocessingFault.BadInpaintRange);
            Expect(none with { Density = new ThinningGrid(0, 1, 1, 0) }, PreprocessingFault.BadGrid);
            Expect(none with { Density = new ThinningGrid(1, 1, 2, 2) }, PreprocessingFault.BadGrid);
        });

        void Expect(PreprocessingSettings settings, PreprocessingFault fault) => Assert.That(
            Problem(data, settings), Is.EqualTo(new DatasetProblem.PreprocessingUnsound("made", fault)));
    }
}
