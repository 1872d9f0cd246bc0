using System.Security.Cryptography;

namespace Plimsoll.Learning.Training;

/// <summary>
/// The file with the complete state of one training run. Layout: a magic text, an identity, the content as
/// <see cref="TrainingPosition"/> walks it, then the SHA-256 of all before. Numbers are little-endian, floats and
/// doubles their bits. What is at the path is always one whole checkpoint: it is written under a name of its own,
/// forced to the disk and moved over the old one.
/// </summary>
/// <param name="path">Its folder is made when missing.</param>
/// <param name="owner">What the run belongs to, in any words: a checkpoint with other ones is foreign.</param>
public sealed class CheckpointFile(string path, string owner)
{
    /// <summary>Changes whenever the meaning of the bytes does.</summary>
    private const string Magic = "plimsoll checkpoint 1\n";
    private const long LargestFile = 0x7FFFFFC7;

    /// <summary>Restores what the file holds.</summary>
    /// <param name="into">Untouched unless the answer is true.</param>
    /// <param name="problem">Why a file that exists was not used.</param>
    internal bool TryRestore(TrainingPosition into, out CheckpointProblem? problem)
    {
        problem = null;
        byte[] bytes;
        try
        {
            RemoveLeftovers();
            if (!File.Exists(path)) return false;
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            problem = new CheckpointProblem.Unreadable(path, fault.Message);
            return false;
        }
        var content = bytes.AsMemory(0, Math.Max(bytes.Length - SHA256.HashSizeInBytes, 0));
        if (!SHA256.HashData(content.Span).AsSpan().SequenceEqual(bytes.AsSpan(content.Length)))
        {
            problem = new CheckpointProblem.Damaged(path);
            return false;
        }
        var restoring = new Restoring(content);
        if (!IsOurs(restoring, into))
        {
            problem = new CheckpointProblem.Foreign(path);
            return false;
        }
        into.Transfer(restoring);
        if (!restoring.IsAtEnd) throw new InvalidOperationException("a checkpoint of this layout holds more than is restored");
        return true;
    }

    /// <summary>Null when it is on the disk; otherwise what came between, and the file is as it was.</summary>
    internal CheckpointProblem? Save(TrainingPosition position)
    {
        var temporary = $"{path}.{Environment.ProcessId}-{Guid.NewGuid():N}.tmp";
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                Write(stream, position);
                if (stream.Length > LargestFile) throw new IOException("it is larger than 2 GB");
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Remove(temporary);
            return new CheckpointProblem.NotWritten(path, fault.Message);
        }
    }

    private void Write(Stream stream, TrainingPosition position)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var saving = new Saving(stream, digest);
        foreach (var text in Identity(position)) saving.Text(text);
        position.Transfer(saving);
        stream.Write(digest.GetHashAndReset());
    }

    private bool IsOurs(Restoring restoring, TrainingPosition position)
    {
        try
        {
            return Identity(position).All(text => restoring.Text("") == text);
        }
        catch (Exception fault) when (fault is InvalidOperationException or OverflowException)
        {
            return false; // sound, and no checkpoint of ours at all
        }
    }

    private string[] Identity(TrainingPosition position) => [Magic, owner, position.Layout()];

    /// <summary>What attempts that were killed while they wrote have left. At most one attempt at a time works
    /// here, and taking a checkpoint from a second one costs it nothing but that.</summary>
    private void RemoveLeftovers()
    {
        var (folder, name) = (Path.GetDirectoryName(path), Path.GetFileName(path));
        if (string.IsNullOrEmpty(folder) || !Directory.Exists(folder)) return;
        foreach (var leftover in Directory.EnumerateFiles(folder, $"{name}.*-*.tmp")) Remove(leftover);
    }

    private static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // It stays behind and hurts nobody; what led here is reported.
        }
    }
}
