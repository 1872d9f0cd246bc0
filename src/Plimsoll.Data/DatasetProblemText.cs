using System.Globalization;
using static System.FormattableString;

namespace Plimsoll.Data;

/// <summary>A problem in words: what is wrong, where, why it matters and what to do.</summary>
public sealed record ProblemText(string What, string Where, string Why, string Remedy);

/// <summary>The wording of every problem with data, and nothing else.</summary>
[Wording]
public static partial class DatasetProblemText
{
    private const string Layout =
        "observations, next_observations, actions, rewards, costs, terminals and timeouts, all at the root";

    /// <summary>Four lines, the first of which begins with `error:` or `warning:`.</summary>
    public static string Message(DatasetProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        var text = Describe(problem);
        var severity = problem.Severity == Severity.Error ? "error" : "warning";
        return $"{severity}: {text.What}\n  where: {text.Where}\n  why: {text.Why}\n  remedy: {text.Remedy}";
    }

    /// <summary>The four parts, for those who lay them out themselves.</summary>
    public static ProblemText Describe(DatasetProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return OfFile(problem) ?? OfArrays(problem) ?? OfValues(problem) ?? OfTrajectories(problem)
            ?? OfTask(problem) ?? OfPreprocessing(problem)
            ?? throw new ArgumentOutOfRangeException(nameof(problem), problem, "This problem has no words.");
    }

    /// <summary>What is wrong with a safetensors file, in one clause.</summary>
    public static string What(SafetensorsProblem problem) => problem switch
    {
        SafetensorsProblem.Missing => "the file does not exist",
        SafetensorsProblem.Unreadable(var reason) => $"the file cannot be read ({reason.TrimEnd('.')})",
        SafetensorsProblem.HeaderCut(var file, var header) =>
            Invariant($"the file has {file} bytes and ends before its header, which says it has {header}"),
        SafetensorsProblem.HeaderUnsound(var reason) => $"the header is not sound: {reason}",
        SafetensorsProblem.DuplicateName(var name) => $"the name \"{name}\" comes twice",
        SafetensorsProblem.UnknownType(var name, var type) =>
            $"\"{name}\" has the type {type}; F64, F32, I64, I32 and U8 can be read",
        SafetensorsProblem.OutOfRange(var name, var begin, var end, var data) =>
            Invariant($"\"{name}\" lies at bytes {begin} to {end} of {data}"),
        SafetensorsProblem.WrongSize(var name, var bytes, var expected) =>
            Invariant($"\"{name}\" has {bytes} bytes, which is not {expected}"),
        SafetensorsProblem.Overlap(var name, var other) => $"\"{name}\" and \"{other}\" share bytes",
        SafetensorsProblem.Gap(var begin, var end) =>
            Invariant($"the bytes {begin} to {end} of the data belong to no array"),
        SafetensorsProblem.Misaligned(var name, var begin, var size) =>
            Invariant($"\"{name}\" begins at byte {begin}, which is no multiple of its element size {size}"),
        _ => throw new ArgumentOutOfRangeException(nameof(problem), problem, "This problem has no words."),
    };

