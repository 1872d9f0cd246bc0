using Plimsoll.Numerics.Graph;

namespace Plimsoll.Numerics.State;

/// <summary>A named array that lives between steps: a parameter, a target copy or an optimiser moment.</summary>
public sealed unsafe class StateArray
{
    private float* pointer;

    internal StateArray(string name, Shape shape, float* pointer)
    {
        Name = name;
        Shape = shape;
        this.pointer = pointer;
    }

    public string Name { get; }

    public Shape Shape { get; }

    /// <summary>First element; 64-byte aligned; valid while the owning state lives.</summary>
    internal float* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(pointer == null, this);
            return pointer;
        }
    }

    /// <summary>All elements, row-major; valid while the owning state lives.</summary>
    /// <exception cref="ObjectDisposedException">The state was disposed.</exception>
    public Span<float> Values => new(Pointer, Shape.Count);

    internal void Release() => pointer = null;
}
