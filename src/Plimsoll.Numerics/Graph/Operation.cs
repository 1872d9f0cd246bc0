using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Numerics.Graph;

/// <summary>
/// What a node computes. Operations are records: two nodes with equal operations and equal inputs are one
/// node (common sub-expressions are shared when the graph is built).
/// </summary>
public abstract record Operation
{
    public virtual string Name => GetType().Name;

    /// <summary>True when the output is the input's own memory: reshapes, member slices, detachment.</summary>
    internal virtual bool IsView => false;

    /// <summary>Offset in floats of a view inside its input.</summary>
    internal virtual int ViewOffset(Node node) => 0;

    /// <summary>True when element i of the output depends on element i of equally shaped inputs only,
    /// so that the output may be written over a dying input.</summary>
    internal virtual bool IsElementwise => false;

    /// <summary>Nodes that stay distinct however equal they look: effects and leaves with identity.</summary>
    internal virtual bool IsUnique => false;

    /// <summary>True for operations that change state; they are never removed as dead.</summary>
    internal virtual bool IsEffect => false;

    /// <summary>Arrays of the state that it writes to. What an effect leaves out, a trace does not see.</summary>
    internal virtual IEnumerable<StateArray> Updates => [];

    /// <summary>The one value of all output elements where each input has one value throughout; null: compute it.
    /// </summary>
    internal virtual float? OfConstants(ReadOnlySpan<float> inputs) => null;

    /// <summary>
    /// Adds the gradients with respect to the inputs, given the gradient with respect to the output.
    /// The default is "no gradient": leaves, random draws, comparisons.
    /// </summary>
    internal virtual void Backward(Backpropagation pass, Node node, Node upstream)
    {
    }

    /// <summary>Floats of private scratch memory that the kernel needs while it runs, for each thread.</summary>
    internal virtual long ScratchFloats(Node node) => 0;

    /// <summary>Multiplications and additions, for the printed plan.</summary>
    internal virtual long FloatingPointOperations(Node node) => IsView ? 0 : node.Shape.Count;

    /// <summary>Bytes that it reads and writes at least, for the printed plan: every input and the output once.</summary>
    internal virtual long BytesMoved(Node node) =>
        IsView ? 0 : sizeof(float) * (node.Shape.Count + node.Inputs.Sum(input => (long)input.Shape.Count));

    /// <summary>Builds the kernel for one node with its buffers. Null: nothing to run.</summary>
    internal abstract Kernel? Lower(Node node, Lowering buffers);
}
