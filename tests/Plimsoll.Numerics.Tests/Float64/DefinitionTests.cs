using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using NUnit.Framework.Internal;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;
using Plimsoll.Numerics.Tests.Graph;
using static Plimsoll.Numerics.Tests.Graph.Graphs;

namespace Plimsoll.Numerics.Tests.Float64;

/// <summary>The oracle itself: it is complete, it finds a wrong gradient, and random graphs agree with it.</summary>
public sealed class DefinitionTests
{
    /// <summary>Of random graphs of up to 12 operations, relative to the largest element of a node, and to 1 where
    /// all are smaller. The largest measured over 10,000 graphs is 2.3e-6.</summary>
    private const double RandomGraphs = 9e-6;

    [Test]
    public void Every_operation_has_a_binary64_definition()
    {
        var operations = typeof(Operation).Assembly.GetTypes()
            .Where(t => t.IsSubclassOf(typeof(Operation)) && !t.IsAbstract).ToList();
        var missing = operations.Where(t => !Definitions.Has(t)).Select(Definitions.Missing);
        Assert.That(missing, Is.Empty);
        Assert.That(operations, Has.Count.GreaterThan(30));
    }

    [Test]
    public void An_operation_without_a_definition_is_named_with_where_to_add_one()
    {
        var g = new GraphBuilder();
        g.Output("y", g.Make(new Undefined(), [g.Constant(1f)], Shape.Scalar));
        using var state = new TrainingState();
        Assert.That(
            () => Evaluation.Run(g, new Float64State(state)),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("Undefined has no binary64 definition; add one to tests/"));
    }

    [Test]
    public void A_gradient_that_is_none_is_found()
    {
        // A host function has no gradient, so the loss seems to depend on x by the other term alone.
        using (new TestExecutionContext.IsolatedContext())
        {
            Assert.That(
                () => GradientCheck.Check(
                    (g, x) => g.Sum(x[0]) + g.ScalarFunction("double", s => 2 * s[0], g.Sum(x[0])),
                        (new Shape(K), new float[5])),
                Throws.TypeOf<AssertionException>().With.Message.Contains("not the difference quotient"));
        }
    }

    [Test]
    public void A_kink_between_the_points_is_told_and_not_differentiated()
    {
        using var state = new TrainingState();
        var x = state.Add("x", Shape.Scalar);
        var g = new GraphBuilder();
        g.Output("loss", g.Relu(g.Read(x)));
        Assert.That(new Differences(g, new Float64State(state), e => e.Outputs["loss"][0]).Along(x, [1]), Is.Null);
    }

    [Test]
    public void Random_graphs_have_the_gradients_of_their_differences()
    {
        var compared = 0;
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll<byte[]>(codes => compared += Compare(codes)));
        TestContext.Out.WriteLine($"{compared} directions compared");
        Assert.That(compared, Is.AtLeast(50), "kinks leave too little to compare");
    }

    /// <summary>How many arrays had their gradients compared.</summary>
    private static int Compare(byte[] codes)
    {
        var compared = 0;
        using var state = new TrainingState();
        var g = new GraphBuilder();
        var nodes = RandomGraph.Build(g, state, [.. codes.Take(24)], _ => { });
        var loss = nodes[^2];
        var arrays = state.Arrays.ToList();
        var gradients = g.Gradients(loss, [.. arrays.Select(g.Read)]);
        for (var i = 0; i < gradients.Length; i++) g.Output($"gradient {i}", gradients[i]);
        g.Output("loss", loss);
        var differences = new Differences(g, new Float64State(state), e => e.Outputs["loss"][0]);
        var random = new System.Random(codes.Length);
        for (var i = 0; i < arrays.Count; i++)
        {
            double[] direction = [.. Enumerable.Range(0, arrays[i].Shape.Count).Select(_ =>
                2 * random.NextDouble() - 1)];
            // Near a kink there is nothing to compare.
            if (differences.Along(arrays[i], direction) is not var (slope, rounding)) continue;
            var products = differences.Base.Outputs[$"gradient {i}"].Zip(direction, (a, b) => a * b).ToList();
            var tolerance = GradientCheck.Formula * products.Sum(Math.Abs) + 10 * rounding;
            Assert.That(products.Sum(), Is.EqualTo(slope).Within(tolerance), arrays[i].Name);
            compared++;
        }

        return compared;
    }

    [FsCheck.NUnit.Property(MaxTest = 100)]
    public void Random_graphs_in_binary32_are_near_their_binary64_values(byte[] codes)
    {
        using var state = new TrainingState();
        var g = new GraphBuilder();
        var nodes = RandomGraph.Build(g, state, [.. codes.Take(24)], _ => { }).SkipLast(1);
        var distinct = nodes.Distinct().ToList();
        for (var i = 0; i < distinct.Count; i++) g.Output($"{i}", distinct[i]);
        var exact = Evaluation.Run(g, new Float64State(state));
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        program.Run(0);
        for (var i = 0; i < distinct.Count; i++)
            GradientCheck.Close(program.Output($"{i}"), exact.Outputs[$"{i}"], RandomGraphs, distinct[i].ToString());
    }

    private sealed record Undefined : Operation
    {
        internal override Kernel? Lower(Node node, Lowering buffers) => null;
    }
}
