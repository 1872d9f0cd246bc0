using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Benchmarks.Training;

/// <summary>Actions of a 33-256-256-8 policy, one at a time and 1,000 at once.</summary>
internal static class ActingBenchmark
{
    private const int S = 33;
    private const int A = 8;
    private const int Many = 1000;

    internal static void Run(Options options, Crew crew, Clock clock, TextWriter writer)
    {
        using var team = new Team(options.Threads);
        using var state = new TrainingState();
        var policy = DiracPolicy.Create(state, "policy", S, A, [256, 256], RandomRoot.Of(0, "benchmark"));
        using var one = Compile(1);
        using var many = Compile(Many);
        var floor = Floors.Rows(S, A).Single(row => row.Name == Floors.Acting).Operations;
        var passes = options.Passes(0.01, 2);
        var timings = passes.Time(
            [Acting("1 action", one, floor / Many), Acting("1,000 actions", many, floor)], clock,
            () => Peak.OfKernels(crew, clock));
        writer.WriteLine($"Acting, a policy of 33-256-256-8, {Format.Setting(options, passes)}.");
        var table = new TextTable("call", "us", "spread", "share of floor", "bytes/call");
        foreach (var (timing, actor) in timings.Zip([one, many]))
        {
            table.Add(
                timing.Name, Format.Micro(timing.Seconds), Format.Percent(timing.Spread),
                Format.Percent(timing.Share), Allocated(actor).ToString());
        }
        table.Print(writer);

        Actor Compile(int count)
        {
            var actor = Actor.Compile(policy, count, team);
            actor.Observations.Fill(0.1f);
            return actor;
        }
    }

    private static Case Acting(string name, Actor actor, double operations) => new(
        name,
        count =>
        {
            for (var i = 0; i < count; i++) actor.Act();
        },
        operations);

    private static long Allocated(Actor actor) => Allocations.Of(() => actor.Act());
}
