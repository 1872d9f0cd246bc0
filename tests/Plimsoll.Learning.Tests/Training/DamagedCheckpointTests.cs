using System.Security.Cryptography;
using NUnit.Framework;
using Plimsoll.Learning.Training;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>What a checkpoint file must never do: be trusted when it is not what was written, or fail the run.</summary>
public sealed class DamagedCheckpointTests
{
    private const string Program = "safe adaptation";
    private static readonly TrainingLength Length = new(TrainingPrograms.LongestRun, 4);

    private ResumeBench bench = null!;
    private ResumeBench.End whole = null!;
    private byte[] sound = [];

    [OneTimeSetUp]
    public void Keep()
    {
        bench = new ResumeBench();
        whole = bench.Finish(Program, Length, null);
        sound = Kept(Program);
    }

    [OneTimeTearDown]
    public void Release() => bench.Dispose();

    [Test]
    public void One_cut_anywhere_is_damaged_and_the_run_starts_over()
    {
        Assert.Multiple(() =>
        {
            for (var part = 0; part < 20; part++)
                StartsOver<CheckpointProblem.Damaged>(sound[..(sound.Length * part / 20)], $"{part}/20 of it");
            StartsOver<CheckpointProblem.Damaged>(sound[..^1], "all but a byte");
            StartsOver<CheckpointProblem.Damaged>([.. sound, 0], "a byte more");
        });
    }

    [Test]
    public void One_with_any_bit_flipped_is_damaged_and_the_run_starts_over()
    {
        var random = new Random(5);
        Assert.Multiple(() =>
        {
            for (var i = 0; i < 40; i++)
            {
                var at = i switch { 0 => 0, 1 => sound.Length - 1, _ => random.Next(sound.Length) };
                var bytes = (byte[])sound.Clone();
                bytes[at] ^= (byte)(1 << random.Next(8));
                StartsOver<CheckpointProblem.Damaged>(bytes, $"byte {at}");
            }
        });
    }

    [Test]
    public void A_sound_file_of_another_version_is_foreign()
    {
        var bytes = (byte[])sound.Clone();
        var version = bytes.AsSpan().IndexOf("checkpoint 1"u8) + "checkpoint ".Length;
        bytes[version] = (byte)'2';
        StartsOver<CheckpointProblem.Foreign>(Resealed(bytes), "version 2");
    }

    [Test]
    public void A_sound_file_that_is_no_checkpoint_is_foreign()
    {
        foreach (var length in new[] { 0, 1, 8, 100 })
        {
            var bytes = new byte[length + SHA256.HashSizeInBytes];
            new Random(length).NextBytes(bytes);
            StartsOver<CheckpointProblem.Foreign>(Resealed(bytes), $"{length} bytes");
        }
    }

    [Test]
    public void The_checkpoint_of_any_other_training_is_foreign()
    {
        Assert.Multiple(() =>
        {
            foreach (var other in TrainingPrograms.Names.Where(n => n != Program))
                StartsOver<CheckpointProblem.Foreign>(Kept(other), other);
        });
    }

    [Test]
    public void A_checkpoint_of_other_settings_is_foreign()
    {
        var path = Placed(sound);
        var end = bench.Finish(Program, Length, path, owner: "another cost limit");
        Assert.That(end.Problems.Single(), Is.InstanceOf<CheckpointProblem.Foreign>());
        path = Placed(sound);
        end = bench.Finish(Program, new TrainingLength(TrainingPrograms.LongestRun, 3), path);
        Assert.That(end.Problems.Single(), Is.InstanceOf<CheckpointProblem.Foreign>());
    }

    [Test]
    public void A_sound_one_is_used()
    {
        var end = bench.Finish(Program, Length, Placed(sound));
        Assert.That(end.ResumedAt, Is.EqualTo(5));
        Assert.That(end.Problems, Is.Empty);
    }

    [Test]
    public void Where_none_can_be_written_the_run_goes_on_and_says_so_once()
    {
        var path = Placed(sound);
        var below = Path.Combine(path, "no folder", "state"); // a file stands where a folder would have to
        var end = bench.Finish(Program, Length, below, new Pace(1, _ => true));
        Assert.That(end.Problems.Single(), Is.InstanceOf<CheckpointProblem.NotWritten>());
        Same(end);
    }

    [Test]
    public void One_that_cannot_be_read_is_left_alone_and_the_run_starts_over()
    {
        var path = bench.Fresh();
        Directory.CreateDirectory(path);
        using (File.Create(Path.Combine(path, "something")))
        {
        }
        var end = bench.Finish(Program, Length, path, new Pace(1, _ => true));
        Assert.That(end.Problems.Single(), Is.InstanceOf<CheckpointProblem.NotWritten>());
        Same(end);
    }

    [Test]
    public void What_a_writer_that_was_killed_has_left_is_cleared_away()
    {
        var path = Placed(sound);
        File.WriteAllBytes($"{path}.17-0123456789abcdef.tmp", sound[..100]);
        File.WriteAllBytes($"{path}-other", sound);
        bench.Finish(Program, Length, path, new Pace(1, _ => true));
        Assert.That(
            Directory.GetFiles(Path.GetDirectoryName(path)!).Select(Path.GetFileName),
            Is.EquivalentTo(new[] { "state", "state-other" }));
    }

    private byte[] Kept(string program)
    {
        var path = bench.Fresh();
        bench.KillAt(program, Length, path, 5);
        return File.ReadAllBytes(path);
    }

    private string Placed(byte[] bytes)
    {
        var path = bench.Fresh();
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private void StartsOver<TProblem>(byte[] bytes, string what)
    {
        var end = bench.Finish(Program, Length, Placed(bytes));
        Assert.That(end.Problems.Select(p => p.GetType()), Is.EqualTo(new[] { typeof(TProblem) }), what);
        Assert.That(end.ResumedAt, Is.Null, what);
        Same(end);
    }

    private void Same(ResumeBench.End end) =>
        Assert.That((end.State, end.Curves, end.Trail), Is.EqualTo((whole.State, whole.Curves, whole.Trail)));

    private static byte[] Resealed(byte[] bytes)
    {
        SHA256.HashData(bytes.AsSpan(0, bytes.Length - SHA256.HashSizeInBytes))
            .CopyTo(bytes.AsSpan(bytes.Length - SHA256.HashSizeInBytes));
        return bytes;
    }
}
