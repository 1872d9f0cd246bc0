using Plimsoll.Benchmarks;
using Plimsoll.Benchmarks.Environments;
using Plimsoll.Benchmarks.Kernels;
using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Benchmarks.Peers;
using Plimsoll.Benchmarks.Training;
using Plimsoll.Numerics.Kernels;

if (args is [MemoryBenchmark.Child, var task, var step])
{
    MemoryBenchmark.Answer(task, step);
    return 0;
}
if (args is [SeedsBenchmark.Child, var seeded, var cpu, var seconds])
    return SeedsBenchmark.Train(seeded, cpu, seconds);
if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

Console.WriteLine(
    $"Plimsoll benchmarks: kernels by {InstructionSet.Name}, .NET {Environment.Version}, " +
    $"{Environment.ProcessorCount} processors; one thread is pinned and timed by its processor time, several " +
    "by the wall clock\n");

TextTable.AsMarkdown = options.Markdown;
if (options.What == "peers")
{
    if (PeerBenchmark.Run(options, Console.Out)) PeerSeedBenchmark.Run(options, Console.Out);
    return 0;
}
if (options.What == "seeds")
{
    SeedsBenchmark.Run(options, Console.Out);
    return 0;
}
if (options.What == "methods")
{
    MethodBenchmark.Run(options, Console.Out);
    return 0;
}
if (options.What == "environments")
{
    EnvironmentBenchmark.Run(options, Console.Out);
    return 0;
}
if (options.What is not ("growth" or "memory")) Limits.Print(options, Console.Out);
if (options.Includes("kernels", Console.Out))
{
    ProductBenchmark.Run(options, Console.Out);
    ElementBenchmark.Run(options, Console.Out);
}
if (options.Includes("acting", Console.Out)) ActingBenchmark.Run(options, Console.Out);
if (options.Includes("memory", Console.Out)) MemoryBenchmark.Run(options, Console.Out);
if (options.Includes("growth", Console.Out))
{
    foreach (var threads in options.EachThreads.Where(threads => threads > 1))
        ForkJoin.Print(threads, Console.Out);
    GrowthBenchmark.Run(options, Console.Out);
}
if (options.Includes("steps", Console.Out)) StepBenchmark.Run(options, Console.Out);
return 0;
