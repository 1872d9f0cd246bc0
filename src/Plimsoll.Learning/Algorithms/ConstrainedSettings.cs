namespace Plimsoll.Learning.Algorithms;

/// <summary>What CPQ, BCQ-Lag and BEAR-Lag have in common.</summary>
/// <param name="Hidden">Widths of the hidden layers of actor and critics, each at least 1.</param>
/// <param name="VaeHidden">Widths of the hidden layers of both halves of the behaviour's autoencoder.</param>
/// <param name="Batch">B, transitions a step.</param>
/// <param name="Draws">M, actions drawn in each state wherever several are, at least 1.</param>
/// <param name="ActorLearningRate">Of Adam, above 0; constant.</param>
/// <param name="CriticLearningRate">Of Adam for both critics, above 0; constant.</param>
/// <param name="VaeLearningRate">Of Adam, above 0; constant.</param>
/// <param name="Beta">β of the autoencoder's divergence, above 0.</param>
/// <param name="Polyak">Rate of all target networks, in (0, 1].</param>
/// <param name="RewardScale">Factor on every reward, above 0; 0.1 in OSRL.</param>
public sealed record ConstrainedSettings(
    IReadOnlyList<int> Hidden, IReadOnlyList<int> VaeHidden, int Batch, int Draws, double ActorLearningRate,
    double CriticLearningRate, double VaeLearningRate, double Beta, double Polyak, double RewardScale);
