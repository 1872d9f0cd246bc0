namespace Plimsoll.Learning.Safety;

/// <summary>
/// Upper confidence estimate of an ensemble: mean + k s, s = sqrt(1/E sum (Q_i - mean)^2), the population
/// form.
/// <para>Equation: DRCORL (arXiv 2502.12391), k = 2. Differs from its code, which takes the
/// deviation over members and batch together and so adds the spread between states to the bonus.</para>
/// <para>k &gt;= 0; at least one member; binary64 in two passes in the order given. NaN propagates.
/// Bitwise.</para>
/// </summary>
public static class UpperConfidence
{
    /// <summary>Over the values of E members at one state.</summary>
    public static double Of(ReadOnlySpan<double> members, double k)
    {
        Check(members.Length, k);
        var sum = 0.0;
        foreach (var q in members)
        {
            sum += q;
        }
        var mean = sum / members.Length;
        var squares = 0.0;
        foreach (var q in members)
        {
            squares += (q - mean) * (q - mean);
        }
        return mean + k * Math.Sqrt(squares / members.Length);
    }

    /// <summary>The mean over B states of the estimate at each; values are [E,B], member by member.</summary>
    public static double MeanOverStates(ReadOnlySpan<float> values, int members, double k)
    {
        Check(members, k);
        var states = values.Length / members;
        if (states == 0 || states * members != values.Length)
        {
            throw new ArgumentException(
                $"{values.Length} values are not a table of {members} members by one or more states.",
                nameof(values));
        }
        var atState = new double[members];
        var sum = 0.0;
        for (var s = 0; s < states; s++)
        {
            for (var e = 0; e < members; e++)
            {
                atState[e] = values[e * states + s];
            }
            sum += Of(atState, k);
        }
        return sum / states;
    }

    private static void Check(int members, double k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(members, 1);
        if (!(k >= 0.0))
        {
            throw new ArgumentOutOfRangeException(nameof(k), k, "The bonus factor is at least 0.");
        }
    }
}
