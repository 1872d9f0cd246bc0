using NUnit.Framework;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Tests.Laws;
using static Plimsoll.Learning.Tests.Laws.Inputs;

namespace Plimsoll.Learning.Tests.Safety;

public sealed class GradientManipulationTests
{
    // Angles lie in whole degrees from 1 to 179, sizes within 1e4 of each other: factors reach 1e4 and cancel
    // down to sin^2(1 degree) = 3e-4, so a few roundings of 1e-16 stay below 1e-9 of the larger gradient.
    private const double Rounding = 1e-9;

    [Test]
    public void A_conflict_by_hand()
    {
        // r = (1,0), c = (-1,1): r+ = (1/2,1/2), c+ = (0,1), their average (1/4,3/4) = 1 r + 3/4 c.
        Assert.That(GradientManipulation.Combine(1f, -1f, 2f), Is.EqualTo(new GradientWeights(1f, 0.75f)));
        // x_r = 3/4: 3/4 r+ + 1/4 c+ = (3/8,5/8) = 1 r + 5/8 c. The appendix's printed form gives otherwise.
        Assert.That(
            GradientManipulation.Combine(1f, -1f, 2f, 0.75), Is.EqualTo(new GradientWeights(1f, 0.625f)));
    }

    [Law]
    public bool In_conflict_it_is_the_weighted_sum_of_the_two_projections(Gradients g, Fraction share)
    {
        var conflict = Dot(g.Reward, g.Cost) < 0.0;
        var reward = conflict ? Across(g.Reward, g.Cost) : g.Reward;
        var cost = conflict ? Across(g.Cost, g.Reward) : g.Cost;
        var expected = Plus(Times(share.Value, reward), Times(1.0 - share.Value, cost));
        return Near(Combined(g, share.Value), expected, g);
    }

    [Law]
    public bool It_conflicts_with_neither_gradient(Gradients g, Fraction share)
    {
        var combined = Combined(g, share.Value);
        return Dot(combined, g.Reward) >= -Rounding * Norm(g.Reward) * Largest(g)
            && Dot(combined, g.Cost) >= -Rounding * Norm(g.Cost) * Largest(g);
    }

    [Law]
    public bool In_conflict_the_gain_is_the_share_of_the_squared_sine(Gradients g, Fraction share)
    {
        var rc = Dot(g.Reward, g.Cost);
        var squaredSine = 1.0 - rc * rc / (Dot(g.Reward, g.Reward) * Dot(g.Cost, g.Cost));
        var combined = Combined(g, share.Value);
        return rc >= 0.0
            || (Math.Abs(Dot(combined, g.Reward) - share.Value * Dot(g.Reward, g.Reward) * squaredSine)
                    <= Rounding * Norm(g.Reward) * Largest(g)
                && Math.Abs(Dot(combined, g.Cost) - (1.0 - share.Value) * Dot(g.Cost, g.Cost) * squaredSine)
                    <= Rounding * Norm(g.Cost) * Largest(g));
    }

    [Law]
    public bool Each_projection_is_orthogonal_to_the_other_gradient(Gradients g)
    {
        if (Dot(g.Reward, g.Cost) >= 0.0)
        {
            return true;
        }
        // A share of 1 leaves g_r+ alone, a share of 0 g_c+.
        return Math.Abs(Dot(Combined(g, 1.0), g.Cost)) <= Rounding * Norm(g.Cost) * Largest(g)
            && Math.Abs(Dot(Combined(g, 0.0), g.Reward)) <= Rounding * Norm(g.Reward) * Largest(g);
    }

    [Law]
    public bool It_is_the_plain_average_exactly_when_the_gradients_agree(Gradients g)
    {
        var product = Dot(g.Reward, g.Cost);
        // At the right angle itself the product is a rounding error of either sign, and so are the weights'
        // parts.
        return Math.Abs(product) <= 1e-12 * Norm(g.Reward) * Norm(g.Cost)
            || Weights(g, 0.5) == (0.5, 0.5) == product > 0.0;
    }

    [Law]
    public bool Exchanging_the_gradients_exchanges_the_weights(Gradients g, Fraction share)
    {
        var (reward, cost) = Weights(g, share.Value);
        var (other, one) = Weights(new Gradients(g.Cost, g.Reward), 1.0 - share.Value);
        return Math.Abs(reward - one) <= Rounding * (1.0 + Math.Abs(one))
            && Math.Abs(cost - other) <= Rounding * (1.0 + Math.Abs(other));
    }

    [Law]
    public bool Turning_both_gradients_turns_the_result(Gradients g, Fraction turn)
    {
        var angle = 2.0 * Math.PI * turn.Value;
        double[] Turned(double[] x)
        {
            var y = (double[])x.Clone();
            y[0] = Math.Cos(angle) * x[0] - Math.Sin(angle) * x[^1];
            y[^1] = Math.Sin(angle) * x[0] + Math.Cos(angle) * x[^1];
            return y;
        }
        // Near a right angle rounding may choose the other branch, which is continuous there.
        return Near(
            Combined(new Gradients(Turned(g.Reward), Turned(g.Cost)), 0.5), Turned(Combined(g, 0.5)), g);
    }

    [Law]
    public bool Scaling_one_gradient_scales_only_its_own_projection(Gradients g, Scale scale)
    {
        if (Dot(g.Reward, g.Cost) >= 0.0)
        {
            return true;
        }
        // By at most 32, which keeps the smallest squared norm above the guard at 1e-12.
        var factor = Math.Sqrt(scale.Value);
        var scaled = new Gradients(g.Reward, Times(factor, g.Cost));
        var expected =
            Plus(Times(0.5, Across(g.Reward, g.Cost)), Times(0.5 * factor, Across(g.Cost, g.Reward)));
        return Near(Combined(scaled, 0.5), expected, scaled);
    }

