using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Schedules;

/// <summary>Schedules inside a training program.</summary>
public static class LearningRate
{
    /// <summary>
    /// The schedule's value at the program's own step, rounded to binary32. A pure function of the step, so
    /// that a resumed run sees the same rates with nothing saved. One name stands for one schedule within a
    /// graph.
    /// </summary>
    public static Node PerStep(this GraphBuilder g, string name, Schedule schedule, long steps) =>
        g.PerStep(name, step => (float)schedule.At(step, steps));
}
