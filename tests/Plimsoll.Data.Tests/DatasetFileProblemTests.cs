namespace Plimsoll.Data.Tests;

/// <summary>Files that are no datasets of ours, with the message that says so.</summary>
public sealed class DatasetFileProblemTests
{
    [Test]
    public void A_missing_file_is_named()
    {
        AssertMessage("no/such.safetensors", """
            error: the dataset file does not exist
              where: no/such.safetensors
              why: there is nothing to read
              remedy: check the path; in an experiment file it is relative to that file
            """);
        var thrown = Assert.Throws<DatasetException>(() => Dataset.Open("no/such.safetensors"));
        Assert.That(thrown!.Problem, Is.EqualTo(new DatasetProblem.FileMissing("no/such.safetensors")));
    }

    [Test]
    public void A_cut_file_is_damaged()
    {
        using var folder = new TemporaryFolder();
        using var dataset = Samples.Dataset(2, 2);
        dataset.Save(folder["x"]);
        File.WriteAllBytes(folder["x"], File.ReadAllBytes(folder["x"])[..^3]);
        AssertMessage(folder["x"], $"""
            error: the dataset file is damaged
              where: {folder["x"]}: "timeouts" lies at bytes 176 to 192 of 189
              why: a dataset is used where it lies, so its header must fit its bytes exactly
              remedy: delete the file and make it again from its source
            """);
    }

    [Test]
    public void Other_safetensors_are_no_dataset()
    {
        using var folder = new TemporaryFolder();
        new SafetensorsWriter().Add("weights", [1], [1f]).Write(folder["x"]);
        AssertMessage(folder["x"], $"""
            error: the file is sound safetensors, but not a dataset
              where: {folder["x"]}
              why: its metadata must say format {Dataset.Format}, task and horizon, and its last row must end an episode
              remedy: import the data again, or pass the right file
            """);
    }

    [Test]
    public void Arrays_that_do_not_fit_are_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Multiple(() =>
        {
            Assert.That(Opening(), Is.InstanceOf<DatasetOpening.Opened>(), "the sound one");
            Assert.That(Problem(omit: "costs"), Is.InstanceOf<DatasetProblem.MissingKeys>());
            Assert.That(Problem(rewards: 3), Is.EqualTo(
                new DatasetProblem.LengthMismatch(folder["x"], "rewards", 3, 2)));
            Assert.That(Problem(nextWidth: 2), Is.InstanceOf<DatasetProblem.WidthMismatch>());
            Assert.That(Problem(timeouts: [0, 0.5f]),
                Is.EqualTo(new DatasetProblem.BadEndMarker(folder["x"], "timeouts", 1, 0.5f, 1)));
            Assert.That(Problem(timeouts: [0, 0]),
                Is.EqualTo(new DatasetProblem.NoCompleteTrajectory(folder["x"], 2)));
            Assert.That(Problem(timeouts: [1, 0]), Is.EqualTo(new DatasetProblem.NotADataset(folder["x"])));
            Assert.That(Problem(horizon: "0"), Is.EqualTo(new DatasetProblem.NotADataset(folder["x"])));
            Assert.That(Problem(wholeCosts: true),
                Is.EqualTo(new DatasetProblem.WrongType(folder["x"], "costs", "I32")));
        });

        DatasetProblem Problem(
            string? omit = null, int rewards = 2, int nextWidth = 1, float[]? timeouts = null,
            string horizon = "5",
            bool wholeCosts = false) =>
            ((DatasetOpening.Refused)Opening(
                omit, rewards, nextWidth, timeouts, horizon, wholeCosts)).Problem;

        DatasetOpening Opening(
            string? omit = null, int rewards = 2, int nextWidth = 1, float[]? timeouts = null,
            string horizon = "5",
            bool wholeCosts = false)
        {
            var writer = new SafetensorsWriter().AddMetadata("format", Dataset.Format)
                .AddMetadata("task", "Toy").AddMetadata("horizon", horizon)
                .Add("observations", [2, 1], [1f, 2f])
                .Add("next_observations", [2, nextWidth], new float[2 * nextWidth])
                .Add("actions", [2, 1], [0f, 0f]).Add("rewards", [rewards], new float[rewards])
                .Add("terminals", [2], [0f, 0f]).Add("timeouts", [2], timeouts ?? [0, 1]);
            _ = (omit, wholeCosts) switch
            {
                (not null, _) => writer,
                (_, true) => writer.Add("costs", [2], [0, 1]),
                _ => writer.Add("costs", [2], [0f, 1f]),
            };
            writer.Write(folder["x"]);
            var opening = Dataset.TryOpen(folder["x"]);
            (opening as DatasetOpening.Opened)?.Dataset.Dispose();
            return opening;
        }
    }

    private static void AssertMessage(string path, string expected)
    {
        var opening = Dataset.TryOpen(path);
        Assert.That(opening, Is.InstanceOf<DatasetOpening.Refused>());
        Assert.That(
            DatasetProblemText.Message(((DatasetOpening.Refused)opening).Problem), Is.EqualTo(expected));
    }
}
