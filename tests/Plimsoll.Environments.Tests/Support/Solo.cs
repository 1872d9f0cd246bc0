using Plimsoll.Environments;
using Plimsoll.Environments.Controllers;

namespace Plimsoll.Environments.Tests.Support;

/// <summary>What one step gave.</summary>
internal sealed record Outcome(float[] Observation, float Reward, float Cost, bool Terminated, bool Truncated)
{
    public bool Ended => Terminated || Truncated;
}

/// <summary>A batch of one, with arrays in place of spans.</summary>
internal sealed class Solo(BatchedEnvironment environment) : IDisposable
{
    public TaskFacts Facts => environment.Facts;

    public void Dispose() => environment.Dispose();

    public float[] Reset(IUniformSource random)
    {
        var observation = new float[Facts.ObservationSize];
        environment.Reset(0, random, observation);
        return observation;
    }

    public Outcome Step(params float[] action)
    {
        var observation = new float[Facts.ObservationSize];
        var (reward, cost) = (new float[1], new float[1]);
        var (terminated, truncated) = (new bool[1], new bool[1]);
        environment.Step(0, 1, action, observation, reward, cost, terminated, truncated);
        return new Outcome(observation, reward[0], cost[0], terminated[0], truncated[0]);
    }

    /// <summary>One whole episode; <c>Seen[t]</c> is the observation before step t.</summary>
    public Episode Run(IController controller, IUniformSource random)
    {
        var (seen, steps) = (new List<float[]>(), new List<Outcome>());
        var observation = Reset(random);
        var action = new float[Facts.ActionSize];
        do
        {
            seen.Add(observation);
            controller.Act(observation, action, random);
            steps.Add(Step(action));
            observation = steps[^1].Observation;
        }
        while (!steps[^1].Ended);
        return new Episode(seen, steps);
    }
}

internal sealed record Episode(List<float[]> Seen, List<Outcome> Steps)
{
    public double Return => Steps.Sum(step => (double)step.Reward);

    public double Cost => Steps.Sum(step => (double)step.Cost);
}
