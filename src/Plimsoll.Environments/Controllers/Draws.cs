namespace Plimsoll.Environments.Controllers;

/// <summary>Random draws that need no transcendental function.</summary>
internal static class Draws
{
    private const double Sqrt3 = 1.7320508075688772;

    /// <summary>Uniform in (low, high). One number of the stream.</summary>
    public static double Between(this IUniformSource random, double low, double high) =>
        low + (high - low) * random.NextUniform();

    /// <summary>True with the given probability. One number of the stream.</summary>
    public static bool Chance(this IUniformSource random, double probability) =>
        random.NextUniform() < probability;

    /// <summary>
    /// Roughly normal, mean 0 and variance 1: the sum of four uniforms, shifted and scaled (Irwin-Hall).
    /// Never beyond 2 sqrt 3. Four numbers of the stream.
    /// </summary>
    public static double Normal(this IUniformSource random)
    {
        var sum = random.NextUniform() + random.NextUniform();
        sum += random.NextUniform() + random.NextUniform();
        return Sqrt3 * (sum - 2);
    }

    /// <summary>Adds noise of this standard deviation to each component and clips to [-1, 1].</summary>
    public static void Perturb(this IUniformSource random, Span<float> action, double deviation)
    {
        for (var k = 0; k < action.Length; k++)
        {
            action[k] = (float)Math.Min(1, Math.Max(-1, action[k] + deviation * random.Normal()));
        }
    }

    /// <summary>Overwrites the action with one uniform in [-1, 1]^A.</summary>
    public static void Scatter(this IUniformSource random, Span<float> action)
    {
        for (var k = 0; k < action.Length; k++)
        {
            action[k] = (float)random.Between(-1, 1);
        }
    }
}
