using Plimsoll.Data;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.LookAhead;

/// <summary>What one step of a training draws: its batch and its normal numbers, row by row in
/// binary64.</summary>
internal sealed class Drawn
{
    private readonly Dictionary<string, double[]> columns = [];

    /// <param name="normals">Streams, and how many numbers of each.</param>
    internal Drawn(
        Dataset data, RandomRoot random, int batch, long step, params (string Stream, int Count)[] normals)
    {
        var g = new GraphBuilder();
        var rows = OfflineBatch.Draw(g, new DatasetTables(data), random, "batch", batch);
        g.Output("s", rows.Observation + 0f);
        g.Output("a", rows.Action + 0f);
        g.Output("r", rows.Reward + 0f);
        g.Output("c", rows.Cost + 0f);
        g.Output("next", rows.NextObservation + 0f);
        g.Output("terminal", rows.Terminal + 0f);
        g.Output("timeout", rows.Timeout + 0f);
        foreach (var (stream, count) in normals)
            g.Output(stream, g.Normal(random.Stream(stream), new Shape(new Axis("N", count))) + 0f);
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        program.Run(step);
        string[] names = ["s", "a", "r", "c", "next", "terminal", "timeout", .. normals.Select(n => n.Stream)];
        foreach (var name in names)
            columns[name] = [.. program.Output(name).ToArray().Select(v => (double)v)];
    }

    /// <summary>One number of row i.</summary>
    internal double One(string name, int i) => columns[name][i];

    /// <summary>The numbers of row i.</summary>
    internal double[] Row(string name, int i, int size) => columns[name][(i * size)..((i + 1) * size)];

    /// <summary>Episodes of two steps, ended and cut in turn: rewards and costs differ by state and
    /// action.</summary>
    internal static Dataset TwoSteps()
    {
        var random = new Random(5);
        float Uniform() => (float)(1.8 * random.NextDouble() - 0.9);
        var builder = new DatasetBuilder(2, 1);
        for (var e = 0; e < 40; e++)
        {
            builder.BeginTrajectory();
            float[] s = [Uniform(), Uniform()];
            for (var t = 0; t < 2; t++)
            {
                var a = Uniform();
                float[] next = [s[1] + a, Uniform()];
                builder.Add(s, [a], 2 * s[0] - a + t, 1 + s[0] * a + t, next);
                s = next;
            }
            builder.End(e % 2 == 0);
        }
        return builder.Build(new DatasetMetadata("Two steps", 2));
    }
}