    private static ProblemText? OfFile(DatasetProblem problem) => problem switch
    {
        DatasetProblem.LibraryMissing(var name, var tried) => new(
            "the HDF5 library is not installed",
            $"{name}; tried {string.Join(", ", tried)}",
            "HDF5 files are read and written through the HDF5 C library, version 1.10 or later",
            $"install it (Debian, Ubuntu: apt-get install {Hdf5Library.DebianPackage}), or name the library file in "
                + $"the environment variable {Hdf5Library.EnvironmentVariable}"),
        DatasetProblem.FileMissing(var name) => new(
            "the dataset file does not exist", name, "there is nothing to read",
            "check the path; in an experiment file it is relative to that file"),
        DatasetProblem.FileUnreadable(var name, var reason) => new(
            $"the dataset file cannot be read ({reason.TrimEnd('.')})", name,
            "the operating system refuses it", "check that it is a file and that you may read it"),
        DatasetProblem.UnknownFormat(var name, var content) => UnknownFormat(name, content),
        DatasetProblem.Damaged(var name, null) => new(
            "the HDF5 file is cut off or damaged", name,
            "it begins as an HDF5 file does, and the library cannot open it",
            "compare its size with the source's and download or copy it again"),
        DatasetProblem.Damaged(var name, var key) => new(
            $"the array `{key}` cannot be read", $"{name}, {key}",
            "it is cut off, damaged, no array, or packed with a filter that is not installed",
            "download or copy the file again, or write it anew with gzip as its only compression"),
        DatasetProblem.ArtifactDamaged(var name, var cause) => new(
            "the dataset file is damaged", $"{name}: {What(cause)}",
            "a dataset is used where it lies, so its header must fit its bytes exactly",
            "delete the file and make it again from its source"),
        DatasetProblem.NotADataset(var name) => new(
            "the file is sound safetensors, but not a dataset", name,
            $"its metadata must say format {Dataset.Format}, task and horizon, and its last row must end an episode",
            "import the data again, or pass the right file"),
        DatasetProblem.NotWritable(var name, var reason) => new(
            $"the file cannot be written ({reason.TrimEnd('.')})", name, "the operating system refuses it",
            "check that the folder exists, that you may write to it and that the disk has room"),
        _ => null,
    };

    private static ProblemText UnknownFormat(string name, FileContent content)
    {
        const string Formats = "HDF5, npz and safetensors are read, each with its arrays by name";
        return content switch
        {
            FileContent.Empty => new(
                "the dataset file is empty", name, Formats,
                "copy or download it again, or look at the program that wrote it"),
            FileContent.WebPage => new(
                "the dataset file is a web page, not a dataset", name, Formats,
                "look at it: a server that has no such file may send a page that says so; download it again"),
            FileContent.LfsPointer => new(
                "the dataset file is a pointer of Git LFS, not the dataset", name,
                "it names the file, which was not fetched", "run `git lfs pull` where it comes from"),
            FileContent.Text => new(
                "the dataset file is text, such as CSV, which is not read", name,
                Formats + "; what the columns of a text mean, and where episodes end, only you know",
                "write the arrays with NumPy: t = numpy.genfromtxt(\"log.csv\", delimiter=\",\", names=True) and "
                    + "numpy.savez(\"log.npz\", observations=numpy.stack([t[\"x\"], t[\"y\"]], 1), ...), with "
                    + $"{Layout} (docs/own-data.md does it for a whole log)"),
            _ => new(
                "the file has none of the formats of a dataset", name,
                Formats + "; it begins as none of them does",
                "name a file of these formats; if it should be one, copy or download it again"),
        };
    }

    private static ProblemText? OfArrays(DatasetProblem problem) => problem switch
    {
        DatasetProblem.MissingKeys(var name, var keys, var found) => new(
            $"{Plural(keys.Count, "array")} missing: {string.Join(", ", keys)}",
            $"{name}; it holds {(found.Count == 0 ? "nothing" : string.Join(", ", found))}",
            $"DSRL's layout has {Layout}",
            "write the missing arrays, or rename those that are there under other names"),
        DatasetProblem.WrongRank(var name, var key, var shape, var expected) => new(
            $"`{key}` has the shape {Shape(shape)}, not {expected}", $"{name}, {key}",
            "N counts transitions, S the numbers of an observation, A those of an action",
            "write one row per transition, flattened to that shape"),
        DatasetProblem.WrongType(var name, var key, var type) => new(
            $"`{key}` holds {type}, not numbers", $"{name}, {key}",
            "arrays are read as 32-bit floating point",
            "write it as float32, float64, an integer type or bool"),
        DatasetProblem.LengthMismatch(var name, var key, var rows, var expected) => new(
            Invariant($"`{key}` has {rows} rows and `observations` has {expected}"), $"{name}, {key}",
            "row i of every array is the same transition", "write all arrays from the same transitions"),
        DatasetProblem.WidthMismatch(var name, var key, var columns, var expected) => new(
            Invariant($"`{key}` has {columns} columns and `observations` has {expected}"), $"{name}, {key}",
            "both hold observations of the same environment", "write both with the same columns"),
        DatasetProblem.NoRows(var name, var key, var shape) => new(
            $"`{key}` is empty: its shape is {Shape(shape)}", $"{name}, {key}",
            "a dataset needs at least one transition and one number in each",
            "check the program that wrote it"),
        DatasetProblem.TooLarge(var name, var key, var shape) => new(
            $"`{key}` is too large: its shape is {Shape(shape)}", $"{name}, {key}",
            "one array takes at most 2^31 elements, and all arrays together the machine's memory",
            "split the file by whole episodes"),
        _ => null,
    };

