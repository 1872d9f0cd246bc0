using NUnit.Framework;
using Plimsoll.Environments.Controllers;
using Plimsoll.Environments.Tests.Support;

namespace Plimsoll.Environments.Tests;

public class DiscCircleTests
{
    private static Solo At(double x, double y)
    {
        var solo = new Solo(new DiscCircle(1));
        solo.Reset(new Given(x / 8 + 0.5, y / 8 + 0.5));
        return solo;
    }

    private static (double X, double Y, double Vx, double Vy) State(Outcome step) =>
        (10.0 * step.Observation[0], 10.0 * step.Observation[1],
            5.0 * step.Observation[2], 5.0 * step.Observation[3]);

    private static double Speed(Outcome step) => Math.Sqrt(
        State(step).Vx * State(step).Vx + State(step).Vy * State(step).Vy);

    private static (float, float)[] Pushes(int seed, int number, double size = 1)
    {
        var random = new SplitMix(seed);
        return [.. Enumerable.Range(0, number).Select(_ => (
            (float)(size * (2 * random.NextUniform() - 1)), (float)(size * (2 * random.NextUniform() - 1))))];
    }

    private static Outcome[] Drive(Solo solo, IEnumerable<(float X, float Y)> pushes) =>
        [.. pushes.Select(push => solo.Step(push.X, push.Y))];

    /// <summary>Mean (return, cost) of a style over 20 episodes.</summary>
    private static (double Return, double Cost) Mean(DiscCircleStyle style)
    {
        var random = new SplitMix(3);
        var solo = new Solo(new DiscCircle(1));
        var controller = new DiscCircleController(style);
        var runs = Enumerable.Range(0, 20).Select(_ => solo.Run(controller, random)).ToArray();
        return (runs.Average(run => run.Return), runs.Average(run => run.Cost));
    }

    [Property(MaxTest = 50)]
    public bool An_episode_starts_at_rest_in_the_annulus(int seed)
    {
        var o = new Solo(new DiscCircle(1)).Reset(new SplitMix(seed));
        var r = 10 * Math.Sqrt(o[0] * (double)o[0] + o[1] * (double)o[1]);
        return r is > 2 - 1e-5 and < 4 + 1e-5 && o[2] == 0 && o[3] == 0
            && Math.Abs(o[4] - (r - 7) / 10) < 1e-6;
    }

    [Test]
    public void The_first_push_follows_the_written_law()
    {
        // From rest: v = h F / m / (1 + h c1 / m) = 0.8 a / 1.04, and p moves by h v.
        var (x, y, vx, vy) = State(At(3, -1).Step(0.5f, -1));
        Assert.That(vx, Is.EqualTo(0.4 / 1.04).Within(1e-6));
        Assert.That(vy, Is.EqualTo(-0.8 / 1.04).Within(1e-6));
        Assert.That(x, Is.EqualTo(3 + 0.04 / 1.04).Within(1e-6));
        Assert.That(y, Is.EqualTo(-1 - 0.08 / 1.04).Within(1e-6));
    }

    [Property(MaxTest = 50)]
    public bool Without_force_the_disc_slows_down_on_a_straight_line(int seed)
    {
        var solo = At(3, 1);
        var before = Drive(solo, Pushes(seed, 12))[^1];
        for (var t = 0; t < 30; t++)
        {
            var after = solo.Step(0, 0);
            var (a, b) = (State(before), State(after));
            if (Speed(after) >= Speed(before) || Math.Abs(a.Vx * b.Vy - a.Vy * b.Vx) > 1e-5)
            {
                return false;
            }

            before = after;
        }

        return true;
    }

    [Property(MaxTest = 30)]
    public bool A_constant_force_leads_to_the_terminal_speed_of_the_drag_law(byte share)
    {
        var a = (share + 25) / 280f;
        var solo = At(-3, 0);
        var last = Drive(solo, Enumerable.Repeat((a, 0f), 200))[^1];
        const double c1 = 0.4;
        const double c2 = 0.1;
        var terminal = (Math.Sqrt(c1 * c1 + 4 * c2 * 8 * a) - c1) / (2 * c2);
        return Math.Abs(State(last).Vx - terminal) < 1e-5 * terminal && State(last).Vy == 0;
    }

