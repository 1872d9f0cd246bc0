using Plimsoll.Learning.Safety;

namespace Plimsoll.Learning.Tests.LookAhead;

/// <summary>What the critics of BCQ-Lag and BEAR-Lag descend and what their actor's loss is made of, in binary64.
/// Each choice can be made wrongly, so that a test can say that it would see that.</summary>
internal sealed record LagrangianReference(Drawn Drawn, Snapshot Before, Snapshot After, int Batch, int Draws)
{
    internal const double Discount = 0.5, Scale = 0.7, Mixing = 0.75;

    internal bool OsrlCompat { get; init; }

    /// <summary>Where the look ahead stands.</summary>
    internal string Ahead { get; init; } = "next";

    /// <summary>What the names of the networks end in that look ahead.</summary>
    internal string Target { get; init; } = "-target";

    internal bool SwappedBounds { get; init; }

    internal bool SwappedWeights { get; init; }

    internal bool FirstDrawAlone { get; init; }

    internal bool NoEnds { get; init; }

    /// <summary>Σ_e mean (Q_e(s, a) - y)², y = signal + γ (1 - end) max_j of the mixed ensembles.</summary>
    /// <param name="critic">Its name.</param>
    /// <param name="cost">Whose signal, bound and ends.</param>
    /// <param name="next">a' by state, row and draw.</param>
    internal double CriticLoss(string critic, bool cost, Func<double[], int, int, double[]> next)
    {
        var sum = 0.0;
        for (var b = 0; b < Batch; b++)
        {
            var ahead = double.NegativeInfinity;
            var state = Drawn.Row(Ahead, b, 2);
            for (var j = 0; j < (FirstDrawAlone ? 1 : Draws); j++)
            {
                var values = Before.Values(critic + Target, 4, state, next(state, b, j));
                ahead = Math.Max(ahead, Mixed(values, largest: (cost && !OsrlCompat) != SwappedBounds));
            }
            var end = Drawn.One("terminal", b);
            if (OsrlCompat) end = cost ? 0 : Math.Max(end, Drawn.One("timeout", b));
            if (NoEnds) end = 0;
            var y = (cost ? Drawn.One("c", b) : Scale * Drawn.One("r", b)) + Discount * (1 - end) * ahead;
            sum += Before.Values(critic, 4, Drawn.Row("s", b, 2), Drawn.Row("a", b, 1)).Sum(q => (q - y) * (q - y));
        }
        return sum / Batch;
    }

    /// <summary>Mean over the batch of the smallest Q_r, and of the Q_c that counts, at the actor's actions; by
    /// critics that have learnt in this step.</summary>
    internal (double Reward, double Cost) ActorValues(string reward, Func<double[], int, double[]> act)
    {
        var (r, c) = (0.0, 0.0);
        for (var b = 0; b < Batch; b++)
        {
            var s = Drawn.Row("s", b, 2);
            var a = act(s, b);
            r += After.Values(reward, 4, s, a).Min() / Batch;
            var costs = After.Values("cost-q", 4, s, a);
            c += (OsrlCompat ? costs.Min() : costs.Max()) / Batch;
        }
        return (r, c);
    }

    /// <summary>λ of the controller's memory before the step.</summary>
    internal double Multiplier(PidGains gains, double cost, double threshold)
    {
        var e = cost - threshold;
        var sum = Math.Max(Before["multiplier/integral"][0] + e, 0);
        var rise = Math.Max(e - Before["multiplier/error"][0], 0);
        return Math.Max(gains.Proportional * Math.Max(e, 0) + gains.Integral * sum + gains.Derivative * rise, 0);
    }

    private double Mixed(double[] q, bool largest)
    {
        double Half(double x, double y) => largest ? Math.Max(x, y) : Math.Min(x, y);
        var (first, second) = (Half(q[0], q[1]), Half(q[2], q[3]));
        var (careful, other) = (Half(first, second), first + second - Half(first, second));
        var w = SwappedWeights ? 1 - Mixing : Mixing;
        return w * careful + (1 - w) * other;
    }
}
