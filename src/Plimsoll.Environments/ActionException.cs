namespace Plimsoll.Environments;

/// <summary>
/// An action that is no number: the policy that gave it is broken, and must not pass for one that does nothing.
/// </summary>
/// <param name="message">Which component of which environment's action, at which step.</param>
public sealed class ActionException(string message) : ArgumentException(message);
