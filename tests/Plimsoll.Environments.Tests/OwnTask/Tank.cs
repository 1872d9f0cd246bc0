namespace Plimsoll.Environments;

/// <summary>A day at a water tank: a valve fills it, a town empties it.</summary>
/// <remarks>
/// State: level l in [0, 1], uniform at the start, and hour h. Action a: the valve lets 0.2 (a + 1) in.
/// The town asks for d = 0.3 in the first 12 hours, then 0.1, and gets g = min(l, d), which is the reward.
/// l' = l - g + 0.2 (a + 1); where that is above 1 the tank overflows: cost 1, and l' = 1.
/// </remarks>
public sealed class Tank : BatchedEnvironment
{
    private readonly double[] levels;
    private readonly int[] hours;

    /// <param name="count">N.</param>
    public Tank(int count)
        : base(TheFacts, count)
    {
        levels = new double[count];
        hours = new int[count];
    }

    public static TaskFacts TheFacts { get; } = new(
        "Tank",
        ["level", "hour"],
        ActionSize: 1,
        Horizon: 24,
        EndsEarly: false,
        "Keep a town in water for a day; an hour in which the tank overflows costs 1.");

    protected override void Place(int index, IUniformSource random)
    {
        levels[index] = random.NextUniform();
        hours[index] = 0;
    }

    protected override void Observe(int index, Span<float> observation)
    {
        observation[0] = (float)levels[index];
        observation[1] = (float)(hours[index] / 24.0);
    }

    protected override double Advance(
        int index, ReadOnlySpan<float> action, Span<float> costs, out bool terminated)
    {
        var given = Math.Min(levels[index], hours[index] < 12 ? 0.3 : 0.1);
        var level = levels[index] - given + 0.2 * (Clip(action[0]) + 1);
        costs[0] = level > 1 ? 1 : 0;
        levels[index] = Math.Min(level, 1);
        hours[index]++;
        terminated = false;
        return given;
    }
}
