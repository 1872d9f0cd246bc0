using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Rollouts;

/// <summary>
/// A policy compiled for acting in a fixed number N of episodes side by side, a row each. What happens in a row
/// depends on nothing but the policy, the seed that the row's episode began with and what was told of it: not on the
/// other rows, nor on when they begin. Acting allocates nothing.
/// </summary>
public abstract class Actor : IDisposable
{
    /// <summary>The role of the final evaluation.</summary>
    internal const string Evaluation = "evaluate";

    /// <summary>[N, S], to be filled before <see cref="Act"/>.</summary>
    public abstract Span<float> Observations { get; }

    /// <summary>A new episode in a row: forgets the last one.</summary>
    /// <param name="row">0 to N - 1.</param>
    /// <param name="seed">What a policy that draws takes its random numbers from.</param>
    public virtual void Begin(int row, long seed)
    {
    }

    /// <summary>The next action of every row, [N, A], valid until the next call. Rows without an episode act on
    /// whatever their observation holds.</summary>
    public abstract ReadOnlySpan<float> Act();

    /// <summary>What the row's latest action brought. Rows may be told by different threads at the same time.</summary>
    public virtual void Told(int row, float reward, float cost)
    {
    }

    public abstract void Dispose();

    /// <param name="policy">Outlives the actor.</param>
    /// <param name="count">N.</param>
    /// <param name="team">Threads; they change no bit.</param>
    /// <param name="role">Whose draws: in another role an episode of the same seed draws other numbers.</param>
    public static Actor Compile(IPolicy policy, int count, Team team, string role = Evaluation) => policy switch
    {
        IMarkovPolicy markov => new MarkovActor(markov, count, team, role),
        IHistoryPolicy history => history.Compile(count, team),
        _ => throw new ArgumentException($"{policy.GetType().Name} says not how it acts", nameof(policy)),
    };
}

/// <summary>A policy whose action follows from all that happened in the episode. It draws nothing.</summary>
public interface IHistoryPolicy : IPolicy
{
    /// <summary>An actor with a memory of each row.</summary>
    Actor Compile(int count, Team team);
}
