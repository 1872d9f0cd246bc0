namespace Plimsoll.Numerics.Random;

/// <summary>
/// Where a stream of random numbers lives: the generator's 64-bit key, the stream's number and the member of an
/// ensemble. A draw is addressed by (address, step, element) and by nothing else, never by call order.
/// </summary>
/// <param name="Key">The key, from the seed and the stage.</param>
/// <param name="Stream">The stream, from the role's name.</param>
/// <param name="Member">The member, 0 to 65535.</param>
public readonly record struct StreamAddress(ulong Key, uint Stream, uint Member);
