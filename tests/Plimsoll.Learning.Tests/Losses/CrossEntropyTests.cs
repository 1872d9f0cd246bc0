using NUnit.Framework;
using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Tests.Laws;
using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Tests.Losses;

public sealed class CrossEntropyTests
{
    // u and λ of a preference loss: x = u⁺ - λ u⁻.
    [TestCase(0.0, 0.693147)]
    [TestCase(3 - 1.0 * 1, 0.126928)]
    [TestCase(3 - 0.5 * 1, 0.078890)]
    [TestCase(-18 + 0.5 * 20, 8.000335)]
    public void The_negative_log_sigmoid_has_the_published_values(double x, double expected)
    {
        using var c = new Calculation();
        Assert.That(
            c.Value(CrossEntropy.NegativeLogSigmoid(c.Graph, c.Batch(x)))[0],
            Is.EqualTo(expected).Within(1e-6));
    }

    [Law]
    public bool Two_classes_and_one_logit_are_the_same_loss(Sample logits)
    {
        using var c = new Calculation();
        var n = logits.Values.Length;
        var z = logits.Values.Select(v => 4 * v).ToArray();
        var label = c.Batch([.. Enumerable.Range(0, n).Select(i => (double)(i % 2))]);
        var one = c.Value(CrossEntropy.Binary(c.Graph, c.Batch(z), label));
        var two = c.Value(CrossEntropy.OfClasses(
            c.Graph, c.Given([.. z.SelectMany(v => new[] { 0, v })], new("B", n), new("C", 2)),
            CrossEntropy.OneHot(c.Graph, label)));
        return one.Zip(two).All(p => p.First >= 0 && Math.Abs(p.First - p.Second) <= 4e-6 * (1 + p.First));
    }

    [Test]
    public void A_hopeless_logit_costs_its_size_and_stays_finite()
    {
        using var c = new Calculation();
        var z = c.Batch(200, -200, 200, -200);
        var loss = CrossEntropy.Binary(c.Graph, z, c.Batch(0, 1, 1, 0));
        Assert.That(c.Value(loss), Is.EqualTo(new[] { 200f, 200f, 0f, 0f }));
        Assert.That(c.Slope(loss, z), Is.EqualTo(new[] { 1f, -1f, 0f, 0f }).Within(1e-6f));
    }

    [Test]
    public void Padding_does_not_enter_a_masked_mean()
    {
        using var c = new Calculation();
        var g = c.Graph;
        var mask = c.Given([1, 0, 1, 1], new("B", 2), new("K", 2));
        Assert.That(
            c.Value(MaskedMean.Of(g, c.Given([1, 1e30, 3, 5], new("B", 2), new("K", 2)), mask))[0],
            Is.EqualTo(3f));
        Axis[] axes = [new("B", 2), new("K", 2), new("A", 2)];
        Assert.That(
            c.Value(MaskedMean.OfRows(g, c.Given([1, 2, 1e30, 1e30, 3, 4, 5, 6], axes), mask))[0],
            Is.EqualTo(3.5f));
    }
}
