using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Losses;

/// <summary>Negative log-likelihood of classes, in nats.</summary>
public static class CrossEntropy
{
    /// <summary>Two classes, one logit z and a label y in [0, 1] (soft labels too), any shape: -y log
    /// sigmoid(z) - (1 - y) log sigmoid(-z) = softplus(z) - y z, which is finite for every finite
    /// z.</summary>
    public static Node Binary(GraphBuilder g, Node logit, Node label) => g.Softplus(logit) - label * logit;

    /// <summary>-Σ_c y_c log softmax(z)_c for logits z [.., C] and class weights y [.., C] that add up to 1
    /// in each row, such as one-hot labels: [..].</summary>
    public static Node OfClasses(GraphBuilder g, Node logits, Node weights) =>
        -g.SumLast(weights * g.LogSoftmax(logits));

    /// <summary>One-hot rows [.., 2] of labels [..] that are 0 or 1: what <see cref="OfClasses"/>
    /// takes.</summary>
    /// <param name="classes">The axis of the two classes.</param>
    public static Node OneHot(GraphBuilder g, Node label, string classes = "C") =>
        g.Concat(classes, g.Unsqueeze(1f - label, classes), g.Unsqueeze(label, classes));

    /// <summary>-log sigmoid(x), any shape: what preference losses add up.</summary>
    public static Node NegativeLogSigmoid(GraphBuilder g, Node x) => g.Softplus(-x);
}
