using System.Collections.Concurrent;
using Plimsoll.Export.Onnx;
using Plimsoll.Export.Policies;
using Plimsoll.Export.Samples;
using Plimsoll.Learning.Artifacts;
using Plimsoll.Learning.Networks;

namespace Plimsoll.Export.Tests.Onnx;

/// <summary>Models as the tests read them.</summary>
public static class Exported
{
    public static readonly PolicyOrigin Origin = new(
        "1.2.3", "abc", "Task", "Task/arm/policy seed=0", "def", Made: "[]", Evaluations: "[{}]");

    public static OnnxOutcome.Written Written(IPolicy policy) => OnnxPolicy.Write(policy, Origin) switch
    {
        OnnxOutcome.Written written => written,
        OnnxOutcome.Refused(var problem) => throw new AssertionException($"{problem}"),
        _ => throw new AssertionException("unknown"),
    };

    public static ReadModel Model(IPolicy policy) => new(new ProtobufMessage(Written(policy).Bytes.Span));

    /// <summary>Of <see cref="Sample"/>.</summary>
    public const int Rows = 30;

    private static readonly ConcurrentDictionary<string, (ReadModel, SampleActs)> Samples = [];

    /// <summary>The model of a kind of policy, and what the policy does.</summary>
    public static (ReadModel Model, SampleActs Acts) Sample(string kind) => Samples.GetOrAdd(kind, _ =>
    {
        using var folder = new TemporaryFolder();
        SamplePolicies.Save(kind, folder["policy"]);
        using var file = Opened(folder["policy"]);
        return (Model(file.Policy), SampleActs.Of(folder["policy"], Rows));
    });

    public static PolicyFile Opened(string path) => PolicyFile.TryOpen(path) switch
    {
        PolicyOpening.Opened(var file) => file,
        PolicyOpening.Refused(var problem) => throw new AssertionException($"{problem}"),
        _ => throw new AssertionException("unknown"),
    };

    /// <summary>The largest difference between what a model says and what is expected.</summary>
    public static double Difference(ReadModel model, IEnumerable<NamedNumbers> inputs, IReadOnlyList<float> expected)
    {
        var values = Evaluator.Run(model, inputs.ToDictionary(
            input => input.Name, input => new Numbers([.. input.Shape], [.. input.Numbers.Select(x => (double)x)])));
        var action = values["action"].Values;
        Assert.That(action, Has.Length.EqualTo(expected.Count));
        return Difference(action, expected);
    }

    /// <summary>The largest; infinite where one side is NaN and the other is not.</summary>
    public static double Difference(IReadOnlyList<double> actual, IReadOnlyList<float> expected) =>
        actual.Zip(expected, (a, b) => Difference(a, b)).Max();

    private static double Difference(double a, double b)
    {
        // Equals holds of NaN and NaN, and of two infinities, whose difference is NaN.
        if (a.Equals(b)) return 0;
        var difference = Math.Abs(a - b);
        return double.IsNaN(difference) ? double.PositiveInfinity : difference;
    }
}
