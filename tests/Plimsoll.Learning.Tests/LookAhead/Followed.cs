using NUnit.Framework;

namespace Plimsoll.Learning.Tests.LookAhead;

internal static class Followed
{
    /// <summary>Each target has moved by its rate towards what it follows as that is after the step.</summary>
    internal static void Assert(
        Snapshot before, Snapshot after, double rate, params (string Target, string Online)[] networks)
    {
        foreach (var (target, online) in networks)
        {
            var names = before.Names.Where(n => n.StartsWith($"{target}/", StringComparison.Ordinal)).ToList();
            NUnit.Framework.Assert.That(names, Is.Not.Empty);
            foreach (var name in names)
            {
                var source = after[online + name[target.Length..]];
                var expected = before[name].Zip(source, (old, now) => old + rate * (now - old));
                NUnit.Framework.Assert.That(after[name], Is.EqualTo(expected).Within(1e-5), name);
            }
        }
    }
}
