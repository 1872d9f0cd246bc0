namespace Plimsoll.Environments;

/// <summary>
/// A point walks through the unit square to a goal in one corner; a round hazard lies in the way.
/// </summary>
/// <remarks>
/// State p in [0, 1]^2. With action a in [-1, 1]^2 the point moves to clip(p + 0.1 a, 0, 1): the task's
/// action box of +-0.1 per axis is reached by scaling inside, so that all policies live in [-1, 1].
/// Goal g = (0.1, 0.1), hazard centre h = (0.5, 0.5). Start uniform in the square outside the goal disc.
/// <para>
/// Reward, cost and termination are functions of the state p in which the action is taken, not of the
/// one it leads to: reward = -|p - g| - 0.1, cost = 1 when |p - h| &lt; 0.3, terminated when
/// |p - g| &lt; 0.05. So a point that moves into the goal disc pays once more from there, and that step is
/// the episode's last: its action no longer matters, and the next observation it reports, p + 0.1 a,
/// is never followed. A start inside the hazard costs at least 1.
/// </para>
/// Observation (S = 7): x, y, then the constants hazard x, hazard y, hazard radius, goal x, goal y.
/// Five columns therefore never change; normalisation must not divide by their spread.
/// </remarks>
public sealed class PointNav : BatchedEnvironment
{
    /// <summary>Longest move along each axis in one step.</summary>
    public const double StepSize = 0.1;

    public const double GoalX = 0.1;
    public const double GoalY = 0.1;
    public const double GoalRadius = 0.05;
    public const double HazardX = 0.5;
    public const double HazardY = 0.5;
    public const double HazardRadius = 0.3;

    /// <summary>Paid with every step, on top of the distance to the goal.</summary>
    public const double StepPrice = 0.1;

    private readonly double[] positions;

    public PointNav(int count)
        : base(TheFacts, count)
    {
        positions = new double[2 * count];
    }

    public static TaskFacts TheFacts { get; } = new(
        "PointNav",
        ["x", "y", "hazard x", "hazard y", "hazard radius", "goal x", "goal y"],
        ActionSize: 2,
        Horizon: 100,
        EndsEarly: true,
        "Go to a goal past a round hazard; the episode ends at the goal.");

    /// <summary>-|p - g| - 0.1, the reward of any action taken at p = (x, y).</summary>
    public static double RewardAt(double x, double y) => -Distance(x - GoalX, y - GoalY) - StepPrice;

    /// <summary>1 inside the hazard, else 0: the cost of any action taken at p = (x, y).</summary>
    public static double CostAt(double x, double y) =>
        Distance(x - HazardX, y - HazardY) < HazardRadius ? 1 : 0;

    /// <summary>Whether an action taken at p = (x, y) is the episode's last.</summary>
    public static bool IsGoal(double x, double y) => Distance(x - GoalX, y - GoalY) < GoalRadius;

    protected override void Place(int index, IUniformSource random)
    {
        double x, y;
        do
        {
            x = random.NextUniform();
            y = random.NextUniform();
        }
        while (IsGoal(x, y));
        positions[2 * index] = x;
        positions[2 * index + 1] = y;
    }

    protected override void Observe(int index, Span<float> observation)
    {
        observation[0] = (float)positions[2 * index];
        observation[1] = (float)positions[2 * index + 1];
        observation[2] = (float)HazardX;
        observation[3] = (float)HazardY;
        observation[4] = (float)HazardRadius;
        observation[5] = (float)GoalX;
        observation[6] = (float)GoalY;
    }

    protected override double Advance(
        int index, ReadOnlySpan<float> action, Span<float> costs, out bool terminated)
    {
        var x = positions[2 * index];
        var y = positions[2 * index + 1];
        costs[0] = (float)CostAt(x, y);
        terminated = IsGoal(x, y);
        positions[2 * index] = Inside(x + StepSize * Clip(action[0]));
        positions[2 * index + 1] = Inside(y + StepSize * Clip(action[1]));
        return RewardAt(x, y);
    }

    private static double Inside(double coordinate) => Math.Min(1.0, Math.Max(0.0, coordinate));

    private static double Distance(double dx, double dy) => Math.Sqrt(dx * dx + dy * dy);
}