    private static ProblemText? OfValues(DatasetProblem problem) => problem switch
    {
        DatasetProblem.NotFinite(var name, var key, var row, var column, var value, var count) => new(
            $"`{key}` holds {Plural(count, "value")} that {Verb(count, "is", "are")} not finite",
            $"{Place(name, key, row, column)}: {Number(value)}{First(count)}",
            "one such value makes every loss that sees it NaN; a 64-bit value beyond 3.4e38 reads as infinity",
            "find where it comes from and drop the episodes that hold it"),
        DatasetProblem.NegativeCosts(var name, var row, var value, var count) => new(
            $"{Plural(count, "cost")} {Verb(count, "is", "are")} negative",
            $"{Place(name, DatasetKeys.Costs, row, null)}: {Number(value)}{First(count)}",
            "a negative cost would pay for violations elsewhere in the episode; cost limits assume none",
            "write costs from 0; a quantity that may be negative belongs to the reward"),
        DatasetProblem.BadEndMarker(var name, var key, var row, var value, var count) => new(
            $"`{key}` holds {Plural(count, "value")} other than 0 and 1",
            $"{Place(name, key, row, null)}: {Number(value)}{First(count)}",
            "end markers say where episodes end", "write booleans, or 0 and 1"),
        DatasetProblem.ConstantColumns(var name, var columns, var values) => new(
            $"{Plural(columns.Count, "column")} of `observations` never {Verb(columns.Count, "changes", "change")}",
            $"{name}, observations, column {string.Join(", ", columns.Zip(values).Take(5).Select(
                pair => Invariant($"{pair.First} (always {Number(pair.Second)})")))}"
                + (columns.Count > 5 ? Invariant($" and {columns.Count - 5} more") : ""),
            "it carries no information, and a policy sees values there that no data covers if it ever changes",
            "nothing to do if that is so by design; otherwise check the program that wrote it"),
        DatasetProblem.ActionsOutOfRange(var name, var row, var column, var value, var count) => new(
            $"{Plural(count, "value")} of `actions` {Verb(count, "lies", "lie")} outside [-1, 1]",
            $"{Place(name, DatasetKeys.Actions, row, column)}: {Number(value)}{First(count)}",
            "policies give actions in [-1, 1] and cannot imitate these",
            "scale actions to [-1, 1], and the environment back"),
        DatasetProblem.CostsNotBinary(var name, var row, var value, var count, var largest) => new(
            $"{Plural(count, "cost")} {Verb(count, "is", "are")} neither 0 nor 1",
            $"{Place(name, DatasetKeys.Costs, row, null)}: {Number(value)}{First(count)}; "
                + $"the largest is {Number(largest)}",
            "the benchmarks count violations, so their usual cost limits mean something else here",
            "set cost limits in this data's own unit of cost per episode"),
        _ => null,
    };

    private static ProblemText? OfTrajectories(DatasetProblem problem) => problem switch
    {
        DatasetProblem.NoCompleteTrajectory(var name, var rows) => new(
            "no episode ends", Invariant($"{name}, terminals and timeouts: all 0 in {rows} rows"),
            "returns and costs are sums over whole episodes",
            "set terminals to 1 where an episode reached an end, timeouts to 1 where a time limit cut it"),
        DatasetProblem.OneTrajectory(var name, var length, var allowed) => new(
            "there is one episode only", Invariant($"{name}, rows 0 to {length - 1}"),
            "scores cannot be normalised by one return, nor can episodes be chosen by cost",
            allowed
                ? "collect more episodes"
                : "collect more episodes, or allow one: `one-trajectory: allow` in an experiment, "
                    + "--allow-one-trajectory for inspection"),
        DatasetProblem.UnfinishedTail(var name, var row, var rows) => new(
            $"the last {Plural(rows, "row")} {Verb(rows, "ends", "end")} no episode and {Verb(rows, "is", "are")} "
                + "dropped",
            Invariant($"{name}, from row {row}"),
            "the rest of that episode is missing, so its return and cost are unknown",
            "nothing to do; mark its end in timeouts if it was complete"),
        DatasetProblem.AmbiguousEndMarkers(var name, var trajectories, var length) => new(
            Invariant($"all {trajectories} episodes have {length} steps and end with `terminals`"),
            Invariant($"{name}, terminals: first at row {length - 1}"),
            "that looks like a time limit written as a terminal; values are cut at terminals, not at time limits",
            "say which: pass the end markers as `terminals` if nothing can follow the last step, as `time-limits` if "
                + "the episode was only stopped"),
        DatasetProblem.LongerThanHorizon(var name, var row, var length, var horizon) => new(
            Invariant($"an episode has {length} steps and the horizon is {horizon}"),
            Invariant($"{name}, from row {row}"), "no episode is longer than the horizon",
            "give the horizon of the task, or check the end markers"),
        DatasetProblem.BrokenSuccession(var name, var row, var column, var count, var largest) => new(
            $"{Plural(count, "row")} of `next_observations` {Verb(count, "differs", "differ")} from the "
                + "`observations` that follow",
            Invariant($"{name}, next_observations, row {row}, column {column} against observations, row {row + 1}; ")
                + $"the largest difference is {Number(largest)}",
            "inside an episode they are the same observation; noise or a shift by one row breaks value learning",
            "check the order of rows and the end markers; noise that was added on purpose is fine"),
        DatasetProblem.NoSafeTrajectory(var name, var limit, var lowest, var trajectories) => new(
            $"no episode keeps the cost limit {Number(limit)}",
            Invariant(
                $"{name}: the lowest cost of its {Plural(trajectories, "episode")} is {Number(lowest)}"),
            "there is no safe behaviour to learn from", "raise the cost limit, or add safe episodes"),
        DatasetProblem.NothingSelected(var name, var filter, var lowest, var highest, var episodes) => new(
            $"no episode passes the filter {FilterText(filter)}",
            $"{name}: the costs of its {Plural(episodes, "episode")} lie between {Number(lowest)} and "
                + Number(highest),
            "a policy cannot be fitted to no data", "choose another filter or cost limit"),
        _ => null,
    };

    private static string FilterText(TrajectoryFilter filter) => filter switch
    {
        TrajectoryFilter.Safe(var limit) => $"safe (cost at most {Number(limit)})",
        TrajectoryFilter.Risky(var limit) => $"risky (cost at least {Number(2 * limit)})",
        TrajectoryFilter.Boundary(var limit) =>
            $"boundary (cost above {Number(0.5 * limit)}, at most {Number(1.5 * limit)})",
        _ => "all",
    };

    private static string Place(string name, string key, int row, int? column) => column is { } number
        ? Invariant($"{name}, {key}, row {row}, column {number}")
        : Invariant($"{name}, {key}, row {row}");

    private static string First(long count) => count > 1 ? " is the first" : "";

    private static string Plural(long count, string noun) =>
        Invariant($"{count} {noun}{(count == 1 ? "" : "s")}");

    private static string Verb(long count, string one, string many) => count == 1 ? one : many;

    private static string Shape(IReadOnlyList<long> shape) => $"[{string.Join(", ", shape.Select(
        axis => axis.ToString(CultureInfo.InvariantCulture)))}]";

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "infinity",
        double.NegativeInfinity => "-infinity",
        _ => value.ToString("G6", CultureInfo.InvariantCulture),
    };
}
