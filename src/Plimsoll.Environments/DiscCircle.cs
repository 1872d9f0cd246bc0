namespace Plimsoll.Environments;

/// <summary>
/// A disc is pushed over a plane with drag and earns by circling fast and clockwise at radius 7, while
/// being farther than 6 from the line x = 0 costs: BallCircle's reward and cost without its engine.
/// </summary>
/// <remarks>
/// State: position p = (x, y) in m, velocity v in m/s. Force F = 8 N * clip(a, -1, 1) per axis, mass
/// m = 1 kg, drag (c1 + c2 |v|) v with c1 = 0.4 N s/m, c2 = 0.1 N s^2/m^2. One step of h = 0.1 s is
/// semi-implicit Euler, drag implicit at the old speed and position by the new velocity:
/// <code>
/// v' = (v + h F / m) / (1 + h (c1 + c2 |v|) / m),   p' = p + h v'
/// </code>
/// so that drag takes energy at any speed, and a constant force F leads to the terminal speed of the
/// continuous law, c1 v + c2 v^2 = F: about 7.2 m/s along an axis.
/// <para>
/// After the step, with r = |p|: reward = 0.1 (y vx - x vy) / (1 + |r - 7|) and cost = 1 when |x| > 6,
/// as in Bullet-Safety-Gym's Circle task (no action term: a disc has no reward of its own to add).
/// Start: (x, y) uniform in [-4, 4]^2, redrawn until 2 &lt;= r &lt;= 4, at rest. Horizon 200, no early end.
/// </para>
/// A circle of radius R >= 6 spends the share 4 arccos(6/R) / 2 pi of its time at |x| > 6: 0.34 at radius
/// 7, where reward is largest, so about a third of the 200 steps, and 0.59 at radius 10. Radii up to 6, and
/// wider paths that are flat beside the boundary, cost nothing.
/// Observation (S = 5): 0.1 x, 0.1 y, 0.2 vx, 0.2 vy, (r - 7) / 10. BallCircle adds three angular
/// velocities; a disc does not roll, and three columns of zeros would only trip the dataset checks.
/// </remarks>
public sealed class DiscCircle : BatchedEnvironment
{
    /// <summary>Mass in kg.</summary>
    public const double Mass = 1.0;

    /// <summary>Largest force along each axis in N.</summary>
    public const double MaxForce = 8.0;

    /// <summary>c1, N s/m.</summary>
    public const double LinearDrag = 0.4;

    /// <summary>c2, N s^2/m^2.</summary>
    public const double QuadraticDrag = 0.1;

    /// <summary>Seconds a step.</summary>
    public const double TimeStep = 0.1;

    /// <summary>Radius of the circle that pays most, m.</summary>
    public const double CircleRadius = 7.0;

    /// <summary>|x| beyond this costs, m.</summary>
    public const double Boundary = 6.0;

    public const double StartInnerRadius = 2.0;
    public const double StartOuterRadius = 4.0;

    private const int Width = 4;

    /// <summary>[N, 4]: x, y, vx, vy.</summary>
    private readonly double[] states;

    public DiscCircle(int count)
        : base(TheFacts, count)
    {
        states = new double[Width * count];
    }

    public static TaskFacts TheFacts { get; } = new(
        "DiscCircle",
        ["0.1 x", "0.1 y", "0.2 vx", "0.2 vy", "(r - 7) / 10"],
        ActionSize: 2,
        Horizon: 200,
        EndsEarly: false,
        "Circle fast and wide with a pushed disc; being beyond |x| = 6 costs.");

    /// <summary>0.1 (y vx - x vy) / (1 + |r - 7|): clockwise motion near the circle pays.</summary>
    public static double RewardOf(double x, double y, double vx, double vy) =>
        0.1 * (y * vx - x * vy) / (1 + Math.Abs(Length(x, y) - CircleRadius));

    /// <summary>1 beyond the boundary, else 0.</summary>
    public static double CostOf(double x) => Math.Abs(x) > Boundary ? 1 : 0;

    protected override void Place(int index, IUniformSource random)
    {
        double x, y, r;
        do
        {
            x = StartOuterRadius * (2 * random.NextUniform() - 1);
            y = StartOuterRadius * (2 * random.NextUniform() - 1);
            r = Length(x, y);
        }
        while (r < StartInnerRadius || r > StartOuterRadius);
        var state = states.AsSpan(Width * index, Width);
        state[0] = x;
        state[1] = y;
        state[2] = 0;
        state[3] = 0;
    }

    protected override void Observe(int index, Span<float> observation)
    {
        var state = states.AsSpan(Width * index, Width);
        observation[0] = (float)(0.1 * state[0]);
        observation[1] = (float)(0.1 * state[1]);
        observation[2] = (float)(0.2 * state[2]);
        observation[3] = (float)(0.2 * state[3]);
        observation[4] = (float)((Length(state[0], state[1]) - CircleRadius) / 10);
    }

    protected override double Advance(
        int index, ReadOnlySpan<float> action, Span<float> costs, out bool terminated)
    {
        var state = states.AsSpan(Width * index, Width);
        var push = TimeStep * MaxForce / Mass;
        var drag = 1 + TimeStep * (LinearDrag + QuadraticDrag * Length(state[2], state[3])) / Mass;
        state[2] = (state[2] + push * Clip(action[0])) / drag;
        state[3] = (state[3] + push * Clip(action[1])) / drag;
        state[0] += TimeStep * state[2];
        state[1] += TimeStep * state[3];
        costs[0] = (float)CostOf(state[0]);
        terminated = false;
        return RewardOf(state[0], state[1], state[2], state[3]);
    }

    private static double Length(double x, double y) => Math.Sqrt(x * x + y * y);
}
