using NUnit.Framework;
using Plimsoll.Environments.MuJoCo;
using Plimsoll.Environments.MuJoCo.Velocity;
using Plimsoll.Environments.Tests.Support;

namespace Plimsoll.Environments.Tests.MuJoCo;

/// <summary>Rewards, costs, observations and ends, worked out again from the states of the physics.</summary>
public class VelocityTests
{
    /// <summary>What the reference's description says of a task, written down a second time.</summary>
    private sealed record Expected(
        string Task, double Dt, double Threshold, double Alive, double Price, int Hidden, double Clip, int Noise);

    private static readonly Expected[] All =
    [
        new("AntVelocity", 0.05, 2.6222, 1, 0.5, 2, double.PositiveInfinity, 29),
        new("HalfCheetahVelocity", 0.05, 3.2096, 0, 0.1, 1, double.PositiveInfinity, 18),
        new("HopperVelocity", 0.008, 0.7402, 1, 0.001, 1, 10, 12),
        new("Walker2dVelocity", 0.008, 2.3415, 1, 0.001, 1, 10, 18),
        new("SwimmerVelocity", 0.04, 0.2282, 0, 0.0001, 2, double.PositiveInfinity, 10),
    ];

    private static readonly string[] Names = [.. All.Select(task => task.Task)];

    private static VelocityEnvironment Created(string task, int count = 1)
    {
        Needs.EngineOf(task);
        return (VelocityEnvironment)Tasks.Create(task, count);
    }

    private static double[] Position(VelocityEnvironment environment) => environment.World(0).Position.ToArray();

    private static double[] Velocity(VelocityEnvironment environment) => environment.World(0).Velocity.ToArray();

    private static bool Healthy(string task, double[] qpos, double[] qvel) => task switch
    {
        "AntVelocity" => qpos.Concat(qvel).All(double.IsFinite) && qpos[2] >= 0.2 && qpos[2] <= 1.0,
        "HopperVelocity" => qpos[1] > 0.7 && Math.Abs(qpos[2]) < 0.2
            && qpos[2..].Concat(qvel).All(x => x > -100 && x < 100),
        "Walker2dVelocity" => qpos[1] > 0.8 && qpos[1] < 2 && Math.Abs(qpos[2]) < 1,
        _ => true,
    };

    [Test]
    public void The_facts_know_each_task_without_its_engine()
    {
        (string Name, int S, int A, bool EndsEarly)[] expected =
        [
            ("AntVelocity", 27, 8, true), ("HalfCheetahVelocity", 17, 6, false), ("HopperVelocity", 11, 3, true),
            ("SwimmerVelocity", 8, 2, false), ("Walker2dVelocity", 17, 6, true),
        ];
        var found = Tasks.All.Where(task => task.Engine == Engine.MuJoCo && task.Name.EndsWith("Velocity"));
        Assert.That(
            found.Select(task => (task.Name, task.ObservationSize, task.ActionSize, task.EndsEarly)),
            Is.EqualTo(expected));
        Assert.That(found.Select(task => task.Horizon), Is.All.EqualTo(1000));
    }

    [Test]
    public void Rewards_costs_and_observations_follow_from_the_physics([ValueSource(nameof(Names))] string name)
    {
        var task = All.Single(each => each.Task == name);
        using var environment = Created(name);
        var solo = new Solo(environment);
        var random = new SplitMix(31);
        var costly = 0;
        Assert.That(environment.StepSeconds, Is.EqualTo(task.Dt).Within(1e-15));
        for (var t = 0; t < 400; t++)
        {
            if (t % 50 == 0)
            {
                solo.Reset(random);
                // Fast enough, at times, to cost.
                environment.World(0).Velocity[0] = task.Threshold * (t / 50 % 2 == 0 ? 1.6 : 0.2);
                environment.World(0).Forward();
            }

            var (placeBefore, torsoBefore) = (Position(environment), environment.World(0).PlaceOf(1).ToArray());
            var action = Enumerable.Range(0, solo.Facts.ActionSize).Select(_ => random.NextAction()).ToArray();
            var outcome = solo.Step(action);
            var (qpos, qvel) = (Position(environment), Velocity(environment));
            var torso = environment.World(0).PlaceOf(1);
            var (from, to) = name == "AntVelocity" ? (torsoBefore, torso.ToArray()) : (placeBefore, qpos);
            var vx = (to[0] - from[0]) / task.Dt;
            var vy = (to[1] - from[1]) / task.Dt;
            var speed = name == "AntVelocity" ? Math.Sqrt(vx * vx + vy * vy) : vx;
            var reward = vx + task.Alive - task.Price * action.Sum(a => (double)a * a);
            Assert.That(outcome.Reward, Is.EqualTo((float)reward).Within(1e-5));
            Assert.That(outcome.Cost, Is.EqualTo(speed > task.Threshold ? 1 : 0));
            costly += (int)outcome.Cost;
            Assert.That(outcome.Terminated, Is.EqualTo(!Healthy(name, qpos, qvel)));
            float[] seen =
            [
                .. qpos[task.Hidden..].Select(x => (float)x),
                .. qvel.Select(x => (float)Math.Clamp(x, -task.Clip, task.Clip)),
            ];
            Assert.That(outcome.Observation, Is.EqualTo(seen));
            if (outcome.Ended)
            {
                solo.Reset(random);
            }
        }

        Assert.That(costly, Is.InRange(1, 399), "steps of both kinds");
    }

