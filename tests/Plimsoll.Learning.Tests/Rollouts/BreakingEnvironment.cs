using Plimsoll.Environments;

namespace Plimsoll.Learning.Tests.Rollouts;

/// <summary>
/// A point that drifts by its actions; an engine that gives up where a rule of (start, step) says so. The start is a
/// number in (0, 1) that the episode's random numbers give.
/// </summary>
internal sealed class BreakingEnvironment(int count, Func<double, int, bool> breaks, int horizon = 20)
    : BatchedEnvironment(FactsOf(horizon), count)
{
    private readonly double[] starts = new double[count];
    private readonly double[] places = new double[count];
    private readonly int[] steps = new int[count];

    internal static TaskFacts FactsOf(int horizon = 20) => new(
        "Breaking", ["place", "start"], 1, horizon, false, "an engine that gives up");

    protected override void Place(int index, IUniformSource random)
    {
        starts[index] = random.NextUniform();
        (places[index], steps[index]) = (starts[index], 0);
    }

    protected override void Observe(int index, Span<float> observation)
    {
        observation[0] = (float)places[index];
        observation[1] = (float)starts[index];
    }

    protected override double Advance(int index, ReadOnlySpan<float> action, Span<float> costs, out bool terminated)
    {
        terminated = false;
        if (breaks(starts[index], ++steps[index]))
        {
            // What an engine leaves behind is no state.
            places[index] = double.NaN;
            throw new SimulationException("Breaking", index, $"start {starts[index]}, step {steps[index]}");
        }
        places[index] += 0.1 * Clip(action[0]);
        costs[0] = places[index] > 1 ? 1 : 0;
        return places[index];
    }
}
