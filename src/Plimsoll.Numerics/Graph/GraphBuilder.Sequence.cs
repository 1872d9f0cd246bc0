using Plimsoll.Numerics.Graph.Operations;
using Plimsoll.Numerics.State;

namespace Plimsoll.Numerics.Graph;

public sealed partial class GraphBuilder
{
    /// <summary>
    /// Row numbers from numbers [..], such as time steps of a dataset: rounded down and held within 0..bound-1; NaN
    /// gives 0. No gradient. Exact for whole numbers up to 2^24.
    /// </summary>
    public RowIndices ToRows(Node numbers, int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        return new(Make(new ToRows(bound), [numbers], numbers.Shape));
    }

    /// <summary>Rows of a table of the state, such as learnt embeddings; as the other overload.</summary>
    public Node Lookup(StateArray table, RowIndices rows) => Lookup(Read(table), rows);

    /// <summary>
    /// Rows of a table [N, D]: row numbers [..] to [.., D]. The gradient adds each row of the upstream gradient to its
    /// row of the table, in ascending order of the row numbers' places; rows that nobody took get 0.
    /// </summary>
    /// <exception cref="ShapeException">The row numbers may reach beyond the table, or it is not [N, D].</exception>
    public Node Lookup(Node table, RowIndices rows)
    {
        if (table.Shape.Rank != 2) throw new ShapeException($"lookup in {table.Shape}: a table is [N, D]");
        var bound = rows.Node.Operation is ToRows converted ? converted.Bound : ((DrawRows)rows.Node.Operation).Bound;
        if (bound > table.Shape[0].Size)
            throw new ShapeException($"lookup in {table.Shape}: the row numbers go up to {bound - 1}");
        return Make(new Lookup(), [table, rows.Node], rows.Node.Shape.Append(table.Shape[1]));
    }
}
