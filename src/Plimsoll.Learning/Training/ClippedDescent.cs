using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Training;

/// <summary>Optimiser steps with gradients clipped by their norm over all parameters of the
/// optimiser.</summary>
public static class ClippedDescent
{
    /// <summary>
    /// One step down the gradient of a scalar loss, each gradient times min(1, limit/(‖g‖ + 1e-6)) (Pascanu
    /// et al., arXiv 1211.5063, algorithm 1, in PyTorch's form).
    /// </summary>
    /// <returns>The factor, so that it can be recorded: below 1 where the gradient was clipped.</returns>
    public static Node MinimiseClipped(
        this GraphBuilder g, AdamOptimiser optimiser, Node loss, Node learningRate, float limit)
    {
        var gradients = g.Gradients(loss, [.. optimiser.Parameters.Select(g.Read)]);
        var factor = g.ClipFactor(gradients, limit);
        g.Adam(optimiser, gradients, learningRate, factor);
        return factor;
    }
}
