using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Training;

/// <summary>Numbers that a training step keeps for the next one.</summary>
public static class StateUpdates
{
    /// <summary>array &lt;- value, exactly, from here on in the program. The value may have been computed from the
    /// array. An array that is not finite stays so.</summary>
    public static void Assign(this GraphBuilder g, StateArray array, Node value)
    {
        var one = g.Constant(1f);
        var old = g.Read(array);
        // Two steps down a slope, x - x and 0 - (-v), round nothing.
        g.Sgd([array], [old], one);
        g.Sgd([array], [-value], one);
    }
}
