using NUnit.Framework;
using Plimsoll.Environments.MuJoCo.Velocity;
using Plimsoll.Environments.Tests.Support;

namespace Plimsoll.Environments.Tests.MuJoCo;

public class StandardNormalTests
{
    [Test]
    public void The_logarithm_is_right_to_fifteen_digits()
    {
        var random = new SplitMix(1);
        for (var k = 0; k < 200_000; k++)
        {
            var u = random.NextUniform();
            foreach (var x in (double[])[u, u * u * u * u, 1 - u * 1e-9, 1e-300 * u])
            {
                var expected = Math.Log(x);
                var error = Math.Abs(StandardNormal.Log(x) - expected);
                Assert.That(error, Is.LessThanOrEqualTo(1e-15 * Math.Abs(expected)));
            }
        }
    }

    /// <summary>Moments and tails of a million draws, within four standard errors.</summary>
    [Test]
    public void A_million_draws_are_normal()
    {
        const int count = 1_000_000;
        var random = new SplitMix(2);
        var powers = new double[5];
        var beyond = new double[5];
        for (var k = 0; k < count; k++)
        {
            var x = StandardNormal.Next(random);
            for (var power = 1; power < powers.Length; power++)
            {
                powers[power] += Math.Pow(x, power) / count;
            }

            for (var bound = 1; bound < beyond.Length; bound++)
            {
                beyond[bound] += x > bound ? 1.0 / count : 0;
            }
        }

        (double Mean, double Variance)[] moments = [(0, 0), (0, 1), (1, 2), (0, 15), (3, 96)];
        for (var power = 1; power < powers.Length; power++)
        {
            var error = Math.Sqrt(moments[power].Variance / count);
            Assert.That(powers[power], Is.EqualTo(moments[power].Mean).Within(4 * error), $"moment {power}");
        }

        double[] tails = [0, 0.158655254, 0.022750132, 0.001349898, 0.0000316712];
        for (var bound = 1; bound < tails.Length; bound++)
        {
            var error = Math.Sqrt(tails[bound] / count);
            Assert.That(beyond[bound], Is.EqualTo(tails[bound]).Within(4 * error), $"beyond {bound}");
        }
    }

    [Test]
    public void A_draw_rests_on_the_two_numbers_of_its_last_try()
    {
        // The first try lies outside the disc: (0.9, 0.9); the second is (0.5, -0.5), s = 0.5.
        var drawn = StandardNormal.Next(new Given(0.95, 0.95, 0.75, 0.25));
        Assert.That(drawn, Is.EqualTo(0.5 * Math.Sqrt(-2 * Math.Log(0.5) / 0.5)).Within(1e-15));
    }
}
