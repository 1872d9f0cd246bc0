using NUnit.Framework;
using Plimsoll.Environments.Bullet;
using Plimsoll.Environments.Tests.Support;

namespace Plimsoll.Environments.Tests.Bullet;

/// <summary>Worlds share a process and nothing else.</summary>
public class BitsTests
{
    private static readonly string[] Names = [.. BulletTasks.All.Select(task => task.Name)];

    [OneTimeSetUp]
    public void NeedsBullet() => Needs.Engine(Engine.Bullet);

    /// <summary>An environment, driven by a stream of its own.</summary>
    private sealed class Driven(string task, int seed) : IDisposable
    {
        private readonly BulletEnvironment environment = new(BulletTasks.Find(task), 1);
        private readonly SplitMix random = new(seed);
        private readonly List<long> bits = [];

        internal IReadOnlyList<long> Bits => bits;

        internal void Reset() => environment.Reset(0, random, new float[environment.Facts.ObservationSize]);

        internal void Step()
        {
            var action = Enumerable.Range(0, environment.Facts.ActionSize)
                .Select(_ => (double)Math.Clamp(random.NextAction(), -1, 1)).ToArray();
            environment.Move(0, action);
            bits.AddRange(environment.Numbers(0).ToArray().Select(BitConverter.DoubleToInt64Bits));
        }

        internal Driven Run(int steps)
        {
            Reset();
            for (var t = 0; t < steps; t++)
            {
                Step();
            }

            return this;
        }

        public void Dispose() => environment.Dispose();
    }

    private static IReadOnlyList<long> Alone(string task, int seed, int steps)
    {
        using var driven = new Driven(task, seed);
        return driven.Run(steps).Bits;
    }

    [Test]
    public void The_same_actions_give_the_same_bits([ValueSource(nameof(Names))] string task)
    {
        Assert.That(Alone(task, 3, 40), Is.EqualTo(Alone(task, 3, 40)));
        Assert.That(Alone(task, 4, 40), Is.Not.EqualTo(Alone(task, 3, 40)));
    }

    [Test]
    public void Worlds_of_all_robots_may_be_stepped_in_turns()
    {
        const int steps = 25;
        var all = Names.Select(task => new Driven(task, 5)).ToArray();
        foreach (var one in all)
        {
            one.Reset();
        }

        for (var t = 0; t < steps; t++)
        {
            foreach (var one in all)
            {
                one.Step();
            }
        }

        Assert.That(all.Select(one => one.Bits), Is.EqualTo(Names.Select(task => Alone(task, 5, steps))));
        Array.ForEach(all, one => one.Dispose());
    }

    [Test]
    public void Worlds_of_all_robots_may_be_made_and_stepped_on_several_threads()
    {
        const int steps = 25;
        string[] twice = [.. Names, .. Names];
        var results = new IReadOnlyList<long>[twice.Length];
        Parallel.For(
            0, twice.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => results[i] = Alone(twice[i], 6, steps));
        for (var i = 0; i < twice.Length; i++)
        {
            Assert.That(results[i], Is.EqualTo(Alone(twice[i], 6, steps)));
        }
    }

    [Test]
    public void A_reset_forgets_all_that_was_before([ValueSource(nameof(Names))] string task)
    {
        var facts = Tasks.Find(task)!;
        using var used = new BulletEnvironment(BulletTasks.Find(task), 1);
        using var fresh = new BulletEnvironment(BulletTasks.Find(task), 1);
        var observation = new float[facts.ObservationSize];
        used.Reset(0, new SplitMix(70), observation);
        for (var t = 0; t < 30; t++)
        {
            used.Move(0, [.. Enumerable.Repeat(t % 7 < 4 ? 1.0 : -0.5, facts.ActionSize)]);
        }

        used.Reset(0, new SplitMix(71), observation);
        fresh.Reset(0, new SplitMix(71), observation);
        for (var t = 0; t < 20; t++)
        {
            Assert.That(used.Numbers(0).SequenceEqual(fresh.Numbers(0)), $"step {t}");
            double[] action = [.. Enumerable.Range(0, facts.ActionSize).Select(k => Math.Sin(t + k))];
            used.Move(0, action);
            fresh.Move(0, action);
        }
    }
}