    [Law]
    public bool It_is_continuous_at_the_right_angle(Scale reward, Scale cost)
    {
        var (rr, cc) = (reward.Value * reward.Value, cost.Value * cost.Value);
        var slight = -1e-9 * reward.Value * cost.Value; // cosine -1e-9
        var (r, c) = GradientManipulation.CombineDouble(rr, slight, cc);
        // The weights move by cosine/2 times the ratio of the norms.
        return Math.Abs(r - 0.5) <= 0.51e-9 * cost.Value / reward.Value + 1e-15
            && Math.Abs(c - 0.5) <= 0.51e-9 * reward.Value / cost.Value + 1e-15
            && r > 0.5 - 1e-15 && c > 0.5 - 1e-15;
    }

    [Law]
    public bool Opposite_gradients_stall(Scale size, Scale ratio)
    {
        // Dots as binary32 gives them: each within a few roundings of the exact value.
        var rr = (float)(size.Value * size.Value);
        var rc = (float)(-ratio.Value * size.Value * size.Value) * (1f + 2e-7f);
        var cc = (float)(ratio.Value * ratio.Value * size.Value * size.Value);
        return GradientManipulation.Combine(rr, rc, cc) == new GradientWeights(0f, 0f)
            || rr < 1e-12f || cc < 1e-12f;
    }

    [Test]
    public void A_gradient_that_is_not_opposite_does_not_stall()
    {
        // One degree off: sin^2 = 3.0e-4.
        var cosine = Math.Cos(179.0 * Math.PI / 180.0);
        var weights = GradientManipulation.Combine(1f, (float)cosine, 1f);
        Assert.That(weights.Reward, Is.EqualTo(0.5 * (1.0 - cosine)).Within(1e-6));
        Assert.That(weights.Cost, Is.EqualTo(0.5 * (1.0 - cosine)).Within(1e-6));
    }

    [Test]
    public void Without_a_cost_gradient_half_of_the_reward_gradient_is_left()
    {
        Assert.That(GradientManipulation.Combine(4f, 0f, 0f).Reward, Is.EqualTo(0.5f));
        Assert.That(GradientManipulation.Combine(0f, 0f, 4f).Cost, Is.EqualTo(0.5f));
    }

    [Test]
    public void Tiny_gradients_are_averaged_instead_of_divided_by()
    {
        var half = new GradientWeights(0.5f, 0.5f);
        Assert.That(GradientManipulation.Combine(1f, -1e-7f, 0.99e-12f), Is.EqualTo(half));
        Assert.That(GradientManipulation.Combine(0.99e-12f, -1e-7f, 1f), Is.EqualTo(half));
        Assert.That(GradientManipulation.Combine(1f, -1e-7f, 1.01e-12f), Is.Not.EqualTo(half));
        Assert.That(GradientManipulation.Combine(0f, -0f, 0f), Is.EqualTo(half));
        Assert.That(
            GradientManipulation.Combine(0f, -0f, 0f, 0.25), Is.EqualTo(new GradientWeights(0.25f, 0.75f)));
    }

    [Test]
    public void Float_weights_keep_the_guarantee_on_long_vectors()
    {
        var random = new Random(5);
        for (var trial = 0; trial < 50; trial++)
        {
            var mix = random.NextSingle();
            var r = Enumerable.Range(0, 2000).Select(_ => random.NextSingle() - 0.5f).ToArray();
            var c = r.Select(x => mix * (random.NextSingle() - 0.5f) - x).ToArray();
            float Product(float[] x, float[] y) =>
                x.Zip(y, (a, b) => a * b).Aggregate(0f, (sum, v) => sum + v);
            var (wr, wc) = GradientManipulation.Combine(Product(r, r), Product(r, c), Product(c, c));
            var g = r.Zip(c, (a, b) => (double)wr * a + (double)wc * b).ToArray();
            var reward = r.Zip(g, (a, b) => a * b).Sum();
            var cost = c.Zip(g, (a, b) => a * b).Sum();
            // 2000 additions one by one in binary32: relative errors of up to 1e-5 in a dot of size |r|^2 ~
            // 170.
            Assert.That(reward, Is.GreaterThanOrEqualTo(-5e-3));
            Assert.That(cost, Is.GreaterThanOrEqualTo(-5e-3));
        }
    }

    [Test]
    public void A_share_outside_zero_to_one_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientManipulation.Combine(1f, 0f, 1f, 1.1));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => GradientManipulation.Combine(1f, 0f, 1f, double.NaN));
    }

    private static (double Reward, double Cost) Weights(Gradients g, double share) =>
        GradientManipulation.CombineDouble(
            Dot(g.Reward, g.Reward), Dot(g.Reward, g.Cost), Dot(g.Cost, g.Cost), share);

    private static double[] Combined(Gradients g, double share)
    {
        var (reward, cost) = Weights(g, share);
        return Plus(Times(reward, g.Reward), Times(cost, g.Cost));
    }

    private static double[] Across(double[] x, double[] y) => Plus(x, Times(-Dot(x, y) / Dot(y, y), y));

    private static double Norm(double[] x) => Math.Sqrt(Dot(x, x));

    private static double Largest(Gradients g) => Math.Max(Norm(g.Reward), Norm(g.Cost));

    private static bool Near(double[] actual, double[] expected, Gradients g) =>
        Norm(Plus(actual, Times(-1.0, expected))) <= Rounding * Largest(g);
}
