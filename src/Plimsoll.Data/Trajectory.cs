namespace Plimsoll.Data;

/// <summary>
/// One whole episode inside a <see cref="Dataset"/>: the rows <c>Start .. Start + Length - 1</c>.
/// </summary>
/// <param name="Start">First row, from 0.</param>
/// <param name="Length">Steps, at least 1.</param>
/// <param name="Return">Undiscounted sum of the rewards, added in binary64 in row order.</param>
/// <param name="Cost">Undiscounted sum of the costs, added in binary64 in row order; at least 0.</param>
/// <param name="Terminated">True when a terminal state ended it, false when a time limit did.</param>
public readonly record struct Trajectory(int Start, int Length, double Return, double Cost, bool Terminated)
{
    /// <summary>The row of the last step.</summary>
    public int LastRow => Start + Length - 1;

    /// <summary>The undiscounted cost keeps the limit: C &lt;= kappa.</summary>
    public bool IsWithin(double costLimit) => Cost <= costLimit;
}
