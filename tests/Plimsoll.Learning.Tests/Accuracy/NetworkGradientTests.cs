using NUnit.Framework;
using Plimsoll.Learning.Probe;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph.Operations;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.Tests.Float64;

namespace Plimsoll.Learning.Tests.Accuracy;

/// <summary>The gradients of the networks' programs, evaluated in binary64, against differences of the losses that
/// they record, along a random direction in each array that leans to its largest component.</summary>
public sealed class NetworkGradientTests
{
    /// <summary>Relative to the magnitudes of a derivative's terms. A wrong formula is off by order one.</summary>
    private const double Formula = 1e-6;

    [TestCase("conditional VAE", "vae/", "vae-loss")]
    [TestCase("perturbed actions", "q/", "critic-loss")]
    [TestCase("perturbed actions", "actor/", "actor-loss")]
    [TestCase("maximum entropy", "actor/", "loss")]
    [TestCase("averaged embedding", "time/", "loss")]
    [TestCase("averaged embedding", "net/", "loss")]
    public void Every_gradient_is_the_derivative_of_its_loss(string program, string arrays, string loss)
    {
        using var team = new Team(1);
        using var training = (GraphTraining)NetworkPrograms.All[program](RandomRoot.Of(0, program), team);
        // Past the start, where biases are zero and optimisers have no past.
        training.Advance(0, 3);
        var graph = training.Program.Graph!;
        var state = new Float64State(training.State);
        var differences = new Differences(graph, state, e => e.Metrics[loss], 3);
        var random = new System.Random(5);
        var (checks, kinks) = (0, 0);
        foreach (var update in Evaluation.Live(graph).Where(n => n.Operation is AdamStep))
        {
            var optimiser = ((AdamStep)update.Operation).Optimiser;
            for (var i = 0; i < optimiser.Parameters.Count; i++)
            {
                var array = optimiser.Parameters[i];
                if (!array.Name.StartsWith(arrays, StringComparison.Ordinal)) continue;
                var gradient = differences.Base[update.Inputs[i]];
                var size = 1 / Math.Sqrt(gradient.Length);
                double[] direction = [.. gradient.Select(_ => size * (2 * random.NextDouble() - 1))];
                direction[Array.IndexOf(gradient, gradient.MaxBy(Math.Abs))] += 0.5;
                if (differences.Along(array, direction) is not var (slope, rounding))
                {
                    kinks++;
                    continue;
                }
                checks++;
                var terms = gradient.Zip(direction, (g, d) => g * d).ToList();
                Assert.That(
                    terms.Sum(), Is.EqualTo(slope).Within(Formula * terms.Sum(Math.Abs) + rounding), array.Name);
            }
        }
        TestContext.Out.WriteLine($"{checks} directions, {kinks} left out for kinks");
        Assert.That(checks, Is.GreaterThan(3).And.GreaterThan(kinks));
    }
}
