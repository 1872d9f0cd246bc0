using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Networks;

/// <summary>
/// BCQ's policy (Fujimoto et al., arXiv 1812.02900, section 4.2): an action that the decoder of the
/// behaviour's autoencoder proposes for a code z, N(0, 1) clipped to ±½, perturbed within reach. Of N
/// proposals it takes the one whose smallest Q_r is largest, the first at a tie; with N = 1 it has no critic
/// and is as OSRL acts, at random. Shapes: s [B, S], a [B, A]; it draws N Z numbers an action, Z the
/// decoder's latent size.</summary>
public sealed class BatchConstrainedPolicy : IMarkovPolicy
{
    /// <param name="decoder">[s, z] to an action before its tanh.</param>
    /// <param name="perturbation">Follows the decoder.</param>
    /// <param name="value">Q_r of each member; null where there is one proposal.</param>
    /// <param name="proposals">N, at least 1.</param>
    public BatchConstrainedPolicy(Mlp decoder, PerturbationActor perturbation, Mlp? value, int proposals)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(proposals, 1);
        if (value is null != (proposals == 1))
            throw new ArgumentException(
                $"{proposals} proposals {(value is null ? "need a" : "use no")} critic", nameof(value));
        (Decoder, Perturbation, Value, Proposals) = (decoder, perturbation, value, proposals);
    }

    public Mlp Decoder { get; }

    public PerturbationActor Perturbation { get; }

    public Mlp? Value { get; }

    /// <summary>N.</summary>
    public int Proposals { get; }

    /// <summary>Z of one proposal.</summary>
    public int LatentSize => Decoder.Widths[0].Size - ObservationSize;

    public int ObservationSize => Perturbation.Network.Widths[0].Size - ActionSize;

    public int ActionSize => Decoder.Widths[^1].Size;

    public int Normals => Proposals * LatentSize;

    public IReadOnlyList<StateArray> Parameters =>
        [.. Decoder.Parameters, .. Perturbation.Parameters, .. Value?.Parameters ?? []];

    /// <inheritdoc/>
    public Node Act(GraphBuilder g, Node observation, Node? normals = null)
    {
        ArgumentNullException.ThrowIfNull(normals);
        var latent = new Axis("Z", LatentSize);
        var action = Propose(g, observation, g.Columns(normals, 0, latent));
        if (Value is null) return action;
        var best = Worth(g, Value, action, observation);
        for (var n = 1; n < Proposals; n++)
        {
            var other = Propose(g, observation, g.Columns(normals, n * LatentSize, latent));
            var worth = Worth(g, Value, other, observation);
            var better = g.GreaterThan(worth, best);
            action = g.Select(g.BroadcastColumn(better, action.Shape[^1]), other, action);
            best = g.Maximum(worth, best);
        }
        return action;
    }

    private Node Propose(GraphBuilder g, Node observation, Node normals)
    {
        var code = g.Clamp(normals, -ConditionalVae.PriorClip, ConditionalVae.PriorClip);
        return Perturbation.Act(
            g, observation, g.Tanh(Decoder.Forward(g, g.Concat("X", observation, code))));
    }

    private static Node Worth(GraphBuilder g, Mlp value, Node action, Node observation) =>
        g.MinLeading(Critic.Values(g, value, action, observation));
}
