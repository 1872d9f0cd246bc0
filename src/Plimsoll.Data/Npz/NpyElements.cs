using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Plimsoll.Data;

/// <summary>Turns the bytes of NumPy elements into binary32, as NumPy's <c>astype("f4")</c> does.</summary>
internal static class NpyElements
{
    /// <summary>Converts as many elements as the target takes. The bytes may be changed.</summary>
    public static void ToFloats(NpyType type, Span<byte> bytes, Span<float> target)
    {
        if (type is { Kind: 'f', Bytes: 4, BigEndian: false } && BitConverter.IsLittleEndian)
        {
            MemoryMarshal.Cast<byte, float>(bytes).CopyTo(target);
            return;
        }

        for (var index = 0; index < target.Length; index++)
        {
            var element = bytes.Slice(index * type.Bytes, type.Bytes);
            if (type.BigEndian)
            {
                element.Reverse();
            }

            target[index] = One(type, element);
        }
    }

    /// <summary>From an array whose first axis runs fastest to one whose last axis does.</summary>
    public static void FromFortranOrder(
        ReadOnlySpan<float> values, IReadOnlyList<long> shape, Span<float> ordered)
    {
        var index = new long[shape.Count];
        for (var target = 0; target < ordered.Length; target++)
        {
            var (source, stride) = (0L, 1L);
            for (var axis = 0; axis < index.Length; axis++)
            {
                source += index[axis] * stride;
                stride *= shape[axis];
            }

            ordered[target] = values[(int)source];
            for (var axis = index.Length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--)
            {
                index[axis] = 0;
            }
        }
    }

    private static float One(NpyType type, ReadOnlySpan<byte> little) => (type.Kind, type.Bytes) switch
    {
        ('f', 2) => (float)BinaryPrimitives.ReadHalfLittleEndian(little),
        ('f', 4) => BinaryPrimitives.ReadSingleLittleEndian(little),
        ('f', 8) => (float)BinaryPrimitives.ReadDoubleLittleEndian(little),
        ('i', 1) => (sbyte)little[0],
        ('i', 2) => BinaryPrimitives.ReadInt16LittleEndian(little),
        ('i', 4) => BinaryPrimitives.ReadInt32LittleEndian(little),
        ('i', 8) => BinaryPrimitives.ReadInt64LittleEndian(little),
        ('u' or 'b', 1) => little[0],
        ('u', 2) => BinaryPrimitives.ReadUInt16LittleEndian(little),
        ('u', 4) => BinaryPrimitives.ReadUInt32LittleEndian(little),
        ('u', 8) => BinaryPrimitives.ReadUInt64LittleEndian(little),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "This type holds no numbers."),
    };
}
