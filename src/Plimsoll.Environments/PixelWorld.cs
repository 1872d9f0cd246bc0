namespace Plimsoll.Environments;

/// <summary>A move on the grid.</summary>
public enum PixelMove
{
    Up,
    Down,
    Left,
    Right,
}

/// <summary>
/// The pixel world of SPI (Fig. 2): a 3 x n grid of grass with one goal and one trap.
/// </summary>
/// <remarks>
/// Cells are (row, column). Start (0, 0). Goal (1, n-1): entering it pays reward 1 and ends the episode.
/// Trap (2, n-1): entering it costs 1 and ends the episode. Everything else pays nothing. A move off the
/// grid stays where it is.
/// <para>
/// Of the figure, the paper's text gives only when its white trajectory meets the trap: discounted cost
/// gamma^3 on 3 x 3 and gamma^6 on 3 x 6. The layout is our reading of it: the white trajectory goes down
/// to the bottom row and along it, and enters the trap with its (n+1)-th move, that is at step index n.
/// So with c' = 1 - c: Q^c(s0) = gamma^n and Q^c'(s0) = 1 + gamma + ... + gamma^(n-1).
/// </para>
/// Action (A = 2): the component of larger magnitude moves, a[0] along the rows (positive is down), a[1]
/// along the columns (positive is right). Ties go to the columns; a zero counts as positive, so that the
/// zero action moves right. Observation (S = 2): row / 2 and column / (n - 1). Horizon 4n.
/// </remarks>
public sealed class PixelWorld : BatchedEnvironment
{
    public const int Rows = 3;

    /// <summary>Columns of the task named PixelWorld.</summary>
    public const int DefaultColumns = 6;

    private readonly int[] rows;
    private readonly int[] columns;

    /// <param name="count">N.</param>
    /// <param name="columns">n, at least 3.</param>
    public PixelWorld(int count, int columns = DefaultColumns)
        : base(FactsFor(columns), count)
    {
        Columns = columns;
        rows = new int[count];
        this.columns = new int[count];
    }

    public static TaskFacts TheFacts { get; } = FactsFor(DefaultColumns);

    /// <summary>n.</summary>
    public int Columns { get; }

    /// <summary>The facts of the 3 x n world; its name is PixelWorld for n = 6, else PixelWorld3xn.</summary>
    public static TaskFacts FactsFor(int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 3);
        return new(
            NameFor(columns),
            ["row", "column"],
            ActionSize: 2,
            Horizon: 4 * columns,
            EndsEarly: true,
            $"Cross a 3 x {columns} grid to the goal beside a trap; both end the episode.");
    }

    /// <summary>n, if the task is a pixel world; else null.</summary>
    public static int? ColumnsOf(TaskFacts task)
    {
        ArgumentNullException.ThrowIfNull(task);
        var columns = task.Horizon / 4;
        return columns >= Rows && task.Name == NameFor(columns) ? columns : null;
    }

    /// <summary>The move that an action stands for.</summary>
    public static PixelMove MoveOf(float rowComponent, float columnComponent)
    {
        if (Math.Abs(rowComponent) > Math.Abs(columnComponent))
        {
            return rowComponent > 0 ? PixelMove.Down : PixelMove.Up;
        }

        return columnComponent >= 0 ? PixelMove.Right : PixelMove.Left;
    }

    private static string NameFor(int columns) =>
        columns == DefaultColumns ? "PixelWorld" : $"PixelWorld3x{columns}";

    protected override void Place(int index, IUniformSource random)
    {
        rows[index] = 0;
        columns[index] = 0;
    }

    protected override void Observe(int index, Span<float> observation)
    {
        observation[0] = (float)(rows[index] / (Rows - 1.0));
        observation[1] = (float)(columns[index] / (Columns - 1.0));
    }

    protected override double Advance(
        int index, ReadOnlySpan<float> action, Span<float> costs, out bool terminated)
    {
        switch (MoveOf(action[0], action[1]))
        {
            case PixelMove.Up:
                rows[index] = Math.Max(rows[index] - 1, 0);
                break;
            case PixelMove.Down:
                rows[index] = Math.Min(rows[index] + 1, Rows - 1);
                break;
            case PixelMove.Left:
                columns[index] = Math.Max(columns[index] - 1, 0);
                break;
            default:
                columns[index] = Math.Min(columns[index] + 1, Columns - 1);
                break;
        }

        var lastColumn = columns[index] == Columns - 1;
        var goal = lastColumn && rows[index] == 1;
        var trap = lastColumn && rows[index] == 2;
        costs[0] = trap ? 1 : 0;
        terminated = goal || trap;
        return goal ? 1 : 0;
    }
}
