namespace Plimsoll.Learning.Networks;

/// <summary>How a policy's arrays are named in every policy file, and so while it is trained.</summary>
public static class PolicyArrays
{
    /// <summary>Every name is this or begins with this and a stroke.</summary>
    public const string Root = "policy";
}
