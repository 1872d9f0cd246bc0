namespace Plimsoll.Numerics.Probe;

/// <summary>Inputs that follow from a seed alone.</summary>
public static class Samples
{
    /// <summary>Values a kernel must treat like its specification does.</summary>
    public static IReadOnlyList<float> Special { get; } =
    [
        0f, -0f, 1f, -1f, 0.5f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue,
        float.MinValue, float.Epsilon, -float.Epsilon, 1.17549435e-38f, -1.17549435e-38f, 1.1754942e-38f, 88.7f,
        88.73f, 89.1f, -87.4f, -88.8f, -103.9f, -104.1f, 0.625f, -0.625f, 20f, 20.5f, 1e10f, -1e10f, 32768f,
        32769f, 3e38f, 1e-30f, 0.70710678f, 0.7853982f, 1.5707964f, 8388608f,
    ];

    /// <summary>n values of mixed size: ordinary ones, large ones and small ones.</summary>
    public static float[] Mixed(int n, int seed)
    {
        var random = new System.Random(seed);
        var values = new float[n];
        for (int i = 0; i < n; i++)
        {
            double scale = random.Next(8) switch
            {
                0 => 100.0,
                1 => 1e-3,
                2 => 30.0,
                _ => 3.0,
            };
            values[i] = (float)((random.NextDouble() * 2 - 1) * scale);
        }

        return values;
    }

    /// <summary>n ordinary values in (-1, 1).</summary>
    public static float[] Plain(int n, int seed)
    {
        var random = new System.Random(seed);
        var values = new float[n];
        for (int i = 0; i < n; i++)
        {
            values[i] = (float)(random.NextDouble() * 2 - 1);
        }

        return values;
    }
}
