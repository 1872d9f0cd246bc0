using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// The action [B, A] that a policy's surrogate is taken at, and how it hangs on the parameters (arXiv
/// 2502.12391, section 4.2): m(s) for a Dirac policy, m(s) + σ ξ for a Gaussian one, ξ ~ N(0, I) for each
/// sample, σ constant or learned.
/// </summary>
internal sealed class SurrogateAction
{
    private readonly IReadOnlyList<StateArray> parameters;

    private SurrogateAction(IReadOnlyList<StateArray> parameters, Node action, Node point, Node? logDeviation) =>
        (this.parameters, Action, Point, LogDeviation) = (parameters, action, point, logDeviation);

    internal Node Action { get; }

    /// <summary>Where critics are asked: the action itself, draws clamped to the box of actions, [-1,
    /// 1].</summary>
    internal Node Point { get; }

    /// <summary>log σ [B, A]; null where it is not learned.</summary>
    internal Node? LogDeviation { get; }

    /// <param name="deviation">σ of the draws where the policy has none of its own; 0: its mean.</param>
    internal static SurrogateAction Of(
        GraphBuilder g, ISurrogatePolicy policy, double deviation, Node observation, RandomRoot random)
    {
        if (policy is GaussianPolicy gaussian)
        {
            var distribution = gaussian.Distribution(g, observation);
            return Drawn(distribution.Sample(g, Stream()), distribution.LogDeviation);
        }
        var mean = policy.Act(g, observation);
        return deviation == 0
            ? new SurrogateAction(policy.Parameters, mean, mean, null)
            : Drawn(mean + g.Normal(Stream(), mean.Shape) * (float)deviation, null);

        SurrogateAction Drawn(Node action, Node? logDeviation) =>
            new(policy.Parameters, action, g.Clamp(action, -1f, 1f), logDeviation);

        StreamAddress Stream() => random.Stream("surrogate-action");
    }

    /// <summary>Parameter gradients of the mean over states of a loss with this derivative by the action [B,
    /// A], which counts as constant; a learned deviation adds its entropy's part.</summary>
    internal Node[] Gradients(GraphBuilder g, Node direction, BehaviourPull pull)
    {
        var each = 1f / Action.Shape[0].Size;
        Node[] targets = [.. parameters.Select(g.Read)];
        if (LogDeviation is null) return g.VectorJacobian(Action, direction * each, targets);
        var loss = g.Sum(Action * g.Detach(direction * each))
            + g.Sum(LogDeviation * g.Detach(pull.OfLogDeviation(g, LogDeviation) * each));
        return g.Gradients(loss, targets);
    }
}
