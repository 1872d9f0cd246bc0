using NUnit.Framework;
using Plimsoll.Environments.Tests.Support;

namespace Plimsoll.Environments.Tests;

public class GoldenTests
{
    /// <summary>Golden/disc_circle.py, which shares no code with the task, printed these numbers.</summary>
    [Test]
    public void A_disc_s_path_has_the_bits_of_an_independent_program()
    {
        var solo = new Solo(new DiscCircle(1));
        solo.Reset(new Given(3 / 8.0 + 0.5, -1.5 / 8 + 0.5));
        var steps = Enumerable.Range(0, 200).Select(t =>
            solo.Step(((11 * t % 37) - 17) / 16f, ((7 * t % 41) - 20) / 16f)).ToArray();
        float[] last =
        [
            (float)1.7630944632124443,
            (float)-0.41882560530415414,
            (float)0.20970794046549002,
            (float)0.29304422105060474,
            (float)1.1121580984750665,
        ];
        Assert.That(steps[^1].Observation, Is.EqualTo(last));
        Assert.That(steps.Sum(step => (double)step.Reward), Is.EqualTo(-13.368316062456717).Within(1e-5));
        Assert.That(steps.Sum(step => step.Cost), Is.EqualTo(140));
        Assert.That(steps[^1].Truncated, Is.True);
    }
}
