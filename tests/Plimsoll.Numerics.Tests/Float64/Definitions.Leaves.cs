using Plimsoll.Numerics.Graph.Operations;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Numerics.Tests.Float64;

internal static partial class Definitions
{
    private static unsafe void AddLeaves()
    {
        Add<Variable>((v, _, _, e) => e.State[v.Array]);
        Add<Constant>((c, node, _) => Each(node.Shape.Count, _ => c.Value));
        Add<HostInput>((input, _, _, e) => e.Inputs(input.Key));
        Add<PerStep>((p, _, _, e) => [p.Value(e.Step)]);
        // A host function of binary32 scalars is what it is; nothing is differentiated through it.
        Add<ScalarMap>((f, _, x) => [f.Function([.. x.Select(v => (float)v[0])])]);
        // Draws are binary32 numbers by definition.
        Add<RandomDraw>((draw, node, _, e) => Each(node.Shape.Count, i => draw.Kind switch
        {
            DrawKind.Uniform => ReferencePhilox.Uniform(i, draw.Stream, (ulong)e.Step),
            DrawKind.Normal => ReferencePhilox.Normal(i, draw.Stream, (ulong)e.Step),
            _ => ReferencePhilox.KeepMask(i, draw.Keep, draw.Stream, (ulong)e.Step),
        }));
        Add<DrawRows>((draw, node, _, e) =>
            Each(node.Shape.Count, i => ReferencePhilox.Index(i, draw.Bound, draw.Stream, (ulong)e.Step)));
        Add<Gather>((gather, node, x) =>
        {
            var columns = node.Shape.Count / x[0].Length;
            return Each(node.Shape.Count, i => gather.Table.Pointer[(nint)x[0][i / columns] * columns + i % columns]);
        });
        Add<WholeTable>((table, node, _) => Each(node.Shape.Count, i => table.Table.Pointer[i]));
    }
}
