using BenchmarkDotNet.Attributes;
using Plimsoll.Benchmarks.Kernels;
using Plimsoll.Benchmarks.Measuring;

namespace Plimsoll.Benchmarks.DotNet;

/// <summary>One benchmark for each kernel of a list.</summary>
public abstract class KernelBenchmarks
{
    private Memory? memory;
    private Action<int> run = _ => { };

    /// <summary>Which of <see cref="Names"/>.</summary>
    [ParamsSource(nameof(Names))]
    public string Kernel { get; set; } = "";

    public IEnumerable<string> Names
    {
        get
        {
            using var passing = new Memory();
            return [.. Cases(passing).Select(timed => timed.Name)];
        }
    }

    [GlobalSetup]
    public void Prepare()
    {
        memory = new Memory();
        run = Cases(memory).Single(timed => timed.Name == Kernel).Run;
    }

    [Benchmark]
    public void Run() => run(1);

    [GlobalCleanup]
    public void Free() => memory?.Dispose();

    private protected abstract IReadOnlyList<Case> Cases(Memory memory);
}

/// <summary>Matrix products and attention.</summary>
public class Products : KernelBenchmarks
{
    private protected override IReadOnlyList<Case> Cases(Memory memory) =>
        [.. ProductKernels.Cases(memory, new Crew(1)), .. AttentionKernels.Cases(memory, new Crew(1))];
}

/// <summary>The others: element-wise, reductions, optimisers, random numbers.</summary>
public class Others : KernelBenchmarks
{
    private protected override IReadOnlyList<Case> Cases(Memory memory) => ElementKernels.Cases(memory);
}
