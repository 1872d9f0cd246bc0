using NUnit.Framework;
using Plimsoll.Environments.Bullet;
using Plimsoll.Environments.Bullet.Models;
using Plimsoll.Environments.Tests.Support;

namespace Plimsoll.Environments.Tests.Bullet;

/// <summary>What a step gives, computed anew from the numbers of the engine.</summary>
public class FormulaTests
{
    private static readonly string[] Names = [.. BulletTasks.All.Select(task => task.Name)];
    private static readonly double Hover = 461.522786953;

    /// <summary>The base's numbers, joints as (angle, speed), and which of base and links touch the ground.</summary>
    private sealed record Raw(double[] P, double[] Q, double[] V, double[] W, (double Q, double V)[] Joints, bool[] Touch)
    {
        internal static Raw Of(ReadOnlySpan<double> state, int joints)
        {
            var all = state.ToArray();
            return new Raw(
                all[..3],
                all[3..7],
                all[7..10],
                all[10..13],
                [.. Enumerable.Range(0, joints).Select(i => (all[13 + 2 * i], all[14 + 2 * i]))],
                [.. all[(13 + 2 * joints)..].Select(points => points > 0)]);
        }

        internal double R => Math.Sqrt(P[0] * P[0] + P[1] * P[1]);

        internal double D => Math.Sqrt((P[0] - 1000) * (P[0] - 1000) + P[1] * P[1]);
    }

    // An ant's ranges in degrees, hip and ankle of each leg.
    private static readonly (double Low, double High)[] AntRanges =
        [(-40, 40), (30, 100), (-40, 40), (-100, -30), (-40, 40), (-100, -30), (-40, 40), (30, 100)];

    private static double Relative(Raw s, int joint)
    {
        var (low, high) = (AntRanges[joint].Low * Math.PI / 180, AntRanges[joint].High * Math.PI / 180);
        return 2 * (s.Joints[joint].Q - (low + high) / 2) / (high - low);
    }

