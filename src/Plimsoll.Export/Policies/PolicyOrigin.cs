namespace Plimsoll.Export.Policies;

/// <summary>Where an exported policy comes from.</summary>
/// <param name="Version">Of the program that exports.</param>
/// <param name="Artifact">SHA-256 of the file that the policy was read from, in hexadecimal.</param>
/// <param name="Task">The task that it was trained for, if that is known.</param>
/// <param name="Label">Of the record that made it, if there is one.</param>
/// <param name="Key">Likewise.</param>
/// <param name="Made">How it was made, from the data on: an array of objects in JSON.</param>
/// <param name="Evaluations">What its evaluations saw: likewise.</param>
public sealed record PolicyOrigin(
    string Version, string Artifact, string? Task = null, string? Label = null, string? Key = null,
    string? Made = null, string? Evaluations = null);
