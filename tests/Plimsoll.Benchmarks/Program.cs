using Plimsoll.Benchmarks;
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
if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

Console.WriteLine(
    $"Plimsoll benchmarks: kernels by {InstructionSet.Name}, .NET {Environment.Version}, " +
    $"{Environment.ProcessorCount} processors; one thread is pinned and timed by its processor time, several by " +
    "the wall clock\n");

if (options.What == "peers")
{
    if (PeerBenchmark.Run(options, Console.Out)) SeedBenchmark.Run(options, Console.Out);
    return 0;
}
if (options.Includes("growth")) GrowthBenchmark.Run(options, Console.Out);
if (options.Includes("memory")) MemoryBenchmark.Run(options, Console.Out);
Clock.Alone(options.Threads, clock =>
{
    using var crew = new Crew(options.Threads);
    if (options.What is not ("growth" or "memory")) Limits.Print(options, crew, clock, Console.Out);
    if (options.Threads > 1) ForkJoin.Print(options.Threads, Console.Out);
    if (options.Includes("kernels"))
    {
        ProductBenchmark.Run(options, crew, clock, Console.Out);
        ElementBenchmark.Run(options, new Clock(1), Console.Out);
    }
    if (options.Includes("acting")) ActingBenchmark.Run(options, crew, clock, Console.Out);
    if (options.Includes("steps")) StepBenchmark.Run(options, crew, clock, Console.Out);
});
return 0;
