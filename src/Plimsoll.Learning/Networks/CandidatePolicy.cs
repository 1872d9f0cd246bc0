using Plimsoll.Learning.Diffusion;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Networks;

/// <summary>How one of several candidates is chosen by its value.</summary>
public enum Extraction
{
    /// <summary>The best; the first of those at a tie.</summary>
    Argmax,

    /// <summary>Candidate j with probability exp(Q_j) / Σ exp(Q_k), as Diffusion-QL does.</summary>
    Softmax,
}

/// <summary>The names of extractions in parameters and files.</summary>
public static class Extractions
{
    public static string NameOf(Extraction extraction) => extraction switch
    {
        Extraction.Argmax => "argmax",
        Extraction.Softmax => "softmax",
        _ => throw new ArgumentOutOfRangeException(nameof(extraction), extraction, "no such extraction"),
    };

    /// <summary>The extraction of a name; null if there is none.</summary>
    public static Extraction? Find(string name)
    {
        foreach (var extraction in Enum.GetValues<Extraction>())
        {
            if (NameOf(extraction) == name) return extraction;
        }
        return null;
    }

    /// <exception cref="ArgumentOutOfRangeException">There is none of that name.</exception>
    public static Extraction Of(string name) =>
        Find(name) ?? throw new ArgumentOutOfRangeException(nameof(name), name, "no such extraction");
}

/// <summary>
/// SPI's extracted policy (equation 12): n actions from a diffusion model, of which the value
/// min_e Q_e(s, a) of an ensemble chooses one. Shapes: s [B, S], a [B, A] in [-1, 1], normals [B, n D].
/// Normals of one action, candidate by candidate: D = T A for the steps back, and for a softmax 2 more, of which
/// -log((z1² + z2²)/2) is a Gumbel number exactly and the largest Q_j + Gumbel_j is a sample (Gumbel, 1954).
/// Candidate j has the same draws whatever n, so with equal seeds more candidates are never worse by the critic.
/// Candidates go through the networks in portions, each of so many that no layer holds more than 4 million numbers
/// unless the batch has them by itself; portions change no bit.
/// </summary>
public sealed class CandidatePolicy : IMarkovPolicy
{
    /// <summary>Largest n.</summary>
    public const int MostCandidates = 1000;

    /// <summary>Largest number of normals that an action may take.</summary>
    public const int MostNormals = 1 << 17;

    /// <summary>Numbers of a layer's output that are computed at once, if the batch has not more by itself.</summary>
    internal const long MostNumbers = 1 << 22;

    private readonly Mlp critic;
    private readonly DdpmSchedule schedule;

    /// <param name="network">The diffusion model: noisy action [B, A], step [B] and state [B, S] to noise [B, A].</param>
    /// <param name="critic">Q_e(s, a), input [a, s] [B, A + S], output [E, B, 1].</param>
    /// <param name="schedule">T and its coefficients.</param>
    /// <param name="candidates">n.</param>
    /// <param name="extraction">How one of them is chosen.</param>
    /// <exception cref="ArgumentOutOfRangeException">See <see cref="Fits"/>.</exception>
    public CandidatePolicy(
        NoiseNetwork network, Mlp critic, DdpmSchedule schedule, int candidates, Extraction extraction)
    {
        if (!Fits(candidates, schedule.Steps, network.ActionSize))
            throw new ArgumentOutOfRangeException(nameof(candidates), candidates, "too many or too few candidates");
        (Network, this.critic, this.schedule) = (network, critic, schedule);
        (Candidates, Extraction) = (candidates, extraction);
    }

    public NoiseNetwork Network { get; }

    public Mlp Critic => critic;

    public DdpmSchedule Schedule => schedule;

    /// <summary>n.</summary>
    public int Candidates { get; }

    public Extraction Extraction { get; }

    public int ObservationSize => Network.ObservationSize;

    public int ActionSize => Network.ActionSize;

    /// <inheritdoc/>
    public int Normals => Candidates * Draws;

    /// <summary>All that must be saved.</summary>
    public IReadOnlyList<StateArray> Arrays => [.. Network.Arrays, .. critic.Parameters];

