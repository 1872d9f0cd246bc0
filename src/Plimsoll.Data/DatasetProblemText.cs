namespace Plimsoll.Data;

/// <summary>The wording of every problem.</summary>
public static class DatasetProblemText
{
    public static string Message(DatasetProblem problem) => problem.ToString();

    internal static string What(SafetensorsProblem problem) => problem.ToString();
}
