using NUnit.Framework;
using Plimsoll.Learning.Tabular;

namespace Plimsoll.Learning.Tests.Tabular;

public sealed class RandomCmdpTests
{
    [Test]
    public void The_same_source_gives_the_same_process()
    {
        FiniteCmdp Make()
        {
            var random = new Random(9);
            return RandomCmdp.Create(4, 3, 0.9, () => 1.0 - random.NextDouble());
        }
        var (one, two) = (Make(), Make());
        Assert.That(one.Reward, Is.EqualTo(two.Reward));
        Assert.That(one.Start, Is.EqualTo(two.Start));
        Assert.That(one.Transition(3, 2, 1), Is.EqualTo(two.Transition(3, 2, 1)));
    }

    [Test]
    public void Dirichlet_rows_are_uniform_on_the_simplex()
    {
        // A component has mean 1/n and variance (n-1)/(n^2 (n+1)): 1/4 and 3/80 for n = 4. 20000 fixed draws;
        // the mean is within 4 standard errors, the variance within 4 % (its own standard error is about 1
        // %).
        const int n = 20_000;
        var random = new Random(2);
        double sum = 0.0, squares = 0.0;
        for (var i = 0; i < n; i++)
        {
            var row = RandomCmdp.Dirichlet(4, () => 1.0 - random.NextDouble());
            Assert.That(row.Sum(), Is.EqualTo(1.0).Within(1e-15));
            sum += row[2];
            squares += row[2] * row[2];
        }
        var mean = sum / n;
        Assert.That(mean, Is.EqualTo(0.25).Within(4.0 * Math.Sqrt(3.0 / 80.0 / n)));
        Assert.That(squares / n - mean * mean, Is.EqualTo(3.0 / 80.0).Within(0.04 * 3.0 / 80.0));
    }

    [Test]
    public void Draws_of_exactly_1_still_give_a_distribution() =>
        Assert.That(RandomCmdp.Dirichlet(4, () => 1.0), Is.EqualTo(new[] { 0.25, 0.25, 0.25, 0.25 }));
}
