namespace Plimsoll.Data.Tests;

internal static class Mutations
{
    /// <summary>
    /// A copy with one to four bytes changed, three times in four before `headerBytes`, or cut short.
    /// </summary>
    public static byte[] Of(byte[] sound, int headerBytes, Random random)
    {
        if (random.Next(8) == 0)
        {
            return sound[..random.Next(sound.Length)];
        }

        var mutated = (byte[])sound.Clone();
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var place = random.Next(4) == 0 ? random.Next(sound.Length) : random.Next(headerBytes);
            mutated[place] = random.Next(3) switch
            {
                0 => (byte)(mutated[place] ^ (1 << random.Next(8))),
                1 => (byte)random.Next(256),
                _ => random.Next(2) == 0 ? (byte)0 : (byte)0xff,
            };
        }

        return mutated;
    }
}
