namespace Plimsoll.Benchmarks;

/// <summary>The fewest floating-point operations of one step or call, and why it needs them.</summary>
public sealed record Floor(string Name, double Operations, string Reason);

/// <summary>
/// What the mathematics of a training step cannot do without: matrix products only, because element-wise work
/// is small beside them; one multiply-add counts as two operations. Divided by the peak of the fused
/// multiply-adds this is the least time that any program on the machine can take.
/// </summary>
/// <remarks>B batch, S state, A action, E ensemble members; hidden layers are 256 wide where
/// nothing else is said.</remarks>
public static class Floors
{
    private const int Hidden = 256;
    private const int Batch = 256;
    private const int CloningBatch = 512;
    private const int Twins = 2;
    private const int ActingBatch = 1000;

    // The behaviour model: trunk 256, three blocks that widen it four times, a time embedding of 128 from 64.
    private const int Wide = 1024;
    private const int Blocks = 3;
    private const int TimeFeatures = 64;
    private const int Embedding = 128;

    public static string Cloning => "behaviour cloning, batch 512";

    public static string RewardCritic => "IQL reward critic (twin Q, V), batch 256";

    public static string Warm => "warm start step, batch 256";

    public static string AdaptationCritics => "adaptation, critics and estimate (ensemble of 4), batch 256";

    public static string PolicyReward => "DRCORL policy step, reward (twin Q), batch 256";

    public static string PolicyCost => "DRCORL policy step, cost (ensemble of 4), batch 256";

    public static string PolicyBoth => "DRCORL policy step, both objectives, batch 256";

    public static string Acting => "act, batch 1000";

    public static string ActingAlone => "act, batch 1";

    public static string CostCritic(int members) =>
        $"cost critic ensemble of {members}, TD with policy action and policy-action penalty, batch 256";

    public static string Diffusion(int batch) => $"behaviour diffusion, batch {batch}";

    public static IReadOnlyList<Floor> Rows(int s, int a)
    {
        int[] q = [s + a, Hidden, Hidden, 1];
        int[] v = [s, Hidden, Hidden, 1];
        int[] pi = [s, Hidden, Hidden, a];
        var surrogate = Train(Batch, pi) + ScorePass(Batch, s, a);

        double Penalised(int members) => members * (Forward(Batch, q) + 2 * Train(Batch, q));

        double Guide(int members) => members * (Forward(Batch, q) + Back(Batch, q, a));

        return
        [
            new(Cloning, Train(CloningBatch, pi), "one forward and one backward pass of the policy"),
            new(
                RewardCritic,
                Forward(Batch, v) + Twins * Forward(Batch, q) + Train(Batch, v) + Twins * Train(Batch, q),
                "V(s'), the twin targets at (s, a); then V and both Q trained"),
            new(CostCritic(4), 2 * Forward(Batch, pi) + Penalised(4), CostReason),
            new(CostCritic(6), 2 * Forward(Batch, pi) + Penalised(6), CostReason),
            new(Diffusion(256), ScoreTraining(256, s, a), DiffusionReason),
            new(Diffusion(2048), ScoreTraining(2048, s, a), DiffusionReason),
            new(Warm, surrogate, "the policy trained; one forward pass of the score network"),
            new(
                AdaptationCritics,
                2 * Forward(Batch, pi) + Twins * (Forward(Batch, q) + Train(Batch, q))
                + Penalised(4) + 4 * Forward(Batch, q),
                "both share the policy at s' and s; the estimate needs the targets at (s, policy)"),
            new(PolicyReward, surrogate + Guide(2), "the warm start step and the action gradient of twins"),
            new(PolicyCost, surrogate + Guide(4), "the warm start step and the ensemble's action gradient"),
            new(
                PolicyBoth,
                surrogate + Parameters(Batch, pi) + Back(Batch, pi) + Guide(2) + Guide(4),
                "two backward passes of the policy after one forward pass, and both action gradients"),
            new(ActingAlone, Forward(1, pi), "one forward pass of the policy"),
            new(Acting, Forward(ActingBatch, pi), "one forward pass of the policy"),
        ];
    }

    /// <summary>Behaviour cloning with other batches and hidden widths.</summary>
    public static double CloningOf(int s, int a, int batch, int width) => Train(batch, [s, width, width, a]);

    /// <summary>The cost critic's step with other batches and hidden widths, the policy's too.</summary>
    public static double CostCriticOf(int s, int a, int members, int batch, int width)
    {
        int[] q = [s + a, width, width, 1], pi = [s, width, width, a];
        return 2 * Forward(batch, pi) + members * (Forward(batch, q) + 2 * Train(batch, q));
    }

    private static string DiffusionReason => "forward and backward of the score network, embedding included";

    private static string CostReason =>
        "the policy at s' and s; each member: its target, trained on the data and on the policy's action";

    /// <summary>Forward pass of a network of these widths.</summary>
    private static double Forward(int batch, params int[] widths) => 2.0 * batch * Products(widths);

    /// <summary>Gradients of a network's weights.</summary>
    private static double Parameters(int batch, params int[] widths) => 2.0 * batch * Products(widths);

    /// <summary>Gradients passed back to the first layer, and on into so many columns of the input.</summary>
    private static double Back(int batch, int[] widths, int inputColumns = 0) =>
        2.0 * batch * (Products(widths[1..]) + (double)inputColumns * widths[1]);

    private static double Train(int batch, int[] widths) =>
        Forward(batch, widths) + Parameters(batch, widths) + Back(batch, widths);

    /// <summary>Forward pass of the score network.</summary>
    private static double ScorePass(int batch, int s, int a) =>
        Trunk(s, a).Sum(layers => Forward(batch, layers))
        + Forward(batch, TimeFeatures, Embedding, Embedding);

    /// <summary>Its training. Of the input's gradient only the embedding's part is needed.</summary>
    private static double ScoreTraining(int batch, int s, int a) =>
        2 * ScorePass(batch, s, a)
        + Trunk(s, a)[1..].Sum(layers => 2.0 * batch * Products(layers)) + 2.0 * batch * Embedding * Hidden
        + Back(batch, [TimeFeatures, Embedding, Embedding]);

    private static int[][] Trunk(int s, int a) =>
    [
        [s + a + Embedding, Hidden],
        .. Enumerable.Repeat(new[] { Hidden, Wide, Hidden }, Blocks),
        [Hidden, a],
    ];

    private static double Products(int[] widths) => widths.Zip(widths[1..], (x, y) => (double)x * y).Sum();
}
