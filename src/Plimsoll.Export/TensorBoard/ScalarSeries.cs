namespace Plimsoll.Export.TensorBoard;

/// <summary>One number over training, as TensorBoard draws it.</summary>
/// <param name="Tag">The series' name; a part before a slash groups it with others.</param>
/// <param name="Points">
/// Step and value, in any order; a value may be NaN or infinite, which TensorBoard marks as such.
/// </param>
public sealed record ScalarSeries(string Tag, IReadOnlyList<(long Step, float Value)> Points);
