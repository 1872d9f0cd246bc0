using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Networks;

/// <summary>Sizes of a <see cref="CausalTransformer"/>.</summary>
/// <param name="Context">K, time steps that the network sees.</param>
/// <param name="Horizon">L, the longest episode; time steps lie in 0..L + K - 1.</param>
/// <param name="Width">W of a token; a multiple of the heads.</param>
/// <param name="Dropout">On embeddings, attention weights and residual branches while the network is
/// trained.</param>
public sealed record CausalTransformerSizes(
    int Context, int Horizon, int Width = 128, int Blocks = 3, int Heads = 8, float Dropout = 0.1f);

/// <summary>Stretches of trajectories, padded at the end.</summary>
/// <param name="ReturnToGo">R̂ [B, K].</param>
/// <param name="CostToGo">Ĉ [B, K], as the algorithm transforms it.</param>
/// <param name="Observation">[B, K, S].</param>
/// <param name="Action">[B, K, A]; the slot of a step that is still to act is 0.</param>
/// <param name="Time">Whole numbers [B, K] in 0..L + K - 1; what lies outside is held at the ends.</param>
/// <param name="Mask">[B, K]: 1 for steps, 0 for padding; null: no padding. What padding holds enters no
/// valid output.</param>
public readonly record struct TrajectoryWindow(
    Node ReturnToGo, Node CostToGo, Node Observation, Node Action, Node Time, Node? Mask);

/// <summary>What the network says for every step.</summary>
/// <param name="Action">π(a_t | what came before a_t), [B, K, A]; the log deviation is not clamped.</param>
/// <param name="CostLogits">[B, K, C=2]: does step t cost nothing, or something.</param>
/// <param name="NextObservation">Prediction of s_(t+1), [B, K, S].</param>
public readonly record struct StepPrediction(DiagonalGaussian Action, Node CostLogits, Node NextObservation);

/// <summary>
/// The constrained decision transformer's network (CDT, Liu et al., arXiv 2302.07351; after Chen
/// et al., arXiv 2106.01345): tokens R̂_t, Ĉ_t, s_t, a_t, each a linear embedding plus a learnt one of the
/// time step; LayerNorm and dropout; pre-normalised causal blocks; LayerNorm. Heads: the action from the
/// state token, cost class and next state from the action token. All weights start N(0, 0.02²).
/// </summary>
public sealed class CausalTransformer
{
    private const int TokensPerStep = 4;
    private const string Row = "R";

    private readonly Layers layers;
    private readonly Axis width, observation, action;
    private readonly StateArray times;
    private readonly LinearLayer embedReturn, embedCost, embedObservation, embedAction;
    private readonly LinearLayer actionHead, costHead, observationHead;
    private readonly NormLayer first, last;
    private readonly List<TransformerBlock> blocks = [];

    private CausalTransformer(
        TrainingState state, string name, int observationSize, int actionSize, CausalTransformerSizes sizes)
    {
        Sizes = sizes;
        layers = new Layers(state, name);
        width = new Axis("W", sizes.Width);
        (observation, action) = (new Axis("S", observationSize), new Axis("A", actionSize));
        var number = new Axis("I", 1);
        times = layers.Table("embed/time", new Axis("L", sizes.Horizon + sizes.Context), width);
        embedReturn = layers.Linear("embed/return", number, width);
        embedCost = layers.Linear("embed/cost", number, width);
        embedObservation = layers.Linear("embed/observation", observation, width);
        embedAction = layers.Linear("embed/action", action, width);
        first = layers.Norm("first-norm", width);
        for (var i = 0; i < sizes.Blocks; i++)
            blocks.Add(new TransformerBlock(layers, i, width, sizes.Heads));
        last = layers.Norm("last-norm", width);
        actionHead = layers.Linear("head/action", width, new Axis("M", 2 * actionSize));
        costHead = layers.Linear("head/cost", width, new Axis("C", 2));
        observationHead = layers.Linear("head/observation", width, observation);
    }

    public CausalTransformerSizes Sizes { get; }

    public IReadOnlyList<StateArray> Parameters => layers.Parameters;

    /// <summary>Adds a network to the state, initialised.</summary>
    public static CausalTransformer Create(
        TrainingState state, string name, int observationSize, int actionSize, CausalTransformerSizes sizes,
        RandomRoot random)
    {
        var network = new CausalTransformer(state, name, observationSize, actionSize, sizes);
        network.layers.InitialiseNormal002(random);
        return network;
    }

    /// <summary>A network whose weights are zeros, or are already in the state under that name.</summary>
    public static CausalTransformer Declare(
        TrainingState state, string name, int observationSize, int actionSize,
        CausalTransformerSizes sizes) =>
        new(state, name, observationSize, actionSize, sizes);

    /// <summary>Predictions for every step of every window. Those of step t depend on nothing that comes
    /// later.</summary>
    /// <param name="dropout">Where the masks come from while training; null: evaluation, no dropout.</param>
    public StepPrediction Forward(GraphBuilder g, TrajectoryWindow window, DropoutStreams? dropout)
    {
        var (batch, steps) = (window.Time.Shape[0], window.Time.Shape[1]);
        var tokens = new Axis("T", TokensPerStep * steps.Size);
        var x = g.Reshape(Embed(g, window), new Shape(new Axis(Row, batch.Size * tokens.Size), width));
        x = first.Of(g, x);
        x = dropout?.Apply(g, x, Sizes.Dropout, 0) ?? x;
        var keys = window.Mask is { } mask
            ? g.Reshape(g.BroadcastColumn(mask, new Axis("kind", TokensPerStep)), new Shape(batch, tokens))
            : null;
        foreach (var block in blocks) x = block.Of(g, x, batch, tokens, keys, Sizes.Dropout, dropout);
        return Read(g, last.Of(g, x), batch, steps);
    }

    /// <summary>[B K, 4 W]: the tokens of a step side by side, in the order R̂, Ĉ, s, a, so that reading it
    /// row by row gives them in turn.</summary>
    private Node Embed(GraphBuilder g, TrajectoryWindow window)
    {
        var time = Rows(g.Lookup(times, g.ToRows(window.Time, times.Shape[0].Size)));
        return g.Concat(
            "4W",
            embedReturn.Of(g, Rows(g.Unsqueeze(window.ReturnToGo, "I"))) + time,
            embedCost.Of(g, Rows(g.Unsqueeze(window.CostToGo, "I"))) + time,
            embedObservation.Of(g, Rows(window.Observation)) + time,
            embedAction.Of(g, Rows(window.Action)) + time);

        Node Rows(Node y) => g.MergeLeading(y, Row);
    }

    private StepPrediction Read(GraphBuilder g, Node x, Axis batch, Axis steps)
    {
        var byStep = g.Reshape(
            x, new Shape(new Axis(Row, batch.Size * steps.Size), new Axis("4W", TokensPerStep * width.Size)));
        var (ofState, ofAction) = (Token(2), Token(3));
        var spread = Steps(actionHead.Of(g, ofState));
        return new StepPrediction(
            new DiagonalGaussian(g.Columns(spread, 0, action), g.Columns(spread, action.Size, action)),
            Steps(costHead.Of(g, ofAction)), Steps(observationHead.Of(g, ofAction)));

        Node Token(int kind) => g.Columns(byStep, kind * width.Size, width);

        Node Steps(Node y) => g.SplitLeading(y, batch, steps);
    }
}