    /// <summary>The rotation matrix of a unit quaternion, row by row.</summary>
    private static double[,] Matrix(double[] q)
    {
        var (x, y, z, w) = (q[0], q[1], q[2], q[3]);
        return new[,]
        {
            { 1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y) },
            { 2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x) },
            { 2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y) },
        };
    }

    private static double Yaw(Raw s) => Math.Atan2(Matrix(s.Q)[1, 0], Matrix(s.Q)[0, 0]);

    private static bool Upright(Raw s)
    {
        // Pitch never leaves [-pi/2, pi/2]; roll does where the own z axis points down before yaw and pitch.
        var m = Matrix(s.Q);
        return m[2, 2] >= 0;
    }

    private static double[] Seen(string task, Raw s)
    {
        static IEnumerable<double> Times(double scale, IEnumerable<double> values) => values.Select(v => scale * v);
        double[] circle = task.EndsWith("Circle") ? [(s.R - 7) / 10] : [];
        double[] robot = task[..3] switch
        {
            "Bal" => [.. Times(0.1, s.P[..2]), .. Times(0.2, s.V[..2]), .. Times(0.1, s.W)],
            "Car" => [.. Times(0.1, s.P[..2]), .. s.V[..2], Math.Sin(Yaw(s)), Math.Cos(Yaw(s)), 0.1 * s.W[2]],
            "Ant" =>
            [
                .. Times(0.1, s.P), .. Times(0.3, s.V), .. s.Q, .. Times(0.15, s.W),
                .. Enumerable.Range(0, 8).SelectMany(i => new[] { 0.5 * Relative(s, i), 0.05 * s.Joints[i].V }),
                .. new[] { 5, 10, 15, 20 }.Select(foot => s.Touch[foot] ? 1.0 : 0),
            ],
            _ =>
            [
                .. Times(0.1, s.P), .. Times(0.2, s.V), .. s.Q, .. Times(0.1, s.W),
                .. s.Joints.Select((j, i) => 0.0025 * (j.V - (i % 2 == 0 ? Hover : -Hover))),
            ],
        };
        return [.. robot, .. circle];
    }

    private static bool Alive(string task, Raw s) => task[..3] switch
    {
        "Ant" => s.P[2] > 0.26,
        "Dro" => Upright(s),
        _ => true,
    };

    private static double Own(string task, Raw s, float[] action)
    {
        var clipped = action.Select(a => Math.Clamp(a, -1.0, 1.0)).ToArray();
        switch (task[..3])
        {
            case "Bal":
                return -0.5 * Math.Sqrt(clipped.Sum(a => a * a));
            case "Car":
                return 0;
            case "Ant":
                var power = action.Select((a, i) => Math.Abs(a * 0.1 * s.Joints[i].V)).Average();
                var effort = action.Select(a => (double)a * a).Average();
                var limits = Enumerable.Range(0, 8).Count(i => Math.Abs(Relative(s, i)) > 0.99);
                return -2 * power - 0.1 * effort - 0.1 * limits + (Alive(task, s) ? 1 : -1);
            default:
                return (Alive(task, s) ? 1 : -10) - 0.01 * s.W.Sum(w => w * w) - s.Touch.Count(touches => touches);
        }
    }

    private static (double Reward, double Cost) Given(string task, Raw before, Raw s, float[] action)
    {
        var own = Own(task, s, action);
        if (task.EndsWith("Circle"))
        {
            var turning = 0.1 * (s.P[1] * s.V[0] - s.P[0] * s.V[1]) / (1 + Math.Abs(s.R - 7));
            return (turning + 0.01 * own, Math.Abs(s.P[0]) > 6 ? 1 : 0);
        }

        var limit = task == "BallRun" ? 2.5 : 1.5;
        var speed = Math.Sqrt(s.V[0] * s.V[0] + s.V[1] * s.V[1]);
        return (60 * (before.D - s.D) + own, Math.Abs(s.P[1]) > 2 || speed > limit ? 1 : 0);
    }

    /// <summary>Draws actions that hold for a while, so that robots come far, fall and break limits.</summary>
    private static float[] Draw(string task, SplitMix random)
    {
        var size = Tasks.Find(task)!.ActionSize;
        var action = Enumerable.Range(0, size).Select(_ => random.NextAction()).ToArray();
        if (task.StartsWith("Car"))
        {
            action[0] = -Math.Abs(action[0]);
        }

        return task.StartsWith("Drone") && random.NextUniform() < 0.5 ? [.. action.Select(_ => action[0])] : action;
    }

    /// <summary>
    /// Where episodes start in which outcomes are met that are rare from the task's own starts, by null: on either
    /// side of what costs, and overturned.
    /// </summary>
    private static IEnumerable<Frame?> Starts(BulletTask task)
    {
        var h = task.Robot.StartHeight;
        yield return null;
        yield return null;
        yield return null;
        foreach (var edge in new[] { -0.1, 0.1 })
        {
            yield return task.Course == Course.Circle
                ? Frame.Turned(new Vector(6 + edge, 1, h), 0, 0, task.Robot.Forward)
                : Frame.Turned(new Vector(0, 2 + edge, h), 0, 0, task.Robot.Forward);
            yield return task.Course == Course.Circle
                ? Frame.Turned(new Vector(-6 - edge, -1, h), 0, 0, task.Robot.Forward)
                : Frame.Turned(new Vector(0, -2 - edge, h), 0, 0, task.Robot.Forward);
        }

        if (task.Robot.CanDie)
        {
            yield return Frame.Turned(new Vector(3, 1, 1.2), 1.4, 0, 0);
            yield return Frame.Turned(new Vector(3, 1, 1.2), Math.PI, 0, 0);
            yield return Frame.Turned(new Vector(3, 1, 1.2), -1.8, 0.2, 0);
        }
    }

    [Test]
    public void A_step_gives_what_the_formulas_say([ValueSource(nameof(Names))] string name)
    {
        Needs.Engine(Engine.Bullet);
        var task = BulletTasks.Find(name);
        var joints = task.Robot.Body.Movable.Length;
        using var environment = new BulletEnvironment(task, 1);
        var solo = new Solo(environment);
        var random = new SplitMix(21);
        var met = new HashSet<string>();
        foreach (var start in Starts(task))
        {
            var first = solo.Reset(random);
            if (start is { } frame)
            {
                var angles = new double[joints];
                task.Robot.DrawAngles(random, angles);
                environment.Start(0, angles, frame);
            }

            var before = Raw.Of(environment.Numbers(0), joints);
            if (start is null)
            {
                CompareSeen(name, first, Seen(name, before));
            }

            var held = Draw(name, random);
            for (var t = 0; t < 150; t++)
            {
                held = t % 10 == 0 ? Draw(name, random) : held;
                var step = solo.Step(held);
                var after = Raw.Of(environment.Numbers(0), joints);
                var (reward, cost) = Given(name, before, after, held);
                Assert.That(step.Cost, Is.EqualTo((float)cost));
                Assert.That(step.Terminated, Is.EqualTo(!Alive(name, after)));
                // The first reward of a Run includes the step of the reset, which `before` does not know.
                if (t > 0 || name.EndsWith("Circle"))
                {
                    Assert.That(step.Reward, Is.EqualTo(reward).Within(2e-5 * Math.Max(1, Math.Abs(reward))));
                }

                CompareSeen(name, step.Observation, Seen(name, after));
                before = after;
                met.UnionWith(Outcomes(name, after));
                if (step.Ended)
                {
                    break;
                }
            }
        }

        // Otherwise the comparisons above would have seen the easy half only.
        Assert.That(met, Is.EquivalentTo(AllOutcomes(name)));
    }

    /// <summary>What of all that reward, cost and end tell apart is the case.</summary>
    private static IEnumerable<string> Outcomes(string task, Raw s)
    {
        if (task.EndsWith("Circle"))
        {
            yield return s.P[0] > 6 ? "right of 6" : s.P[0] < -6 ? "left of -6" : "between";
        }
        else
        {
            var fast = Math.Sqrt(s.V[0] * s.V[0] + s.V[1] * s.V[1]) > (task == "BallRun" ? 2.5 : 1.5);
            yield return s.P[1] > 2 ? "left of the lane" : s.P[1] < -2 ? "right of the lane" : "in the lane";
            yield return Math.Abs(s.P[1]) > 2 ? "where speed does not matter" : fast ? "fast" : "slow";
        }

        if (task.StartsWith("Ant"))
        {
            yield return Alive(task, s) ? "alive" : "dead";
            for (var i = 0; i < 8; i++)
            {
                yield return Math.Abs(Relative(s, i)) > 0.99 ? "a joint at its limit" : "a joint within its range";
            }
        }

        if (task.StartsWith("Drone"))
        {
            yield return Alive(task, s) ? "alive" : "dead";
            yield return s.Touch.Any(touches => touches) ? "on the ground" : "in the air";
        }
    }

    private static IEnumerable<string> AllOutcomes(string task) =>
    [
        .. task.EndsWith("Circle")
            ? (string[])["right of 6", "left of -6", "between"]
            : ["left of the lane", "right of the lane", "in the lane", "where speed does not matter", "fast", "slow"],
        .. task[..3] switch
        {
            "Ant" => (string[])["alive", "dead", "a joint at its limit", "a joint within its range"],
            "Dro" => ["alive", "dead", "on the ground", "in the air"],
            _ => [],
        },
    ];

    /// <summary>A drone's quaternion is the one of its angles, so it may come with the other sign.</summary>
    private static void CompareSeen(string task, float[] seen, double[] expected)
    {
        if (task.StartsWith("Drone") && seen[6..10].Zip(expected[6..10], (a, b) => a * b).Sum() < 0)
        {
            for (var i = 6; i < 10; i++)
            {
                expected[i] = -expected[i];
            }
        }

        for (var i = 0; i < seen.Length; i++)
        {
            Assert.That(seen[i], Is.EqualTo(expected[i]).Within(2e-5 * Math.Max(1, Math.Abs(expected[i]))), $"{i}");
        }
    }

    [Test]
    public void The_first_reward_of_a_run_includes_the_step_of_the_reset()
    {
        Needs.Engine(Engine.Bullet);
        using var environment = new BulletEnvironment(BulletTasks.Find("DroneRun"), 1);
        var solo = new Solo(environment);
        var start = new SplitMix(4);
        // Four angles are drawn before the place.
        for (var i = 0; i < 4; i++)
        {
            start.NextUniform();
        }

        var x = 0.01 * (2 * start.NextUniform() - 1);
        var y = 0.01 * (2 * start.NextUniform() - 1);
        solo.Reset(new SplitMix(4));
        var atFirst = Raw.Of(environment.Numbers(0), 4);
        float[] action = [1, -1, 0, 0.5f];
        var step = solo.Step(action);
        var after = Raw.Of(environment.Numbers(0), 4);
        var startDistance = Math.Sqrt((x - 1000) * (x - 1000) + y * y);
        Assert.That(60 * Math.Abs(atFirst.D - startDistance), Is.GreaterThan(2e-5));
        Assert.That(step.Reward, Is.EqualTo(60 * (startDistance - after.D) + Own("DroneRun", after, action)).Within(5e-6));
    }

    /// <summary>From the benchmark's own engine: the fork's step takes a ball 27.7 m far, the original's 9.3 m.</summary>
    [Test]
    public void A_ball_that_is_pushed_all_the_way_comes_as_far_as_the_reference_says()
    {
        Needs.Engine(Engine.Bullet);
        using var environment = new BulletEnvironment(BulletTasks.Find("BallRun"), 1);
        var solo = new Solo(environment);
        solo.Reset(new SplitMix(1));
        var total = 0.0;
        Outcome last;
        do
        {
            last = solo.Step(1, 0);
            total += last.Reward;
        }
        while (!last.Ended);
        Assert.That(environment.Numbers(0)[0], Is.EqualTo(27.7).Within(0.1));
        Assert.That(total, Is.EqualTo(1614.5).Within(2));
        Assert.That((last.Truncated, last.Cost), Is.EqualTo((true, 1f)));
    }

    [Test]
    public void An_ant_pays_for_actions_beyond_the_limit_though_they_do_no_more()
    {
        Needs.Engine(Engine.Bullet);
        var (wild, tame) = (new Solo(Tasks.Create("AntRun", 1)), new Solo(Tasks.Create("AntRun", 1)));
        wild.Reset(new SplitMix(2));
        tame.Reset(new SplitMix(2));
        var (three, one) = (wild.Step(3, 0, 0, 0, 0, 0, 0, 0), tame.Step(1, 0, 0, 0, 0, 0, 0, 0));
        Assert.That(three.Observation, Is.EqualTo(one.Observation));
        // 0.5 * 0.1 of the joint's speed is column 14.
        var speed = 2 * Math.Abs(one.Observation[14]);
        Assert.That(one.Reward - three.Reward, Is.EqualTo(2 * 2 * speed / 8 + 0.1 * (9 - 1) / 8).Within(1e-4));
    }
}
