using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Environments;

namespace Plimsoll.Benchmarks.Environments;

/// <summary>A batch of one task under uniformly random actions; who has ended starts anew.</summary>
internal sealed class RandomActor : IDisposable, IUniformSource
{
    /// <summary>Rows of actions that are gone through again and again.</summary>
    private const int Rows = 64;

    private readonly BatchedEnvironment environment;
    private readonly Random random = new(7);
    private readonly float[][] actions;
    private readonly float[] observations, rewards, costs;
    private readonly bool[] terminated, truncated;
    private readonly Crew crew;
    private readonly Action<int> share;
    private int row;

    internal RandomActor(string task, int count, Crew crew)
    {
        this.crew = crew;
        share = StepShare;
        environment = Tasks.Create(task, count);
        var facts = environment.Facts;
        actions =
        [
            .. Enumerable.Range(0, Rows).Select(_ => Enumerable.Range(0, count * facts.ActionSize)
                .Select(_ => 2f * random.NextSingle() - 1f).ToArray()),
        ];
        observations = new float[count * facts.ObservationSize];
        (rewards, costs) = (new float[count], new float[count * facts.CostSize]);
        (terminated, truncated) = (new bool[count], new bool[count]);
        for (var i = 0; i < count; i++) Reset(i);
    }

    /// <summary>In the open interval (0, 1).</summary>
    public double NextUniform() => (random.NextInt64(1L << 52) + 0.5) / (1L << 52);

    /// <summary>Steps every environment so many times, each thread those of its share.</summary>
    internal void Step(int times)
    {
        for (var t = 0; t < times; t++)
        {
            row = (row + 1) % Rows;
            crew.Run(share);
            for (var i = 0; i < environment.Count; i++)
            {
                if (terminated[i] || truncated[i]) Reset(i);
            }
        }
    }

    /// <summary>Starts the first environment anew so many times.</summary>
    internal void ResetFirst(int times)
    {
        for (var i = 0; i < times; i++) Reset(0);
    }

    public void Dispose() => environment.Dispose();

    private void StepShare(int part) => environment.Step(
        environment.Count * part / crew.Size,
        environment.Count * (part + 1) / crew.Size,
        actions[row],
        observations,
        rewards,
        costs,
        terminated,
        truncated);

    private void Reset(int index)
    {
        var s = environment.Facts.ObservationSize;
        environment.Reset(index, this, observations.AsSpan(index * s, s));
    }
}
