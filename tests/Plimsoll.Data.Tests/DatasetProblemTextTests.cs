using System.Reflection;
using System.Runtime.CompilerServices;

namespace Plimsoll.Data.Tests;

public sealed class DatasetProblemTextTests
{
    private static IEnumerable<Type> DatasetProblems => Cases(typeof(DatasetProblem));

    private static IEnumerable<Type> SafetensorsProblems => Cases(typeof(SafetensorsProblem));

    private static IEnumerable<Type> NpzProblems => Cases(typeof(NpzProblem));

    [TestCaseSource(nameof(DatasetProblems))]
    public void Every_problem_of_a_dataset_has_four_parts(Type problem)
    {
        var text = DatasetProblemText.Describe((DatasetProblem)Make(problem));
        Assert.That(new[] { text.What, text.Where, text.Why, text.Remedy }, Is.All.Not.Empty);
        Assert.That(text.Where, Does.Contain("thing"), "the dataset's name");
    }

    [TestCaseSource(nameof(SafetensorsProblems))]
    public void Every_problem_of_safetensors_has_words(Type problem) =>
        Assert.That(DatasetProblemText.What((SafetensorsProblem)Make(problem)), Is.Not.Empty);

    [TestCaseSource(nameof(NpzProblems))]
    public void Every_problem_of_npz_has_words(Type problem) =>
        Assert.That(NpzProblemText.What((NpzProblem)Make(problem)), Is.Not.Empty);

    [Test]
    public void Every_fault_of_preprocessing_has_words_of_its_own()
    {
        var texts = Enum.GetValues<PreprocessingFault>()
            .Select(fault => DatasetProblemText.Describe(new DatasetProblem.PreprocessingUnsound("x", fault)).What);
        Assert.That(texts, Is.Unique);
    }

    private static IEnumerable<Type> Cases(Type hierarchy) =>
        hierarchy.Assembly.GetTypes().Where(type => type.BaseType == hierarchy);

    /// <summary>A value of the record with some argument for every parameter.</summary>
    private static object Make(Type record)
    {
        var constructor = record.GetConstructors(BindingFlags.Public | BindingFlags.Instance).Single();
        return constructor.Invoke(
            [.. constructor.GetParameters().Select(parameter => Argument(parameter.ParameterType))]);
    }

    private static object? Argument(Type type) => type switch
    {
        _ when type == typeof(string) => "thing",
        _ when type == typeof(IReadOnlyList<string>) => new[] { "thing" },
        _ when type == typeof(IReadOnlyList<long>) => new[] { 3L },
        _ when type == typeof(IReadOnlyList<int>) => new[] { 3 },
        _ when type == typeof(IReadOnlyList<float>) => new[] { 3f },
        _ when type == typeof(SafetensorsProblem) => new SafetensorsProblem.Missing(),
        _ when type == typeof(NpzProblem) => new NpzProblem.Missing(),
        _ when type == typeof(TrajectoryFilter) => new TrajectoryFilter.All(),
        _ => RuntimeHelpers.GetUninitializedObject(type),
    };
}
