using System.Globalization;

namespace Plimsoll.Learning.Tests.Rollouts;

/// <summary>Mean and standard error of the mean.</summary>
internal readonly record struct Estimate(double Mean, double Error)
{
    public static Estimate Of(IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        var squares = values.Sum(value => (value - mean) * (value - mean));
        return new Estimate(mean, Math.Sqrt(squares / (values.Count - 1) / values.Count));
    }

    /// <summary>Difference in two-sample standard errors; 0 where both are equal to the csv's three
    /// digits.</summary>
    public double Against(Estimate other) =>
        Math.Abs(Mean - other.Mean) <= 0.0015
            ? 0
            : (Mean - other.Mean) / Math.Sqrt(Error * Error + other.Error * other.Error);
}

/// <summary>What a policy did in HopperVelocity over many episodes.</summary>
internal sealed record RolloutRow(Estimate Return, Estimate Cost, Estimate Length)
{
    public double LargestDistance(RolloutRow other) => Distances(other).Max(Math.Abs);

    public double[] Distances(RolloutRow other) =>
        [Return.Against(other.Return), Cost.Against(other.Cost), Length.Against(other.Length)];
}

/// <summary>A line of golden/hopper_rollouts.csv.</summary>
/// <param name="Policy">The name of the npz file, without its ending.</param>
/// <param name="Checkpoint">best or last: the folder it lies in.</param>
/// <param name="Golden">1,000 episodes of an independent simulation.</param>
/// <param name="Published">Return, cost and length that the run itself reported for 10 episodes.</param>
internal sealed record GoldenRow(string Policy, string Checkpoint, RolloutRow Golden, double[] Published)
{
    public static IReadOnlyList<GoldenRow> Read(string path) =>
    [
        .. File.ReadLines(path).Skip(1).Select(line =>
        {
            var cells = line.Split(',');
            double Number(int column) => double.Parse(cells[column], CultureInfo.InvariantCulture);
            return new GoldenRow(
                cells[0],
                cells[1],
                new RolloutRow(
                    new Estimate(Number(3), Number(4)),
                    new Estimate(Number(5), Number(6)),
                    new Estimate(Number(7), Number(8))),
                [Number(9), Number(10), Number(11)]);
        }),
    ];
}