    [Test]
    public void The_place_of_the_ant_is_what_the_last_physics_step_left()
    {
        using var environment = Created("AntVelocity");
        var solo = new Solo(environment);
        solo.Reset(new SplitMix(3));
        environment.World(0).Velocity[0] = 2;
        solo.Step(new float[8]);
        var (left, now) = (environment.World(0).PlaceOf(1)[0], environment.World(0).Position[0]);
        Assert.That(Math.Abs(left - now), Is.GreaterThan(1e-8), "one evaluation behind qpos");
        environment.World(0).Forward();
        Assert.That(environment.World(0).PlaceOf(1)[0], Is.EqualTo(now).Within(1e-12));
    }

    /// <summary>The last number inside a bound, and the first beyond it, in qpos or in qvel.</summary>
    private static readonly (string Task, int Entry, bool OfVelocity, double Inside, double Outside)[] Bounds =
    [
        ("AntVelocity", 2, false, 0.2, Math.BitDecrement(0.2)), ("AntVelocity", 2, false, 1, Math.BitIncrement(1)),
        ("AntVelocity", 14, false, 1e6, double.NaN), ("AntVelocity", 13, true, 1e6, double.NegativeInfinity),
        ("HopperVelocity", 1, false, Math.BitIncrement(0.7), 0.7),
        ("HopperVelocity", 2, false, Math.BitDecrement(0.2), 0.2),
        ("HopperVelocity", 2, false, -Math.BitDecrement(0.2), -0.2),
        ("HopperVelocity", 5, false, Math.BitDecrement(100), 100),
        ("HopperVelocity", 0, true, -Math.BitDecrement(100), -100),
        ("HopperVelocity", 5, true, 99, double.NaN),
        ("Walker2dVelocity", 1, false, Math.BitIncrement(0.8), 0.8),
        ("Walker2dVelocity", 1, false, Math.BitDecrement(2), 2),
        ("Walker2dVelocity", 2, false, Math.BitDecrement(1), 1),
        ("Walker2dVelocity", 2, false, -Math.BitDecrement(1), -1),
    ];

    [Test]
    public void An_episode_ends_beyond_each_bound_and_not_before([Range(0, 13)] int which)
    {
        var (task, entry, ofVelocity, inside, outside) = Bounds[which];
        using var environment = Created(task);
        foreach (var (value, ends) in new[] { (inside, false), (outside, true) })
        {
            var position = environment.Model.InitialPosition.ToArray();
            var velocity = new double[environment.Model.VelocitySize];
            (ofVelocity ? velocity : position)[entry] = value;
            Assert.That(environment.IsHealthy(position, velocity), Is.EqualTo(!ends), $"{value}");
        }
    }

    /// <summary>Whoever has fallen from 1.25 m is told so by the step that passes the bound, and still
    /// paid.</summary>
    [Test]
    public void A_fall_ends_the_episode_with_its_last_reward(
        [Values("HopperVelocity", "Walker2dVelocity")] string task)
    {
        using var environment = Created(task);
        var solo = new Solo(environment);
        solo.Reset(new SplitMix(5));
        var steps = 0;
        Outcome outcome;
        do
        {
            outcome = solo.Step(new float[solo.Facts.ActionSize]);
            steps++;
        }
        while (!outcome.Ended);
        Assert.That((outcome.Terminated, outcome.Truncated), Is.EqualTo((true, false)));
        Assert.That(steps, Is.InRange(20, 400));
        Assert.That(outcome.Reward, Is.InRange(-2, 4).And.Not.Zero);
    }

    [Test]
    public void Starts_are_the_model_s_plus_noise([ValueSource(nameof(Names))] string name)
    {
        var task = All.Single(each => each.Task == name);
        using var environment = Created(name);
        var solo = new Solo(environment);
        var (width, normal) = name switch
        {
            "AntVelocity" or "HalfCheetahVelocity" => (0.1, true),
            "SwimmerVelocity" => (0.1, false),
            _ => (0.005, false),
        };
        var (positions, velocities) = (new List<double>(), new List<double>());
        var random = new SplitMix(77);
        for (var k = 0; k < 400; k++)
        {
            solo.Reset(random);
            var initial = environment.Model.InitialPosition.ToArray();
            var offsets = Position(environment).Zip(initial, (x, x0) => x - x0).ToArray();
            // MuJoCo normalises the ant's quaternion.
            positions.AddRange(name == "AntVelocity" ? [.. offsets[..3], .. offsets[7..]] : offsets);
            velocities.AddRange(Velocity(environment));
        }

        Assert.That(positions, Is.All.InRange(-width, width));
        Assert.That(positions.Max(), Is.GreaterThan(0.98 * width));
        Assert.That(Deviation(positions), Is.EqualTo(width / Math.Sqrt(3)).Within(4).Percent);
        Assert.That(Deviation(velocities), Is.EqualTo(normal ? width : width / Math.Sqrt(3)).Within(4).Percent);
        Assert.That(velocities.Exists(v => Math.Abs(v) > 2.5 * width), Is.EqualTo(normal));
        var normalised = name == "AntVelocity" ? 4 : 0;
        Assert.That(positions.Count + velocities.Count, Is.EqualTo(400 * (task.Noise - normalised)));
    }

