using System.Text;

namespace Plimsoll.Export.Onnx;

/// <summary>Names of a graph's values: C identifiers, as ONNX asks for, each given once.</summary>
internal sealed class Names
{
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);

    /// <summary>The last number that a name was given.</summary>
    private readonly Dictionary<string, int> last = new(StringComparer.Ordinal);

    /// <summary>A name as near to the wish as one is free.</summary>
    internal string New(string wish)
    {
        var name = Identifier(wish);
        if (taken.Add(name)) return name;
        for (var number = last.GetValueOrDefault(name, 1) + 1; ; number++)
        {
            if (!taken.Add($"{name}_{number}")) continue;
            last[name] = number;
            return $"{name}_{number}";
        }
    }

    private static string Identifier(string wish)
    {
        var letters = new StringBuilder(wish.Length);
        foreach (var letter in wish) letters.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        return letters.Length > 0 && !char.IsAsciiDigit(letters[0]) ? letters.ToString() : $"v{letters}";
    }
}
