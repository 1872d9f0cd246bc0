namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// What measures the cost of the policy that is being trained, where data alone do not. An interface, so that
/// only who makes one has code that acts in a simulator: offline adaptation cannot come to it.
/// </summary>
public interface IMeasuredEstimate : IDisposable
{
    /// <summary>Whether a step measures. The first step does.</summary>
    bool IsDue(long step);

    /// <summary>The cost at a step, cost/episode; NaN where the policy's actions are not finite. The same for
    /// the same step and parameters.</summary>
    double At(long step);
}
