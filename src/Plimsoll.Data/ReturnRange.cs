using System.Globalization;

namespace Plimsoll.Data;

/// <summary>
/// The range of episode returns that scores are normalised with, kept among a dataset's facts with where it
/// comes from, so that parts of a dataset are measured by the same rule as the whole.
/// </summary>
/// <param name="Least">r_min, finite.</param>
/// <param name="Most">r_max, finite, above r_min.</param>
/// <param name="From">Where the numbers come from, in words.</param>
public sealed record ReturnRange(double Least, double Most, string From)
{
    /// <summary>Names of the facts.</summary>
    public const string LeastFact = "return_min";

    /// <inheritdoc cref="LeastFact"/>
    public const string MostFact = "return_max";

    /// <inheritdoc cref="LeastFact"/>
    public const string FromFact = "return_range_from";

    /// <summary>The range as facts: shortest texts that read back to the same numbers.</summary>
    public IEnumerable<KeyValuePair<string, string>> Facts =>
    [
        new(LeastFact, Least.ToString("R", CultureInfo.InvariantCulture)),
        new(MostFact, Most.ToString("R", CultureInfo.InvariantCulture)),
        new(FromFact, From),
    ];

    /// <summary>The range that the facts of a dataset record; null when there is none, or no sound one.</summary>
    public static ReturnRange? In(IReadOnlyDictionary<string, string> facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return Number(facts, LeastFact) is { } least && Number(facts, MostFact) is { } most && least < most
            ? new ReturnRange(least, most, facts.GetValueOrDefault(FromFact, ""))
            : null;
    }

    /// <summary>Whether facts of that name are there, sound or not.</summary>
    internal static bool IsIn(IReadOnlyDictionary<string, string> facts) =>
        facts.ContainsKey(LeastFact) || facts.ContainsKey(MostFact);

    private static double? Number(IReadOnlyDictionary<string, string> facts, string name) =>
        facts.TryGetValue(name, out var text)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
        && double.IsFinite(value)
            ? value
            : null;
}
