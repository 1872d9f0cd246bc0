using Plimsoll.Learning.Safety;

namespace Plimsoll.Learning.Algorithms;

/// <summary>What BCQ-Lag and BEAR-Lag have in common.</summary>
/// <param name="Common">Networks, rates and draws.</param>
/// <param name="Mixing">Weight in [0, 1] of the careful one of both halves of a double ensemble in
/// targets.</param>
/// <param name="Gains">Of the multiplier's controller.</param>
/// <param name="Normalised">The actor's loss is divided by 1 + λ.</param>
public sealed record LagrangianSettings(
    ConstrainedSettings Common, double Mixing, PidGains Gains, bool Normalised);
