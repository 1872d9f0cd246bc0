namespace Plimsoll.Data;

/// <summary>
/// Says that a type only words messages for people, or that a parameter takes nothing but such words.
/// </summary>
/// <remarks>
/// What words say is no part of a stage's key. So no result may depend on it: methods of such a type return texts or
/// problems, which end in a failure that people read, never in an artifact.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Parameter)]
public sealed class WordingAttribute : Attribute;
