using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Schedules;
using Plimsoll.Learning.Sequences;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using StepProgram = Plimsoll.Numerics.Runtime.Program;

namespace Plimsoll.Benchmarks.Training;

/// <summary>A whole training step of a method, ready to run.</summary>
/// <param name="Programs">What a step runs, and how often: 0.5 for every second step.</param>
/// <param name="PyTorch">Milliseconds of the PyTorch original on one thread and on two, tuned, on the machine of the
/// published measurements, whose peak is <see cref="MethodBenchmark.ReferencePeak"/>; null: never measured.</param>
internal sealed record MethodStep(
    string Name, ITraining Training, IReadOnlyList<(StepProgram Program, double Share)> Programs,
    (double One, double Two)? PyTorch) : IDisposable
{
    private long next;

    internal void Run(int count)
    {
        Training.Advance(next, count);
        next += count;
    }

    /// <summary>Floating-point operations of the matrix products of a step, as our programs make them.</summary>
    internal double Products() => Programs.Sum(
        part => part.Share
            * part.Program.Profile(next, 1).Where(o => IsProduct(o.Operation)).Sum(o => (double)o.FloatingPointOperations));

    private static bool IsProduct(string operation) =>
        new[] { "linear", "attention", "matmul" }.Any(kind => operation.StartsWith(kind, StringComparison.Ordinal));

    public void Dispose() => Training.Dispose();
}

/// <summary>The methods at the sizes of their published code: OSRL's networks 256 x 256, autoencoder 400 x 400, batch
/// 512, ten draws; SPI's three layers of 256 and five denoising steps, batch 256; CDT's windows of ten steps, three
/// blocks of width 128.</summary>
internal static class MethodSteps
{
    private const int Batch = 512;
    private const double Rate = 1e-3;
    private const double Polyak = 0.005;
    private const double Discount = 0.99;
    private const double Limit = 10;
    private static readonly int[] Hidden = [256, 256];
    private static readonly int[] Deep = [256, 256, 256];
    private static readonly int[] Wide = [400, 400];

    /// <summary>One after the other, so that only one is in memory.</summary>
    internal static IEnumerable<Func<MethodStep>> All(string task, DatasetTables tables, Team team)
    {
        var random = RandomRoot.Of(0, "benchmark");
        var car = task == "car";
        var dataset = tables.Dataset;
        var common = new ConstrainedSettings(Hidden, Wide, Batch, 10, Rate, Rate, Rate, 0.5, Polyak, 0.1);
        var rule = BackupRule.Of(dataset, Limit, Discount, osrlCompat: false);
        var published = BackupRule.Of(dataset, Limit, Discount, osrlCompat: true);

        yield return () => Graph(
            "BC", BehaviourCloning.Build(tables, new(Hidden, Batch, Rate), random, team).Training,
            car ? (1.215, 1.174) : (1.329, 0.916));
        yield return () => Graph(
            "CPQ", ConstraintsPenalisedQ.Build(tables, new(common, 1.5, 0.75, 1e-4), rule, random, team).Training, null);
        yield return () => Graph(
            "CPQ as published",
            ConstraintsPenalisedQ.Build(tables, new(common, 1.5, 0.75, 1e-4), published, random, team).Training,
            car ? (49.487, 37.810) : (55.188, 44.883));
        foreach (var (how, backup) in new[] { ("", rule), (" as published", published) })
        {
            var lagrangian = new LagrangianSettings(common, 0.75, PidGains.Usual, false);
            yield return () => Graph(
                $"BCQ-Lag{how}",
                BatchConstrainedLagrangian.Build(tables, new(lagrangian, 0.05, 1), backup, random, team).Training,
                how == "" ? null : car ? (86.566, 66.900) : (99.658, 74.989));
            yield return () => Graph(
                $"BEAR-Lag{how}",
                BearLagrangian.Build(
                    tables, new(lagrangian, 10, MmdKernel.Gaussian, 50, 0.05, 1e-3, 0), backup, random, team).Training,
                how == "" ? null : car ? (95.057, 71.818) : (104.836, 82.045));
        }
        yield return () => Graph(
            "COptiDICE",
            Coptidice.Build(
                tables,
                new(
                    Hidden, Batch, 1e-4, 1e-4, 0.5, 0.01, FDivergenceKind.SoftChiSquare, 0.1, 0.1,
                    CostHorizon.Endless(dataset, Limit, Discount).Limits, false),
                StateTable.Starts(dataset), random, team).Training,
            car ? (14.125, 11.022) : (16.020, 11.028));
        yield return () =>
        {
            var training = Td3Bc.Build(tables, new(Hidden, 256, 3e-4, Discount, Polyak, 2.5), random, team).Training;
            return new MethodStep(
                $"{task}: TD3+BC, batch 256", training, [(training.Always, 1), (training.Delayed, 0.5)], null);
        };
        yield return () => Graph(
            "SPI, batch 256",
            SafePolicyImprovement.Build(
                tables, tables,
                new(
                    Deep, new DdpmSchedule(NoiseGrowth.Vp, 5), new ImprovementWeights(0.4, 0.3, 0.3), 100_000, 256,
                    new CosineSchedule(3e-4), Discount, Polyak, 1, SafePolicyImprovementSettings.UsualAverage),
                random, team).Training,
            null);
        yield return () => Transformer("CDT, batch 64", 64, null);
        yield return () => Transformer("CDT, batch 2048", 2048, car ? (3843.369, 2872.219) : (3944.890, 2877.018));

        MethodStep Graph(string name, GraphTraining training, (double, double)? pyTorch) =>
            new($"{task}: {name}", training, [(training.Program, 1)], pyTorch);

        MethodStep Transformer(string name, int batch, (double, double)? pyTorch)
        {
            var settings = new DecisionTransformerSettings(
                Width: 128, Blocks: 3, Heads: 8, Context: 10, Dropout: 0.1f, batch, LearningRate: 1e-4, WarmUp: 500,
                WeightDecay: 1e-4, Clip: 0.25, CostWeight: 0.02, StateWeight: 0, Temperature: 0.1,
                TemperatureRate: 1e-4, ReturnRange: 1, CostRange: 1, new AugmentationSettings(), Published: false);
            var training = ConstrainedDecisionTransformer.Build(dataset, settings, random, team).Training;
            return new MethodStep($"{task}: {name}", training, [(training.Program, 1)], pyTorch);
        }
    }
}
