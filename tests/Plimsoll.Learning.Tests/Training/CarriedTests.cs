using System.Reflection;
using NUnit.Framework;
using Plimsoll.Learning.Collection;
using Plimsoll.Learning.Sequences;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>A training keeps nothing that a checkpoint would miss.</summary>
public sealed class CarriedTests
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static IEnumerable<Type> Trainings() =>
        typeof(ITraining).Assembly.GetTypes().Where(t => t.IsClass && t.IsAssignableTo(typeof(ITraining)));

    [TestCaseSource(nameof(Trainings))]
    public void A_training_has_no_field_that_can_be_assigned_after_it_was_built(Type training) =>
        Assert.That(training.GetFields(Fields).Where(f => !f.IsInitOnly).Select(f => f.Name), Is.Empty);

    [TestCaseSource(nameof(Trainings))]
    public void A_training_has_no_collection_or_buffer_of_its_own(Type training)
    {
        var own = training.GetFields(Fields)
            .Where(f => f.FieldType.IsArray || f.FieldType.Namespace?.StartsWith("System", StringComparison.Ordinal) == true)
            // A number that is fixed at the start is no memory.
            .Where(f => !f.FieldType.IsPrimitive && f.FieldType != typeof(Numerics.Runtime.Program[]));
        Assert.That(own.Select(f => f.Name), Is.Empty);
    }

    [TestCaseSource(nameof(Trainings))]
    public void Each_training_is_one_that_the_resume_tests_run(Type training) =>
        Assert.That(
            training,
            Is.AnyOf(typeof(GraphTraining), typeof(Algorithms.SafeAdaptation), typeof(DelayedTraining),
                typeof(WindowTraining)),
            "resume it in ResumeTests too");

    [Test]
    public void A_mean_over_accumulators_of_one_name_weighs_each_value_alike()
    {
        using var state = new TrainingState();
        var (one, other, third) = (new Accumulator("loss"), new Accumulator("other"), new Accumulator("loss"));
        var carried = new Carried(state, [one, other, third], []);
        one.Add(1);
        one.Add(2);
        third.Add(6);
        Assert.That(carried.Metrics, Is.EqualTo(new[] { "loss", "other" }));
        Assert.That(carried.TakeMean("loss"), Is.EqualTo(3));
        Assert.That(carried.TakeMean("loss"), Is.Null);
        Assert.That(carried.TakeMean("other"), Is.Null);
    }

    [Test]
    public void Both_hashes_follow_the_losses_and_only_one_follows_the_state()
    {
        using var training = new Counting();
        training.Advance(0, 3);
        var (losses, state) = (training.Carried.LossHash(), training.Carried.StateHash());
        training.Carried.State["values"].Values[4] = -0f; // equal to what was there, and another bit
        Assert.That(training.Carried.LossHash(), Is.EqualTo(losses));
        Assert.That(training.Carried.StateHash(), Is.Not.EqualTo(state));
        training.Carried.Accumulators[0].Add(1);
        Assert.That(training.Carried.LossHash(), Is.Not.EqualTo(losses));
    }
}
