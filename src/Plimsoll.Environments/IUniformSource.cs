namespace Plimsoll.Environments;

/// <summary>
/// Where environments, controllers and filters get their random numbers. The caller owns it, and with
/// it the seed and the stream: nothing here draws a number of its own.
/// </summary>
public interface IUniformSource
{
    /// <summary>The next number of the stream, uniform in the open interval (0, 1).</summary>
    double NextUniform();
}
