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

    /// <summary>
    /// A copy damaged as files get damaged: bytes changed, cut short, a length field changed, a block zeroed,
    /// or two blocks swapped.
    /// </summary>
    public static byte[] Damage(byte[] sound, Random random)
    {
        var mutated = (byte[])sound.Clone();
        var length = 1 + random.Next(Math.Min(64, sound.Length / 4));
        switch (random.Next(5))
        {
            case 0:
                return Of(sound, sound.Length, random);
            case 1:
                return sound[..random.Next(sound.Length)];
            case 2:
                ulong[] lengths =
                    [0, 1, uint.MaxValue, ulong.MaxValue, long.MaxValue, (ulong)random.NextInt64(), (ulong)length];
                var bytes = BitConverter.GetBytes(lengths[random.Next(lengths.Length)]);
                bytes.AsSpan(0, 1 << random.Next(4)).CopyTo(mutated.AsSpan(random.Next(sound.Length - 8)));
                return mutated;
            case 3:
                mutated.AsSpan(random.Next(sound.Length - length), length).Clear();
                return mutated;
            default:
                var (one, other) = (random.Next(sound.Length - length), random.Next(sound.Length - length));
                sound.AsSpan(one, length).CopyTo(mutated.AsSpan(other));
                sound.AsSpan(other, length).CopyTo(mutated.AsSpan(one));
                return mutated;
        }
    }
}