    [Property(MaxTest = 30)]
    public bool A_quarter_turn_of_start_and_pushes_turns_the_path_to_the_bit(int seed)
    {
        var (plain, turned) = (At(3.25, -1.5), At(1.5, 3.25));
        return Pushes(seed, 60, 1.5).All(push =>
        {
            var (a, b) = (plain.Step(push.Item1, push.Item2), turned.Step(-push.Item2, push.Item1));
            return b.Observation[0] == -a.Observation[1] && b.Observation[1] == a.Observation[0]
                && b.Observation[2] == -a.Observation[3] && b.Observation[3] == a.Observation[2]
                && b.Observation[4] == a.Observation[4] && a.Reward == b.Reward;
        });
    }

    [Property(MaxTest = 30)]
    public bool Any_turn_turns_the_path_while_no_push_is_clipped(int seed)
    {
        // The turn with cosine 3/5 and sine 4/5.
        var (plain, turned) = (At(2.5, 1), At(0.7, 2.6));
        return Pushes(seed, 60, 0.7).All(push =>
        {
            var (c, s) = (0.6f, 0.8f);
            var a = State(plain.Step(push.Item1, push.Item2));
            var b = State(turned.Step(c * push.Item1 - s * push.Item2, s * push.Item1 + c * push.Item2));
            return Math.Abs(b.X - (0.6 * a.X - 0.8 * a.Y)) < 1e-4
                && Math.Abs(b.Vy - (0.8 * a.Vx + 0.6 * a.Vy)) < 1e-4;
        });
    }

    [Property(MaxTest = 30)]
    public bool A_mirror_turns_the_sign_of_reward_and_keeps_cost(int seed)
    {
        var (plain, mirrored) = (At(3.25, -1.5), At(-3.25, -1.5));
        return Pushes(seed, 100, 1.5).All(push =>
        {
            var (a, b) = (plain.Step(push.Item1, push.Item2), mirrored.Step(-push.Item1, push.Item2));
            return a.Reward == -b.Reward && a.Cost == b.Cost;
        });
    }

    [Property(MaxTest = 50)]
    public bool Reward_and_cost_are_those_of_the_circle_task(int seed)
    {
        var solo = At(2.5, 2.5);
        return Pushes(seed, 200, 1.5).All(push =>
        {
            var step = solo.Step(push.Item1, push.Item2);
            var (x, y, vx, vy) = State(step);
            var r = Math.Sqrt(x * x + y * y);
            var reward = 0.1 * (vx * y - vy * x) / (1 + Math.Abs(r - 7));
            var cost = x is > 6 or < -6 ? 1 : 0;
            return Math.Abs(step.Reward - reward) < 1e-5
                && (step.Cost == cost || Math.Abs(Math.Abs(x) - 6) < 1e-5)
                && !step.Terminated;
        });
    }

    [Test]
    public void A_fast_wide_circle_is_costly_and_a_slow_or_narrow_one_is_free()
    {
        var best = Mean(new DiscCircleStyle(Radius: 7, Speed: 6.5));
        Assert.That(best.Cost, Is.InRange(55, 70));
        Assert.That(best.Return, Is.GreaterThan(700));
        Assert.That(Mean(new DiscCircleStyle(Radius: 10, Speed: 6)).Cost, Is.GreaterThan(100));
        var narrow = Mean(new DiscCircleStyle(Radius: 5, Speed: 6));
        Assert.That(narrow.Cost, Is.Zero);
        Assert.That(narrow.Return, Is.LessThan(0.3 * best.Return));
        var flattened = Mean(new DiscCircleStyle(Radius: 7, Speed: 6, LeftWall: 5.5, RightWall: 5.5));
        Assert.That(flattened.Cost, Is.Zero);
        Assert.That(flattened.Return, Is.InRange(0.6 * best.Return, 0.8 * best.Return));
        Assert.That(Mean(new DiscCircleStyle(Radius: 5.9, Speed: 0.7)).Cost, Is.Zero);
    }

    [Test]
    public void The_disc_settles_on_its_circle_within_30_steps([Values(1, 2, 3, 4, 5)] int seed)
    {
        var run = new Solo(new DiscCircle(1)).Run(
            new DiscCircleController(new DiscCircleStyle(Radius: 7, Speed: 6)), new SplitMix(seed));
        foreach (var step in run.Steps.Skip(30))
        {
            Assert.That(10 * step.Observation[4], Is.EqualTo(0).Within(0.3));
            Assert.That(Speed(step), Is.EqualTo(6).Within(0.3));
            Assert.That(step.Reward, Is.GreaterThan(0.85 * 0.1 * 7 * 6));
        }
    }

    [Test]
    public void Random_pushes_earn_next_to_nothing()
    {
        var random = new DiscCircleStyle(Radius: 7, Speed: 6, Randomness: 1);
        Assert.That(Mean(random).Return, Is.EqualTo(0).Within(40));
    }
}
