using static System.FormattableString;

namespace Plimsoll.Data;

public static partial class DatasetProblemText
{
    private static ProblemText? OfTask(DatasetProblem problem) => problem switch
    {
        DatasetProblem.NpzDamaged(var name, var key, var cause) => new(
            cause is NpzProblem.Pickled ? "the npz file holds Python objects" : "the npz file cannot be read",
            $"{(key is null ? name : $"{name}, {key}")}: {NpzProblemText.What(cause)}",
            cause is NpzProblem.Pickled
                ? "nothing that a data file says is ever run here"
                : "an array counts only when every byte of it is what its checksum and its header say",
            cause is NpzProblem.Pickled
                ? "write the arrays as numbers: numpy.savez(file, observations=numpy.asarray(..., 'f4'), ...)"
                : "copy the file again, or write it anew with numpy.savez"),
        DatasetProblem.UnknownEnding(var name) => new(
            "the file's name ends in no known format", name, "the ending chooses the format",
            "end it with .hdf5 or .npz (DSRL's layout), or .safetensors (a dataset artifact)"),
        DatasetProblem.DsrlFileMissing(var name, var task) => new(
            $"the data of the task {task.Name} are not here", name,
            "nothing is ever downloaded, and this file is part of the DSRL collection (Liu et al. 2024; data under "
                + "CC BY 4.0)",
            $"obtain DSRL's file {task.FileName} and put it at that path, or give the path where it lies. "
                + Holds(task)),
        DatasetProblem.OtherTaskSize(var name, var key, var columns, var expected, var task) => new(
            Invariant($"`{key}` has {Plural(columns, "column")} and the task {task.Name} has {expected}"),
            $"{name}, {key}", "a policy learned from these data could not act in the task",
            $"pass the file of this task, {task.FileName}, or give the data's own name as the task"),
        DatasetProblem.OtherTaskHorizon(var name, var horizon, var task) => new(
            Invariant($"the horizon is said to be {horizon} and the task {task.Name} has {task.Horizon}"), name,
            "an episode's return and cost are sums over its steps, so scores of another horizon mean something else",
            "leave the horizon out, or give the data's own name as the task"),
        DatasetProblem.OtherTrajectoryCount(var name, var trajectories, var task) => new(
            Invariant($"{Plural(trajectories, "episode")}, and DSRL's file has {task.Trajectories}"), name,
            $"{task.FileName} is the data of {task.Name} that published scores are of",
            "nothing to do for a part of it or for other data of that task"),
        DatasetProblem.OutsideTaskRange(
            var name, var what, var least, var most, var expectedLeast, var expectedMost, var task) => new(
            $"{what} of episodes lie outside DSRL's range {Number(expectedLeast)} to {Number(expectedMost)}",
            $"{name}: {Number(least)} to {Number(most)}",
            what == "returns"
                ? $"scores in {task.Name} are normalised with DSRL's range, so some are below 0 or above 1"
                : $"{task.FileName} has no such costs",
            "nothing to do for other data of that task; otherwise compare the file with its source"),
        DatasetProblem.OtherTask(var name, var recorded, var given) => new(
            $"the data say that their task is {recorded}, and {given} is asked for", name,
            "data of one task under the name of another would be measured by a foreign rule",
            $"give {recorded} as the task, or remove the file's text `task`"),
        DatasetProblem.BadReturnRange(var name, var least, var most) => new(
            "the recorded range of returns is no range",
            $"{name}: {ReturnRange.LeastFact} \"{least}\", {ReturnRange.MostFact} \"{most}\"",
            "scores are normalised with it: two finite numbers, the smaller first",
            "correct or remove both texts"),
        _ => null,
    };

    private static string Holds(DsrlTask task) => Invariant(
        $"It holds {task.Trajectories} episodes of at most {task.Horizon} steps: ")
        + Invariant($"observations and next_observations [N, {task.ObservationSize}], ")
        + Invariant($"actions [N, {task.ActionSize}], rewards, costs, terminals and timeouts [N]");
}
