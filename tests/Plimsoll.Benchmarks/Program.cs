using Plimsoll.Benchmarks;
using Plimsoll.Benchmarks.Kernels;
using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Benchmarks.Training;
using Plimsoll.Numerics.Kernels;

if (args is [SeedsBenchmark.Child, var step, var cpu, var seconds]) return SeedsBenchmark.Train(step, cpu, seconds);
if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

if (options.What == "seeds")
{
    SeedsBenchmark.Run(options, Console.Out);
    return 0;
}

var clock = new Clock(options.Threads);
// Helpers inherit the affinity of their maker, so only a lone thread may be pinned.
var pinned = options.Threads == 1 && Clock.Pin();
var timedBy = clock.IsProcessorTime ? "the thread's processor time" : "the wall clock";
Console.WriteLine(
    $"Plimsoll benchmarks: kernels by {InstructionSet.Name}, .NET {Environment.Version}, " +
    $"{Environment.ProcessorCount} processors, {options.Threads} thread(s), timed by {timedBy}" +
    $"{(pinned ? ", pinned" : "")}\n");

using var crew = new Crew(options.Threads);
Limits.Print(options, crew, clock, Console.Out);
if (options.Threads > 1) ForkJoin.Print(options.Threads, Console.Out);
if (options.Includes("kernels"))
{
    ProductBenchmark.Run(options, crew, clock, Console.Out);
    ElementBenchmark.Run(options, new Clock(1), Console.Out);
}
if (options.Includes("acting")) ActingBenchmark.Run(options, crew, clock, Console.Out);
if (options.Includes("steps")) StepBenchmark.Run(options, crew, clock, Console.Out);
return 0;
