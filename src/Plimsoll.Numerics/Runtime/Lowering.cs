using Plimsoll.Numerics.Graph;

namespace Plimsoll.Numerics.Runtime;

/// <summary>What an operation may ask for while its kernel is built.</summary>
internal sealed unsafe class Lowering(Func<Node, nint> address, Scratch scratch, StepClock clock, MetricTable metrics)
{
    internal float* Of(Node node) => (float*)address(node);

    internal Scratch Scratch { get; } = scratch;

    internal StepClock Clock { get; } = clock;

    internal MetricTable Metrics { get; } = metrics;
}

/// <summary>The number of the step that is running.</summary>
internal sealed class StepClock
{
    internal long Step { get; set; }
}

/// <summary>Scratch memory, one piece for each thread.</summary>
internal sealed unsafe class Scratch(nint[] pieces)
{
    internal float* Of(int part) => (float*)pieces[part];
}
