namespace Plimsoll.Learning.Training;

/// <summary>How far a training run has come: the step, all that is carried from step to step, and what was noted
/// on the way.</summary>
internal sealed class TrainingPosition(Carried carried, TrainingLength length)
{
    private readonly string layout =
        $"{length.Steps} steps, a guard every {length.GuardEvery}\n{carried.Layout()}";

    /// <summary>Steps done.</summary>
    internal long Step { get; set; }

    internal TrainingCurves Curves { get; } = new();

    internal HashTrail Trail { get; } = new(length.Steps);

    /// <summary>What a checkpoint must agree in.</summary>
    internal string Layout() => layout;

    internal void Transfer(Transfer transfer)
    {
        Step = transfer.Number(Step);
        carried.Transfer(transfer);
        Curves.Transfer(transfer);
        Trail.Transfer(transfer);
    }
}
