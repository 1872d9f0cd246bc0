using Plimsoll.Numerics.Graph;

namespace Plimsoll.Numerics.Tests.Float64;

/// <summary>
/// What every operation means, in binary64 and by plain loops: an oracle for formulae, not for the order of
/// additions. A new operation gets its definition in the file of its kind, and one row in
/// <see cref="OperationCases"/>.
/// </summary>
internal static partial class Definitions
{
    private static readonly Dictionary<Type, Definition> Table = [];

    static Definitions()
    {
        AddLeaves();
        AddElementwise();
        AddShapes();
        AddReductions();
        AddProducts();
        AddOrder();
        AddSoftmax();
        AddSequences();
        AddNormalisation();
        AddEffects();
    }

    /// <param name="x">Values of the inputs, in their order.</param>
    internal delegate double[] Definition(Node node, double[][] x, Evaluation evaluation);

    internal static bool Has(Type operation) => Table.ContainsKey(operation);

    /// <exception cref="NotSupportedException">Nobody has written one yet.</exception>
    internal static Definition Of(Operation operation) =>
        Table.TryGetValue(operation.GetType(), out var definition)
            ? definition
            : throw new NotSupportedException(Missing(operation.GetType()));

    internal static string Missing(Type operation) =>
        $"the operation {operation.Name} has no binary64 definition; " +
        "add one to tests/Plimsoll.Numerics.Tests/Float64, in the file of its kind";

    private static void Add<T>(Func<T, Node, double[][], Evaluation, double[]> definition)
        where T : Operation => Table.Add(typeof(T), (node, x, evaluation) =>
            definition((T)node.Operation, node, x, evaluation));

    private static void Add<T>(Func<T, Node, double[][], double[]> definition)
        where T : Operation => Add<T>((operation, node, x, _) => definition(operation, node, x));

    private static double[] Each(int count, Func<int, double> of)
    {
        var values = new double[count];
        for (var i = 0; i < count; i++) values[i] = of(i);
        return values;
    }
}
