using NUnit.Framework;
using Plimsoll.Environments.Tests.Support;

namespace Plimsoll.Environments.Tests;

public class PointNavTests
{
    private static Solo At(double x, double y)
    {
        var solo = new Solo(new PointNav(1));
        solo.Reset(new Given(x, y));
        return solo;
    }

    [Test]
    public void The_last_step_of_an_episode_is_the_one_taken_in_the_goal()
    {
        var solo = At(0.2, 0.1);
        var arriving = solo.Step(-1, 0);
        Assert.That(arriving.Observation[0], Is.EqualTo(0.1f).Within(1e-6));
        Assert.That(arriving.Reward, Is.EqualTo(-0.2f).Within(1e-6), "paid at distance 0.1, before the move");
        Assert.That(arriving.Terminated, Is.False);
        var last = solo.Step(1, 1);
        Assert.That(last.Reward, Is.EqualTo(-0.1f).Within(1e-6), "paid at the goal");
        Assert.That(last.Terminated, Is.True);
        Assert.That(last.Observation[0], Is.EqualTo(0.2f).Within(1e-6));
    }

    [Test]
    public void Cost_is_paid_where_an_action_is_taken_and_not_where_it_leads()
    {
        var leaving = At(0.5, 0.21).Step(0, -1);
        Assert.That(leaving.Cost, Is.EqualTo(1));
        var entering = At(0.5, 0.19);
        Assert.That(entering.Step(0, 1).Cost, Is.EqualTo(0));
        Assert.That(entering.Step(0, 1).Cost, Is.EqualTo(1));
    }

    [Test]
    public void A_step_is_a_tenth_of_the_action_along_each_axis_and_stops_at_the_walls()
    {
        var inside = At(0.4, 0.6).Step(0.5f, -1);
        Assert.That(inside.Observation[0], Is.EqualTo(0.45f).Within(1e-6));
        Assert.That(inside.Observation[1], Is.EqualTo(0.5f).Within(1e-6));
        var corner = At(0.95, 0.03).Step(1, -1);
        Assert.That((corner.Observation[0], corner.Observation[1]), Is.EqualTo((1f, 0f)));
    }

    [Test]
    public void A_point_may_reach_the_goal_with_its_last_step_and_is_then_cut_off()
    {
        var solo = At(0.2, 0.1);
        for (var t = 0; t < 99; t++)
        {
            Assert.That(solo.Step(0, 0).Ended, Is.False);
        }

        var last = solo.Step(-1, 0);
        Assert.That((last.Terminated, last.Truncated), Is.EqualTo((false, true)));
    }

    [Test]
    public void The_end_at_the_goal_takes_precedence_over_the_time_limit()
    {
        var solo = At(0.2, 0.1);
        for (var t = 0; t < 98; t++)
        {
            solo.Step(0, 0);
        }

        solo.Step(-1, 0);
        var last = solo.Step(0, 0);
        Assert.That((last.Terminated, last.Truncated), Is.EqualTo((true, false)));
    }

    [Test]
    public void Starts_in_the_goal_are_drawn_again()
    {
        var solo = new Solo(new PointNav(1));
        var first = solo.Reset(new Given(0.12, 0.09, 0.7, 0.2));
        Assert.That((first[0], first[1]), Is.EqualTo((0.7f, 0.2f)));
    }

    [Test]
    public void Starts_are_uniform_in_the_square()
    {
        var random = new SplitMix(4);
        var solo = new Solo(new PointNav(1));
        var starts = Enumerable.Range(0, 20000).Select(_ => solo.Reset(random)).ToArray();
        var inHazard = starts.Count(s => Math.Sqrt(Square(s[0] - 0.5) + Square(s[1] - 0.5)) < 0.3) / 20000.0;
        var share = Math.PI * 0.09 / (1 - Math.PI * 0.0025);
        Assert.That(inHazard, Is.EqualTo(share).Within(4 * Math.Sqrt(share * (1 - share) / 20000)));
        Assert.That(starts.Average(s => s[0]), Is.EqualTo(0.503).Within(0.01));
    }

    [Property(MaxTest = 100)]
    public bool Reward_cost_and_end_follow_from_the_state_before_the_action(int seed)
    {
        var random = new SplitMix(seed);
        var solo = new Solo(new PointNav(1));
        var seen = solo.Reset(random);
        for (var t = 0; t < 100; t++)
        {
            var step = solo.Step(random.NextAction() - 0.3f, random.NextAction() - 0.3f);
            var toGoal = Math.Sqrt(Square(seen[0] - 0.1) + Square(seen[1] - 0.1));
            var toHazard = Math.Sqrt(Square(seen[0] - 0.5) + Square(seen[1] - 0.5));
            if (Math.Abs(step.Reward + toGoal + 0.1) > 1e-6
                || (Math.Abs(toHazard - 0.3) > 1e-6 && step.Cost != (toHazard < 0.3 ? 1 : 0))
                || (Math.Abs(toGoal - 0.05) > 1e-6 && step.Terminated != toGoal < 0.05)
                || step.Truncated != (t == 99 && !step.Terminated))
            {
                return false;
            }

            if (step.Ended)
            {
                return true;
            }

            seen = step.Observation;
        }

        return false;
    }

    [Test]
    public void The_observation_ends_with_the_task_s_constants()
    {
        var first = new Solo(new PointNav(1)).Reset(new Given(0.25, 0.75));
        Assert.That(first, Is.EqualTo(new[] { 0.25f, 0.75f, 0.5f, 0.5f, 0.3f, 0.1f, 0.1f }));
    }

    private static double Square(double x) => x * x;
}
