using Plimsoll.Environments;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Rollouts;

/// <summary>Hands the numeric core's random numbers to environments and controllers.</summary>
internal sealed class UniformSource(SequentialRandom random) : IUniformSource
{
    public double NextUniform() => random.NextUniform();
}
