using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// How the gradients of reward loss and cost loss move the policy: by Adam down the one that is there, and
/// where both are, by their combination (arXiv 2502.12391, equation 12), taken over the whole parameter
/// vector. Deterministic: bitwise.
/// </summary>
internal abstract class PolicyDescent
{
    private PolicyDescent()
    {
    }

    internal static PolicyDescent Of(
        Combination combination, TrainingState state, IReadOnlyList<StateArray> parameters) =>
        combination == Combination.Displacements
            ? new OfDisplacements(state, parameters)
            : new OfGradients(state, parameters);

    /// <summary>One step; at least one of the gradients is given.</summary>
    internal abstract void Step(GraphBuilder g, Node[]? reward, Node[]? cost, Node rate);

    /// <summary>Equation 12 for two vectors in parts. Its guarantees hold for the result, not for what an
    /// optimiser makes of it.</summary>
    /// <param name="measure">What the vectors are divided by before they are compared, up to a factor of two: the
    /// weights are the same for vectors of any size, but what is tiny is told by <see
    /// cref="GradientManipulation.TinySquaredNorm"/>. Null: nothing.</param>
    internal static Node[] Combine(GraphBuilder g, Node[] reward, Node[] cost, Node? measure = null)
    {
        var (r, c) = (Scaled(g, reward, measure), Scaled(g, cost, measure));
        Node[] products = [g.Dot(r, r), g.Dot(r, c), g.Dot(c, c)];
        var weightReward = g.ScalarFunction(
            "reward weight", p => GradientManipulation.Combine(p[0], p[1], p[2]).Reward, products);
        var weightCost = g.ScalarFunction(
            "cost weight", p => GradientManipulation.Combine(p[0], p[1], p[2]).Cost, products);
        return [.. reward.Zip(cost, (x, y) => g.TimesScalar(x, weightReward) + g.TimesScalar(y, weightCost))];
    }

    /// <summary>By a power of two, so that no product is rounded otherwise than without.</summary>
    private static Node[] Scaled(GraphBuilder g, Node[] vector, Node? measure)
    {
        if (measure is null) return vector;
        var factor = g.ScalarFunction("scale", m => Reciprocal(m[0]), measure);
        return [.. vector.Select(part => g.TimesScalar(part, factor))];
    }

    /// <summary>1/x to within a factor of two, as a power of two; of 0 the largest.</summary>
    private static float Reciprocal(float x)
    {
        var exponent = Math.Clamp((BitConverter.SingleToInt32Bits(x) >> 23) & 0xFF, 1, 253);
        return BitConverter.Int32BitsToSingle((254 - exponent) << 23);
    }

    /// <summary>One Adam state; raw gradients are combined and Adam scales the result.</summary>
    private sealed class OfGradients(TrainingState state, IReadOnlyList<StateArray> parameters) : PolicyDescent
    {
        private readonly AdamOptimiser optimiser = new(state, "adam-policy", parameters);

        internal override void Step(GraphBuilder g, Node[]? reward, Node[]? cost, Node rate)
        {
            var gradients = reward is not null && cost is not null ? Combine(g, reward, cost) : reward ?? cost!;
            g.Adam(optimiser, gradients, rate);
        }
    }

    /// <summary>θ &lt;- θ + combine(Δ_r, Δ_c), where Δ is what an Adam step from θ would add; each loss has
    /// an Adam state of its own, which moves only in steps that use that loss.</summary>
    private sealed class OfDisplacements : PolicyDescent
    {
        private readonly IReadOnlyList<StateArray> parameters;
        private readonly AdamOptimiser reward, cost;

        internal OfDisplacements(TrainingState state, IReadOnlyList<StateArray> parameters)
        {
            this.parameters = parameters;
            (reward, cost) = (Optimiser(state, "reward"), Optimiser(state, "cost"));
        }

        internal override void Step(GraphBuilder g, Node[]? reward, Node[]? cost, Node rate)
        {
            var towardsReward = reward is null ? null : Displaced(g, this.reward, reward, rate);
            var towardsCost = cost is null ? null : Displaced(g, this.cost, cost, rate);
            if (towardsReward is not null && towardsCost is not null)
            {
                // Displacements are as small as the rate, however large the gradients.
                var down = Combine(g, towardsReward, towardsCost, rate).Select(d => -d);
                g.Sgd(parameters, [.. down], g.Constant(1f));
                return;
            }
            // Assigned rather than added, so that it is Adam's own step to the bit.
            var moved = (towardsReward is null ? this.cost : this.reward).Parameters;
            foreach (var (parameter, copy) in parameters.Zip(moved)) g.Assign(parameter, g.Read(copy));
        }

        /// <summary>Leaves the copies where Adam takes them, and says how far that is.</summary>
        private Node[] Displaced(GraphBuilder g, AdamOptimiser optimiser, Node[] gradients, Node rate)
        {
            foreach (var (parameter, copy) in parameters.Zip(optimiser.Parameters)) g.Assign(copy, g.Read(parameter));
            g.Adam(optimiser, gradients, rate);
            return [.. optimiser.Parameters.Zip(parameters, (copy, parameter) => g.Read(copy) - g.Read(parameter))];
        }

        private AdamOptimiser Optimiser(TrainingState state, string loss) => new(
            state, $"adam-policy-{loss}",
            [.. parameters.Select(p => state.GetOrAdd($"displaced-{loss}/{p.Name}", p.Shape))]);
    }
}
