using NUnit.Framework;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Constrained;

public sealed class DualWeightTests
{
    [TestCase(0.3f, 0.1f)]
    [TestCase(-0.3f, 0.1f)]
    [TestCase(0f, 0.1f)]
    [TestCase(4000f, 1f)]
    [TestCase(-4000f, 1f)]
    public void The_logarithm_climbs_the_slope_and_stays_within_its_bound(float slope, float rate)
    {
        var (log, expected) = (Logs(slope, rate, 6), 0.0);
        foreach (var value in log)
        {
            var last = expected;
            expected = Math.Clamp(last + rate * Math.Exp(last) * slope, -5, 5);
            Assert.That(value, Is.EqualTo(expected).Within(1e-5));
            Assert.That(Math.Sign(expected - last), Is.EqualTo(Math.Abs(last) == 5 ? 0 : Math.Sign(slope)));
        }
    }

    private static List<float> Logs(float slope, float rate, int steps)
    {
        using var team = new Team(1);
        using var state = new TrainingState();
        var weight = new DualWeight(state, "l");
        var g = new GraphBuilder();
        weight.Climb(g, g.Input("slope", Shape.Scalar) + 0f, rate);
        using var program = Program.Compile(g, team);
        var logs = new List<float>();
        for (var step = 0; step < steps; step++)
        {
            program.Input("slope")[0] = slope;
            program.Run(step);
            logs.Add(state["l"].Values[0]);
        }
        return logs;
    }
}
