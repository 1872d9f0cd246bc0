namespace Plimsoll.Benchmarks.Measuring;

/// <summary>Numbers as the tables show them.</summary>
internal static class Format
{
    internal static string Micro(double seconds) => (1e6 * seconds).ToString("0.00");

    internal static string Milli(double seconds) => (1e3 * seconds).ToString("0.000");

    internal static string Giga(double rate) => (1e-9 * rate).ToString("0.0");

    internal static string Percent(double share) => (100 * share).ToString("0") + " %";

    internal static string Rate(double perSecond) => perSecond.ToString(perSecond < 100 ? "0.00" : "0.0");

    internal static string Mebibytes(double bytes) => (bytes / (1 << 20)).ToString("0.00");

    internal static string Threads(int threads) => threads == 1 ? "1 thread" : $"{threads} threads";
}
