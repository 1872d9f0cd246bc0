using Plimsoll.Numerics.Graph.Operations;
using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Numerics.Tests.Float64;

internal static partial class Definitions
{
    private static void AddProducts()
    {
        AddMatMul();
        // y[e,b,o] = act(sum_i x[e,b,i] w[e,i,o] + bias[e,o]); x may be shared by the members.
        Add<Linear>((linear, node, x, e) =>
        {
            var (b, o) = (node.Shape[^2].Size, node.Shape.Columns);
            var i = node.Inputs[1].Shape[^2].Size;
            var y = new double[node.Shape.Count];
            ForMembers(node.Shape.Rank, node.Shape.Count / (b * o), node.Inputs[0].Shape.Rank == 3 ? b * i : 0,
                (member, shift) =>
            {
                for (var row = 0; row < b; row++)
                {
                    for (var column = 0; column < o; column++)
                    {
                        var sum = x.Length > 2 ? x[2][member * o + column] : 0;
                        for (var k = 0; k < i; k++) sum += x[0][shift + row * i + k] * x[1][(member * i + k) * o
                            + column];
                        if (linear.Activation == Activation.Relu) sum = Rectified(e, sum, Math.Max(sum, 0));
                        y[(member * b + row) * o + column] = sum;
                    }
                }
            });
            return y;
        });
        // dx[e,b,i] = sum_o dy[e,b,o] w[e,i,o], summed over members where x was shared; where masked, 0 for x
        // not above 0.
        Add<LinearInputGradient>((gradient, node, x, e) =>
        {
            var upstream = node.Inputs[0].Shape;
            var (b, o, i) = (upstream[^2].Size, upstream.Columns, node.Shape.Columns);
            var dx = new double[node.Shape.Count];
            ForMembers(upstream.Rank, upstream.Count / (b * o), gradient.To.Rank == 3 ? b * i : 0, (member, shift) =>
            {
                for (var row = 0; row < b; row++)
                {
                    for (var k = 0; k < i; k++)
                    {
                        for (var column = 0; column < o; column++)
                            dx[shift + row * i + k] += x[0][(member * b + row) * o
                                + column] * x[1][(member * i + k) * o + column];
                    }
                }
            });
            return gradient.IsMasked ? Each(dx.Length, at => dx[at] * SlopeOf(SlopeKind.Relu, x[2][at], e)) : dx;
        });
        // dw[e,i,o] = sum_b x[e,b,i] dy[e,b,o].
        Add<LinearWeightGradient>((_, node, x) =>
        {
            var upstream = node.Inputs[1].Shape;
            var (b, o, i) = (upstream[^2].Size, upstream.Columns, node.Shape[^2].Size);
            var dw = new double[node.Shape.Count];
            ForMembers(upstream.Rank, upstream.Count / (b * o), node.Inputs[0].Shape.Rank == 3 ? b * i : 0,
                (member, shift) =>
            {
                for (var row = 0; row < b; row++)
                {
                    for (var k = 0; k < i; k++)
                    {
                        for (var column = 0; column < o; column++)
                            dw[(member * i + k) * o + column] += x[0][shift + row * i
                                + k] * x[1][(member * b + row) * o + column];
                    }
                }
            });
            return dw;
        });
    }

    // z[.., m, n] = sum_k x[.., m, k] y[.., k, n], either transposed where it says so.
    private static void AddMatMul() => Add<MatMul>((product, node, x) =>
    {
        var (m, n) = (node.Shape[^2].Size, node.Shape.Columns);
        var k = node.Inputs[0].Shape[product.TransX ? ^2 : ^1].Size;
        return Each(node.Shape.Count, at =>
        {
            var (batch, i, j) = (at / (m * n), at / n % m, at % n);
            double sum = 0;
            for (var l = 0; l < k; l++)
            {
                sum += x[0][batch * m * k + (product.TransX ? l * m + i : i * k + l)]
                    * x[1][batch * k * n + (product.TransY ? j * k + l : l * n + j)];
            }
            return sum;
        });
    });

    /// <param name="stride">Elements from one member's input to the next's; 0 where they share it.</param>
    private static void ForMembers(int rank, int members, int stride, Action<int, int> of)
    {
        for (var member = 0; member < (rank == 3 ? members : 1); member++) of(member, member * stride);
    }
}