    private static double Deviation(IReadOnlyCollection<double> values) =>
        Math.Sqrt(values.Average(value => value * value));

    [Test]
    public void An_episode_knows_nothing_of_what_was_before_its_reset([ValueSource(nameof(Names))] string name)
    {
        float[] Episode(Solo solo, int stream)
        {
            var random = new SplitMix(stream);
            var seen = new List<float>(solo.Reset(random));
            for (var t = 0; t < 60; t++)
            {
                var action = Enumerable.Range(0, solo.Facts.ActionSize).Select(_ => random.NextAction()).ToArray();
                var outcome = solo.Step(action);
                seen.AddRange([.. outcome.Observation, outcome.Reward, outcome.Cost]);
            }

            return [.. seen];
        }

        using var fresh = Created(name);
        using var used = Created(name);
        var expected = Episode(new Solo(fresh), 1);
        var solo = new Solo(used);
        Episode(solo, 2);
        Assert.That(() => Break(used, solo), Throws.InstanceOf<SimulationException>());
        Assert.That(Episode(solo, 1), Is.EqualTo(expected));
        Assert.That(Episode(solo, 1), Is.EqualTo(expected));
    }

    [Test]
    public void Memory_that_is_freed_cannot_be_reached([ValueSource(nameof(Names))] string name)
    {
        var environment = Created(name);
        environment.Dispose();
        Assert.That(() => environment.World(0), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => environment.Model, Throws.InstanceOf<ObjectDisposedException>());
    }

    private static void Break(VelocityEnvironment environment, Solo solo)
    {
        solo.Reset(new SplitMix(4));
        environment.World(0).Velocity[^1] = double.NaN;
        solo.Step(new float[solo.Facts.ActionSize]);
    }

    [Test]
    public void A_state_that_is_no_number_is_named_and_not_started_over_in_silence(
        [ValueSource(nameof(Names))] string name)
    {
        using var environment = Created(name);
        var solo = new Solo(environment);
        Assert.That(
            () => Break(environment, solo),
            Throws.InstanceOf<SimulationException>()
                .With.Message.Contains(name).And.Message.Contains("environment 0").And.Message.Contains("QVEL"));
        var after = solo.Step(new float[solo.Facts.ActionSize]);
        Assert.That((after.Reward, after.Cost, after.Terminated), Is.EqualTo((0f, 0f, true)), "it stands still");
        solo.Reset(new SplitMix(4));
        Assert.That(solo.Step(new float[solo.Facts.ActionSize]).Terminated, Is.False);
        Assert.That(File.Exists("MUJOCO_LOG.TXT"), Is.False);
    }

    [Test]
    public void A_simulation_that_explodes_is_named([Values("HalfCheetahVelocity", "SwimmerVelocity")] string name)
    {
        using var environment = Created(name);
        var solo = new Solo(environment);
        solo.Reset(new SplitMix(4));
        environment.World(0).Velocity[^1] = 9e9;
        void FiftySteps()
        {
            for (var t = 0; t < 50; t++)
            {
                solo.Step(new float[solo.Facts.ActionSize]);
            }
        }

        Assert.That(FiftySteps, Throws.InstanceOf<SimulationException>().With.Message.Contains("unstable"));
    }

    /// <summary>A world of Ant takes 100 kB or more: thousands that were not freed would show. Every other batch is
    /// forgotten, and left to the finalizers of its worlds and model, which come in any order.</summary>
    [Test]
    public void Thousands_of_worlds_leave_no_memory_behind()
    {
        Needs.Engine(Engine.MuJoCo);
        var observation = new float[27];
        void Rounds(int count)
        {
            for (var k = 0; k < count; k++)
            {
                var environment = new AntVelocity(100);
                for (var i = 0; i < 100; i += 10)
                {
                    environment.Reset(i, new SplitMix(i), observation);
                }

                if (k % 2 == 0)
                {
                    environment.Dispose();
                }

                if (k % 4 == 0)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                }
            }
        }

        Rounds(12);
        var before = Resident();
        Rounds(50);
        Assert.That(Resident() - before, Is.LessThan(60_000_000));
    }

    /// <summary>Bytes.</summary>
    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return self.WorkingSet64;
    }
}
