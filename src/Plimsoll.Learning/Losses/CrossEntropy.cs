using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Losses;

/// <summary>Negative log-likelihood of classes, in nats.</summary>
public static class CrossEntropy
{
    /// <summary>Two classes, one logit z and a label y in [0, 1] (soft labels too), any shape:
    /// -y log sigmoid(z) - (1 - y) log sigmoid(-z) = softplus(z) - y z, which is finite for every finite z.</summary>
    public static Node Binary(GraphBuilder g, Node logit, Node label) => g.Softplus(logit) - label * logit;

    /// <summary>-log sigmoid(x), any shape: what preference losses add up.</summary>
    public static Node NegativeLogSigmoid(GraphBuilder g, Node x) => g.Softplus(-x);
}
