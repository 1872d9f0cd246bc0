using NUnit.Framework;
using Plimsoll.Learning.Safety;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Safety;

public sealed class PidLagrangianTests
{
    [Test]
    public void Inputs_around_the_threshold_give_the_multipliers_worked_out_by_hand()
    {
        using var team = new Team(1);
        using var state = new TrainingState();
        var pid = new PidLagrangian(state, "pid", PidGains.Usual, threshold: 1);
        var g = new GraphBuilder();
        g.Output("multiplier", pid.Multiplier(g, g.Input("cost", Shape.Scalar)) + 0f);
        using var program = Program.Compile(g, team);
        var (multipliers, sums) = (new List<float>(), new List<float>());
        foreach (var cost in new[] { 2f, 3f, 0.5f, 0.5f, 1.5f })
        {
            program.Input("cost")[0] = cost;
            program.Run(multipliers.Count);
            multipliers.Add(program.Output("multiplier")[0]);
            sums.Add(state.Arrays.Single(a => a.Name == "pid/integral").Values[0]);
        }
        Assert.Multiple(() =>
        {
            Assert.That(multipliers, Is.EqualTo(new[] { 0.104f, 0.210f, 0.0075f, 0.0060f, 0.0585f }).Within(1e-7));
            Assert.That(sums, Is.EqualTo(new[] { 1f, 3f, 2.5f, 2f, 2.5f }));
        });
    }
}
