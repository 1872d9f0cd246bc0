namespace Plimsoll.Learning.Sequences;

/// <summary>Which of some (cost, return) no other beats: none costs at most as much and returns at least as
/// much, and is better in one of both. Points that are equal stand together.</summary>
public static class ParetoSet
{
    /// <returns>Indices by ascending cost.</returns>
    public static IReadOnlyList<int> Of(IReadOnlyList<double> costs, IReadOnlyList<double> returns)
    {
        var order = Enumerable.Range(0, costs.Count).OrderBy(i => costs[i]).ThenByDescending(i => returns[i]);
        var set = new List<int>();
        foreach (var i in order)
        {
            // The best so far is the last one kept: whatever follows costs as much or more.
            if (set.Count == 0 || returns[i] > returns[set[^1]]
                || (returns[i] == returns[set[^1]] && costs[i] == costs[set[^1]]))
                set.Add(i);
        }
        return set;
    }
}
