namespace Plimsoll.Numerics.Graph;

/// <summary>A value of the static graph: the output of one operation. Nodes are created by a
/// <see cref="GraphBuilder"/> in the order in which the program will compute them.</summary>
public sealed class Node
{
    internal Node(GraphBuilder graph, int id, Operation operation, Node[] inputs, Shape shape)
    {
        Graph = graph;
        Id = id;
        Operation = operation;
        Inputs = inputs;
        Shape = shape;
    }

    public GraphBuilder Graph { get; }

    public int Id { get; }

    public Operation Operation { get; }

    public IReadOnlyList<Node> Inputs { get; }

    public Shape Shape { get; }

    public static Node operator +(Node x, Node y) => x.Graph.Add(x, y);

    public static Node operator -(Node x, Node y) => x.Graph.Subtract(x, y);

    public static Node operator *(Node x, Node y) => x.Graph.Multiply(x, y);

    public static Node operator /(Node x, Node y) => x.Graph.Divide(x, y);

    public static Node operator -(Node x) => x.Graph.Scale(x, -1f);

    public static Node operator *(Node x, float s) => x.Graph.Scale(x, s);

    public static Node operator *(float s, Node x) => x.Graph.Scale(x, s);

    public static Node operator +(Node x, float s) => x.Graph.AddConstant(x, s);

    public static Node operator -(Node x, float s) => x.Graph.AddConstant(x, -s);

    public static Node operator -(float s, Node x) => x.Graph.AddConstant(x.Graph.Scale(x, -1f), s);

    public override string ToString() => $"%{Id} {Operation.Name} {Shape}";
}