    /// <summary>T A, normals of the steps back.</summary>
    private int Proposal => schedule.Steps * ActionSize;

    /// <summary>D, normals of a candidate.</summary>
    private int Draws => Proposal + (Extraction == Extraction.Softmax ? 2 : 0);

    /// <summary>Whether a policy of so many candidates, reverse steps and action components is within the bounds.
    /// </summary>
    public static bool Fits(int candidates, int steps, int actionSize) =>
        candidates is >= 1 and <= MostCandidates && steps is >= 1 and <= DdpmSchedule.MostSteps
        && (long)candidates * (steps * (long)actionSize + 2) <= MostNormals;

    /// <summary>Candidates that go through the networks at once.</summary>
    internal int Portion(int rows)
    {
        var widest = Math.Max(
            Network.Network.Widths.Max(axis => (long)axis.Size),
            critic.Widths.Max(axis => (long)axis.Size) * (critic.Ensemble?.Size ?? 1));
        return (int)Math.Clamp(MostNumbers / (rows * widest), 1, Candidates);
    }

    /// <inheritdoc/>
    public Node Act(GraphBuilder g, Node observation, Node? normals = null)
    {
        ArgumentNullException.ThrowIfNull(normals);
        var portion = Portion(observation.Shape[0].Size);
        var choice = new CandidateChoice(g);
        for (var first = 0; first < Candidates; first += portion)
        {
            var taken = Math.Min(portion, Candidates - first);
            var (actions, values) = Propose(g, observation, normals, first, taken);
            for (var j = 0; j < taken; j++)
            {
                var value = g.Squeeze(g.Columns(values, j, new Axis("J", 1)));
                if (Extraction == Extraction.Softmax) value += Gumbel(g, normals, first + j);
                choice.Offer(g.Columns(actions, j * ActionSize, new Axis("A", ActionSize)), value);
            }
        }
        return choice.Action;
    }

    /// <summary>Candidates first.. of every state: actions [B, K A] and values [B, K].</summary>
    private (Node Actions, Node Values) Propose(GraphBuilder g, Node observation, Node normals, int first, int taken)
    {
        var (batch, states) = (observation.Shape[0], observation.Shape[1]);
        var rows = batch with { Size = batch.Size * taken };
        var repeated = g.Reshape(
            taken == 1 ? observation : g.Concat("K", [.. Enumerable.Repeat(observation, taken)]),
            new Shape(rows, states));
        var draws = g.Reshape(
            g.Columns(normals, first * Draws, new Axis("Z", taken * Draws)), new Shape(rows, new Axis("Z", Draws)));
        var actions = Network.Sample(g, schedule, repeated, draws);
        var values = g.MinLeading(Networks.Critic.Values(g, critic, actions, repeated));
        return (
            g.Reshape(actions, new Shape(batch, new Axis("K", taken * ActionSize))),
            g.Reshape(values, new Shape(batch, new Axis("K", taken))));
    }

    /// <summary>[B], of candidate j.</summary>
    private Node Gumbel(GraphBuilder g, Node normals, int j) =>
        -g.Log(g.SumLast(g.Square(g.Columns(normals, j * Draws + Proposal, new Axis("G", 2)))) * 0.5f);
}

/// <summary>The best of the actions offered so far, row by row; the first of those at a tie. A value that is no number
/// is less than every other.</summary>
internal sealed class CandidateChoice(GraphBuilder g)
{
    private Node? action, value;

    /// <summary>[B, A].</summary>
    internal Node Action => action ?? throw new InvalidOperationException("nothing was offered");

    /// <param name="offered">[B, A].</param>
    /// <param name="worth">[B].</param>
    internal void Offer(Node offered, Node worth)
    {
        if (action is null || value is null)
        {
            // No later value would be greater than one that is no number.
            var least = g.Constant(float.NegativeInfinity, worth.Shape);
            (action, value) = (offered, g.Select(g.GreaterThan(worth, least), worth, least));
            return;
        }
        var better = g.GreaterThan(worth, value);
        action = g.Select(g.BroadcastColumn(better, offered.Shape[^1]), offered, action);
        value = g.Select(better, worth, value);
    }
}
