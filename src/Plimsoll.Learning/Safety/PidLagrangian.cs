using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Safety;

/// <summary>Gains of a <see cref="PidLagrangian"/>, each at least 0.</summary>
/// <param name="Proportional">K_P.</param>
/// <param name="Integral">K_I.</param>
/// <param name="Derivative">K_D.</param>
public readonly record struct PidGains(double Proportional, double Integral, double Derivative)
{
    /// <summary>Of OSRL and DRCORL.</summary>
    public static PidGains Usual => new(0.1, 0.003, 0.001);
}

/// <summary>What the controller remembers.</summary>
/// <param name="Error">e of the last step; 0 at the start.</param>
/// <param name="Integral">I >= 0; 0 at the start, and never reset.</param>
public readonly record struct PidMemory(float Error, float Integral);

/// <summary>
/// A Lagrange multiplier set by a PID controller (Stooke et al., arXiv 2007.03964, in OSRL's and DRCORL's form). For
/// a mean cost value q and its threshold: e = q - threshold, I = max(I + e, 0), D = max(e - e_old, 0) and
/// λ = max(0, K_P max(e, 0) + K_I I + K_D D). Stooke's own form has the signed error in P and the unclipped
/// previous cost in D. The multiplier is a number: no gradient flows through it. Deterministic: bitwise; e and I are
/// carried in binary32, the rest is computed in binary64.
/// </summary>
public sealed class PidLagrangian
{
    private readonly PidGains gains;
    private readonly float threshold;
    private readonly StateArray error, integral;

    /// <param name="state">Gets the memory, two numbers.</param>
    /// <param name="name">Of the arrays.</param>
    /// <param name="gains">K_P, K_I, K_D.</param>
    /// <param name="threshold">The setpoint, in the unit of q.</param>
    public PidLagrangian(TrainingState state, string name, PidGains gains, double threshold)
    {
        (this.gains, this.threshold) = (gains, (float)threshold);
        (error, integral) = (state.Add($"{name}/error", Shape.Scalar), state.Add($"{name}/integral", Shape.Scalar));
    }

    /// <summary>λ for the mean of q at this step, a scalar without gradient; the memory moves on. Once a program.
    /// </summary>
    public Node Multiplier(GraphBuilder g, Node meanCost)
    {
        var e = g.Detach(meanCost) - threshold;
        var (old, sum) = (g.Read(error), g.Read(integral));
        var multiplier = g.ScalarFunction(
            "pid multiplier", x => (float)Step(gains, new PidMemory(x[1], x[2]), x[0]).Multiplier, e, old, sum);
        var next = g.ScalarFunction(
            "pid integral", x => Step(default, new PidMemory(0, x[1]), x[0]).Memory.Integral, e, sum);
        g.Assign(integral, next);
        g.Assign(error, e);
        return multiplier;
    }

    /// <summary>One step of the controller for an error e.</summary>
    public static (double Multiplier, PidMemory Memory) Step(PidGains gains, PidMemory memory, float e)
    {
        var sum = Math.Max(memory.Integral + e, 0f);
        var rise = Math.Max(e - memory.Error, 0f);
        var multiplier = gains.Proportional * Math.Max(e, 0f) + gains.Integral * sum + gains.Derivative * rise;
        return (Math.Max(multiplier, 0), new PidMemory(e, sum));
    }
}
