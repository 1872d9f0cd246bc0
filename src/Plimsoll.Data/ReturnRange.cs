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

    /// <summary>
    /// The dataset with its own extremes as its range; as it is where all returns are equal, which makes no range.
    /// The given dataset is closed, and the caller owns the one that comes back.
    /// </summary>
    /// <param name="dataset">The whole of the data.</param>
    /// <param name="from">Where the numbers come from, in words.</param>
    public static Dataset Record(Dataset dataset, string from)
    {
        var own = NormalisationFacts.Extremes(dataset);
        return own.ReturnMin < own.ReturnMax
            ? dataset.WithMetadata(
                dataset.Metadata.With(new ReturnRange(own.ReturnMin, own.ReturnMax, from).Facts))
            : dataset;
    }

    /// <summary>The problem with facts that are there and record no range; null when there is none.</summary>
    internal static DatasetProblem? Unsound(string name, IReadOnlyDictionary<string, string> facts) =>
        In(facts) is null && (facts.ContainsKey(LeastFact) || facts.ContainsKey(MostFact))
            ? new DatasetProblem.BadReturnRange(
                name, facts.GetValueOrDefault(LeastFact, ""), facts.GetValueOrDefault(MostFact, ""))
            : null;

    private static double? Number(IReadOnlyDictionary<string, string> facts, string name) =>
        facts.TryGetValue(name, out var text)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
        && double.IsFinite(value)
            ? value
            : null;
}
