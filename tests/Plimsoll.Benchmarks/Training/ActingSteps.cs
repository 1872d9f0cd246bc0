using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Benchmarks.Training;

/// <summary>Actions of a policy with two hidden layers of 256, one at a time and 1,000 at once.</summary>
internal sealed class ActingSteps : IDisposable
{
    private const int Batch = 1000;

    private readonly TrainingState state = new();
    private readonly Actor one, many;

    internal ActingSteps(int s, int a, Team team)
    {
        var policy = DiracPolicy.Create(state, "policy", s, a, [256, 256], RandomRoot.Of(0, "benchmark"));
        one = Compile(1);
        many = Compile(Batch);

        Actor Compile(int count)
        {
            var actor = Actor.Compile(policy, count, team);
            actor.Observations.Fill(0.1f);
            return actor;
        }
    }

    internal void One(int count)
    {
        for (var i = 0; i < count; i++) one.Act();
    }

    internal void Many(int count)
    {
        for (var i = 0; i < count; i++) many.Act();
    }

    public void Dispose()
    {
        one.Dispose();
        many.Dispose();
        state.Dispose();
    }
}
