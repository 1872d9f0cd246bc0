using System.Runtime.InteropServices;

namespace Plimsoll.Environments.Bullet.Native;

/// <summary>The functions of the shim (src/native/bullet/border.cpp).</summary>
internal sealed unsafe class BulletLibrary
{
    internal const string FileName = "libplimsoll_bullet.so";

    internal readonly delegate* unmanaged<int*, int, int> Start;
    internal readonly delegate* unmanaged<WorldSettings*, nint*, int> Create;
    internal readonly delegate* unmanaged<nint, void> Destroy;
    internal readonly delegate* unmanaged<nint, NativeBody*, NativeLink*, NativeShape*, int*, int> AddBody;
    internal readonly delegate* unmanaged<nint, int, int, int, double, double, int, int> AddGear;
    internal readonly delegate* unmanaged<nint, int, int, double, int> ResetJoint;
    internal readonly delegate* unmanaged<nint, int, NativePose*, int> PlaceBase;
    internal readonly delegate* unmanaged<nint, int, Command*, int, int> Apply;
    internal readonly delegate* unmanaged<nint, int, double*, int, int> Read;
    internal readonly delegate* unmanaged<nint, int, Command*, int, double*, int, int> Step;

    /// <param name="handle">Of the loaded shim; it stays loaded for the life of the process.</param>
    /// <exception cref="EntryPointNotFoundException">Not this shim.</exception>
    internal BulletLibrary(nint handle)
    {
        nint Function(string name) => NativeLibrary.GetExport(handle, "plimsoll_bullet_" + name);
        Start = (delegate* unmanaged<int*, int, int>)Function("start");
        Create = (delegate* unmanaged<WorldSettings*, nint*, int>)Function("create");
        Destroy = (delegate* unmanaged<nint, void>)Function("destroy");
        AddBody = (delegate* unmanaged<nint, NativeBody*, NativeLink*, NativeShape*, int*, int>)Function("add_body");
        AddGear = (delegate* unmanaged<nint, int, int, int, double, double, int, int>)Function("add_gear");
        ResetJoint = (delegate* unmanaged<nint, int, int, double, int>)Function("reset_joint");
        PlaceBase = (delegate* unmanaged<nint, int, NativePose*, int>)Function("place_base");
        Apply = (delegate* unmanaged<nint, int, Command*, int, int>)Function("apply");
        Read = (delegate* unmanaged<nint, int, double*, int, int>)Function("read");
        Step = (delegate* unmanaged<nint, int, Command*, int, double*, int, int>)Function("step");
    }

    /// <summary>Starts the shim, once, and returns what does not fit; null when all does.</summary>
    internal string? Misfit()
    {
        var expected = Layout.Expected();
        Span<int> numbers = stackalloc int[expected.Length];
        int count;
        fixed (int* first = numbers)
        {
            count = Start(first, numbers.Length);
        }

        for (var i = 0; i < Math.Min(count, expected.Length); i++)
        {
            if (numbers[i] != expected[i].Number)
            {
                return $"{expected[i].What} is {numbers[i]} where {expected[i].Number} is needed";
            }
        }

        return count == expected.Length ? null : $"it says {count} things of itself, not {expected.Length}";
    }
}
