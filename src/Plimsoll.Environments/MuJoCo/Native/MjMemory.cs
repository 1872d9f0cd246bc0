namespace Plimsoll.Environments.MuJoCo.Native;

/// <summary>MuJoCo keeps all arrays of a struct in one block, which tells a wrong offset before it is
/// followed.</summary>
internal static unsafe class MjMemory
{
    /// <summary>Whether the pointer at an offset leads to <paramref name="count"/> numbers inside the
    /// block.</summary>
    public static bool Holds(
        nint owner, int bufferOffset, int bytesOffset, int bytesWidth, int pointerOffset, int count)
    {
        var start = *(long*)(owner + bufferOffset);
        var bytes = bytesWidth == sizeof(long) ? *(long*)(owner + bytesOffset) : *(int*)(owner + bytesOffset);
        var pointer = *(long*)(owner + pointerOffset);
        return start != 0 && pointer % sizeof(double) == 0
            && pointer >= start && pointer - start <= bytes - (long)count * sizeof(double);
    }
}
