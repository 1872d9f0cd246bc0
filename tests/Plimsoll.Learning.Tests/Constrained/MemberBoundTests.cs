using NUnit.Framework;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Tests.Laws;
using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Tests.Constrained;

public sealed class MemberBoundTests
{
    [Law]
    public bool A_mixture_lies_between_its_halves_and_moves_evenly_with_the_weight(Sample values, Fraction w)
    {
        using var c = new Calculation();
        double[] q = [.. values.Values, 1, -2, 0.5, 3];
        q = q[^4..];
        q[0] = values.Values[0];
        var (q1, q2) = (Math.Min(q[0], q[1]), Math.Min(q[2], q[3]));
        var (c1, c2) = (Math.Max(q[0], q[1]), Math.Max(q[2], q[3]));
        float Reward(double weight) => Mixed(c, q, MemberBound.Smallest, weight);
        float Cost(double weight) => Mixed(c, q, MemberBound.Largest, weight);
        var (less, more) = (w.Value / 2, w.Value);
        return Reward(1) == (float)Math.Min(q1, q2) && Reward(0) == (float)Math.Max(q1, q2)
            && Cost(1) == (float)Math.Max(c1, c2) && Cost(0) == (float)Math.Min(c1, c2)
            && Math.Abs(Reward(more) - (more * Math.Min(q1, q2) + (1 - more) * Math.Max(q1, q2))) <= 1e-5
            && Reward(more) <= Reward(less) + 1e-5 && Cost(more) >= Cost(less) - 1e-5;
    }

    [Test]
    public void The_gradient_goes_to_the_members_that_were_taken_by_their_weights()
    {
        using var c = new Calculation();
        var values = c.Given([4, 1, 3, 2], new Axis("E", 4), new Axis("B", 1));
        Assert.Multiple(() =>
        {
            Assert.That(
                c.Slope(MemberBounds.Mixed(c.Graph, values, MemberBound.Smallest, 0.75f), values),
                Is.EqualTo(new[] { 0f, 0.75f, 0, 0.25f }));
            Assert.That(
                c.Slope(MemberBounds.Mixed(c.Graph, values, MemberBound.Largest, 0.75f), values),
                Is.EqualTo(new[] { 0.75f, 0, 0.25f, 0 }));
        });
    }

    [Test]
    public void An_odd_ensemble_has_no_halves()
    {
        using var c = new Calculation();
        var values = c.Given([4, 1, 3], new Axis("E", 3), new Axis("B", 1));
        Assert.Throws<ShapeException>(() => MemberBounds.Mixed(c.Graph, values, MemberBound.Smallest, 0.5f));
    }

    private static float Mixed(Calculation c, double[] values, MemberBound bound, double weight) => c.Value(
        MemberBounds.Mixed(c.Graph, c.Given(values, new Axis("E", 4), new Axis("B", 1)), bound, (float)weight))[0];
}
