namespace Plimsoll.Learning.Sequences;

/// <summary>
/// Choices with given weights from one whole number each, by inversion: choice i has the numbers from its
/// threshold before to its own. Probabilities are off by less than 2^-30; a weight of 0 is never chosen.
/// </summary>
public sealed class WeightedChoice
{
    /// <summary>Numbers are drawn from 0 up to here, exclusive.</summary>
    public const int Numbers = int.MaxValue;

    private readonly int[] thresholds;

    /// <param name="weights">Finite, none negative, not all 0.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public WeightedChoice(IReadOnlyList<double> weights)
    {
        if (weights.Any(weight => !(weight >= 0 && double.IsFinite(weight))))
            throw new ArgumentException("A weight is finite and not negative.", nameof(weights));
        var total = 0.0;
        foreach (var weight in weights) total += weight;
        if (!(total > 0)) throw new ArgumentException("Some weight must be above 0.", nameof(weights));
        thresholds = new int[weights.Count];
        var sum = 0.0;
        for (var i = 0; i < thresholds.Length; i++)
        {
            // The same sum as the total's, so that it is met exactly at the last weight above 0.
            sum += weights[i];
            thresholds[i] = sum == total ? Numbers : (int)(sum / total * Numbers);
        }
    }

    /// <summary>How many there are.</summary>
    public int Count => thresholds.Length;

    /// <summary>The choice of a number, uniform in 0 to <see cref="Numbers"/> - 1.</summary>
    public int Of(int number)
    {
        var (low, high) = (0, thresholds.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (number < thresholds[middle]) high = middle;
            else low = middle + 1;
        }
        return low;
    }
}
