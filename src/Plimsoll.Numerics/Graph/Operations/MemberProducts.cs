using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>
/// C_e = act((sum so far) + A_e B_e + bias_e), masked, for members e in ascending order, each [M, N] over depth K.
/// What the members share has stride 0; a shared C adds them up.
/// </summary>
internal sealed unsafe class MemberProducts
{
    /// <summary>Columns of C below which a part is not cut further: two of the widest panels.</summary>
    private const int SmallestColumns = 64;

    /// <summary>The parts' columns start at multiples of the widest panel.</summary>
    private const int ColumnGrain = 32;

    /// <summary>Finer than a tile's twelve rows, so that the parts are equally long.</summary>
    private const int RowGrain = 4;

    /// <summary>Rows from which on a part is worth having: two tiles.</summary>
    private const int SmallestRows = 24;

    /// <summary>Members for each part from which on one more or less matters little.</summary>
    private const int ManyMembers = 8;

    internal required float* A { get; init; }

    internal required float* B { get; init; }

    internal required float* C { get; init; }

    internal float* Bias { get; init; }

    /// <summary>Null, or shaped like C.</summary>
    internal float* Mask { get; init; }

    internal required (nint A, nint B, nint C) Strides { get; init; }

    internal bool TransA { get; init; }

    internal bool TransB { get; init; }

    internal required int M { get; init; }

    internal required int N { get; init; }

    internal required int K { get; init; }

    internal required int Members { get; init; }

    internal Activation Activation { get; init; }

    internal required Scratch Scratch { get; init; }

    private bool AddsUp => Strides.C == 0 && Members > 1;

    /// <summary>
    /// Members that divide evenly are dealt out whole, as nothing is then copied twice. Else columns are cut where every
    /// part would have to copy all of B, or where there are too few rows; else rows.
    /// </summary>
    internal void Run(int part, int parts)
    {
        if ((long)M * N * K * Members < Split.SmallestSharedProduct)
        {
            if (part == 0) Multiply(0, Members, (0, M), (0, N), part);
            return;
        }
        if (!AddsUp && (Members % parts == 0 || Members >= ManyMembers * parts))
        {
            var (first, end) = Split.Cut(Members, part, parts, 1);
            Multiply(first, end, (0, M), (0, N), part);
            return;
        }
        var byColumns = N >= SmallestColumns * parts && (Gemm.CopiesB(TransB, Pitch(TransB, N, K)) || M < SmallestRows * parts);
        var rows = byColumns ? (0, M) : Split.Cut(M, part, parts, RowGrain);
        var columns = byColumns ? Split.Cut(N, part, parts, ColumnGrain) : (0, N);
        Multiply(0, Members, rows, columns, part);
    }

    private void Multiply(int first, int end, (int Start, int End) rows, (int Start, int End) columns, int part)
    {
        if (rows.Start == rows.End || columns.Start == columns.End) return;
        for (var e = first; e < end; e++)
        {
            var j = columns.Start;
            Gemm.Multiply(
                A + e * Strides.A, Pitch(TransA, K, M), TransA,
                B + e * Strides.B + (TransB ? (nint)j * K : j), Pitch(TransB, N, K), TransB,
                C + e * Strides.C + j, N, M, columns.End - j, K, AddsUp && e > 0,
                Bias == null ? null : Bias + (nint)e * N + j, Activation, rows.Start, rows.End, Scratch.Of(part),
                Mask == null || (AddsUp && e < Members - 1) ? null : Mask + e * Strides.C + j);
        }
    }

    private static int Pitch(bool transposed, int columns, int rows) => transposed ? rows : columns;
}
