using Plimsoll.Learning.Artifacts;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Learning.Sequences;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Export.Samples;

/// <summary>An array for a model, or of one.</summary>
public sealed record NamedNumbers(string Name, IReadOnlyList<int> Shape, float[] Numbers)
{
    /// <summary>The first rows.</summary>
    public NamedNumbers First(int rows) =>
        new(Name, [rows, .. Shape.Skip(1)], Numbers[..(Numbers.Length / Shape[0] * rows)]);
}

/// <summary>What a policy is given and what it does, as Plimsoll acts.</summary>
public sealed record SampleActs(IReadOnlyList<NamedNumbers> Inputs, NamedNumbers Action)
{
    public static SampleActs Of(string path, int rows)
    {
        if (PolicyFile.TryOpen(path) is not PolicyOpening.Opened(var file))
            throw new InvalidOperationException($"{path} is no policy");
        using (file)
        {
            return file.Policy switch
            {
                IMarkovPolicy markov => Of(markov, rows),
                ConditionedPolicy conditioned => Of(conditioned, path, rows),
                var other => throw new InvalidOperationException(other.ToString()),
            };
        }
    }

    public SampleActs First(int rows) => new([.. Inputs.Select(input => input.First(rows))], Action.First(rows));

    private static SampleActs Of(IMarkovPolicy policy, int rows)
    {
        var batch = new Axis("B", rows);
        var g = new GraphBuilder();
        var inputs = new List<NamedNumbers> { Drawn("observation", rows, policy.ObservationSize) };
        if (policy.Normals > 0) inputs.Add(Drawn("normals", rows, policy.Normals));
        var nodes = inputs.Select(
            (input, i) => g.Input(input.Name, new Shape(batch, new Axis(i == 0 ? "S" : "Z", input.Shape[1])))).ToList();
        g.Output("action", policy.Act(g, nodes[0], nodes.Count > 1 ? nodes[1] : null));
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        foreach (var input in inputs) input.Numbers.CopyTo(program.Input(input.Name));
        program.Run(0);
        return new SampleActs(
            inputs, new NamedNumbers("action", [rows, policy.ActionSize], program.Output("action").ToArray()));
    }

    /// <summary>Episodes of different ages, some older than the model's longest. The windows are put together here from
    /// the history, and not by the actor.</summary>
    private static SampleActs Of(ConditionedPolicy policy, string path, int rows)
    {
        const int longest = SamplePolicies.Horizon + 4;
        var (s, a, k) = (policy.ObservationSize, policy.ActionSize, SamplePolicies.Context);
        var random = new SequentialRandom(RandomRoot.Of(7, "sample").Stream("episodes"), 0);
        using var runner = PolicyRunner.Open(path, rows);
        var episodes = Enumerable.Range(0, rows).Select(_ => new List<Step>()).ToArray();
        var (observations, actions) = (new float[rows * s], new float[rows * a]);
        for (var t = 0; t < longest; t++)
        {
            for (var row = 0; row < rows; row++)
            {
                if (t != row % longest) continue;
                runner.Begin(row, row);
                episodes[row].Clear();
            }
            for (var i = 0; i < observations.Length; i++) observations[i] = (float)random.NextNormal();
            runner.Act(observations, actions);
            for (var row = 0; row < rows; row++)
            {
                var (reward, cost) = ((float)random.NextUniform(), random.NextUniform() < 0.3 ? 1f : 0f);
                episodes[row].Add(new Step(
                    observations[(row * s)..((row + 1) * s)], actions[(row * a)..((row + 1) * a)], reward, cost));
                if (t + 1 < longest) runner.Tell(row, reward, cost);
            }
        }

        var windows = Windows(rows, k, s, a);
        for (var row = 0; row < rows; row++)
        {
            var steps = episodes[row];
            var (toGo, allowed) = (policy.ReturnTarget, policy.CostTarget);
            var first = Math.Max(0, steps.Count - k);
            for (var t = 0; t < steps.Count; t++)
            {
                if (t >= first)
                {
                    var slot = row * k + t - first;
                    windows["return_to_go"].Numbers[slot] = (float)toGo;
                    windows["cost_to_go"].Numbers[slot] = (float)allowed;
                    windows["time"].Numbers[slot] = t;
                    windows["mask"].Numbers[slot] = 1f;
                    steps[t].Observation.CopyTo(windows["observation"].Numbers, slot * s);
                    if (t + 1 < steps.Count) steps[t].Action.CopyTo(windows["past_action"].Numbers, slot * a);
                }
                (toGo, allowed) = (toGo - steps[t].Reward, allowed - steps[t].Cost);
            }
        }
        return new SampleActs([.. windows.Values], new NamedNumbers("action", [rows, a], actions));
    }

    private sealed record Step(float[] Observation, float[] Action, float Reward, float Cost);

    private static Dictionary<string, NamedNumbers> Windows(int rows, int k, int s, int a)
    {
        NamedNumbers[] all =
        [
            Empty("return_to_go", rows, k), Empty("cost_to_go", rows, k), Empty("time", rows, k),
            Empty("mask", rows, k), Empty("observation", rows, k, s), Empty("past_action", rows, k, a),
        ];
        return all.ToDictionary(input => input.Name);
    }

    private static NamedNumbers Empty(string name, params int[] shape) =>
        new(name, shape, new float[shape.Aggregate(1, (product, size) => product * size)]);

    private static NamedNumbers Drawn(string name, int rows, int columns)
    {
        var drawn = Empty(name, rows, columns);
        var random = new SequentialRandom(RandomRoot.Of(8, "sample").Stream(name), 0);
        for (var i = 0; i < drawn.Numbers.Length; i++) drawn.Numbers[i] = (float)random.NextNormal();
        return drawn;
    }
}
