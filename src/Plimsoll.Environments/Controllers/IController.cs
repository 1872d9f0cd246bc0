namespace Plimsoll.Environments.Controllers;

/// <summary>
/// Scripted behaviour for collecting data. It remembers nothing between calls, so that one controller
/// can drive many environments: an action follows from the observation and the random numbers alone.
/// </summary>
public interface IController
{
    /// <param name="observation">[S].</param>
    /// <param name="action">[A], overwritten; every component in [-1, 1].</param>
    /// <param name="random">Source of the action noise.</param>
    void Act(ReadOnlySpan<float> observation, Span<float> action, IUniformSource random);
}
