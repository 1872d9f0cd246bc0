using System.Runtime.InteropServices;
using Plimsoll.Environments.Bullet.Models;

namespace Plimsoll.Environments.Bullet.Native;

/// <summary>One world of Bullet. One thread at a time; freed by Dispose, or by the finalizer when forgotten.</summary>
internal sealed unsafe class BulletWorld : SafeHandle
{
    private readonly BulletLibrary library;

    internal BulletWorld(WorldSettings settings)
        : base(0, ownsHandle: true)
    {
        library = BulletEngine.Library;
        nint made;
        Check(library.Create(&settings, &made), "create");
        SetHandle(made);
    }

    public override bool IsInvalid => handle == 0;

    // Each call keeps the world alive until it has come back, or the finalizer could free it meanwhile.

    /// <returns>The number of the body: bodies count from 0 in the order of their coming.</returns>
    internal int Add(CompiledBody body)
    {
        var description = body.Body;
        int index;
        fixed (NativeLink* links = body.Links)
        fixed (NativeShape* shapes = body.Shapes)
        {
            Check(library.AddBody(Open(), &description, links, shapes, &index), "add_body");
        }

        GC.KeepAlive(this);
        return index;
    }

    internal void AddGear(int body, Gear gear)
    {
        Check(
            library.AddGear(Open(), body, gear.LinkA, gear.LinkB, gear.Ratio, gear.MaxForce, gear.AuxiliaryLink),
            "add_gear");
        GC.KeepAlive(this);
    }

    internal void ResetJoint(int body, int link, double angle)
    {
        Check(library.ResetJoint(Open(), body, link, angle), "reset_joint");
        GC.KeepAlive(this);
    }

    /// <summary>Puts the base's centre of mass there, at rest.</summary>
    internal void PlaceBase(int body, NativePose pose)
    {
        Check(library.PlaceBase(Open(), body, &pose), "place_base");
        GC.KeepAlive(this);
    }

    /// <summary>Carries the commands out while no time passes.</summary>
    internal void Apply(int body, ReadOnlySpan<Command> commands)
    {
        fixed (Command* first = commands)
        {
            Check(library.Apply(Open(), body, first, commands.Length), "apply");
        }

        GC.KeepAlive(this);
    }

    internal void Read(int body, Span<double> state)
    {
        fixed (double* first = state)
        {
            Check(library.Read(Open(), body, first, state.Length), "read");
        }

        GC.KeepAlive(this);
    }

    /// <summary>Carries the commands out, takes one step and reads the state. Allocates nothing here.</summary>
    internal void Step(int body, ReadOnlySpan<Command> commands, Span<double> state)
    {
        fixed (Command* firstCommand = commands)
        fixed (double* first = state)
        {
            Check(library.Step(Open(), body, firstCommand, commands.Length, first, state.Length), "step");
        }

        GC.KeepAlive(this);
    }

    protected override bool ReleaseHandle()
    {
        library.Destroy(handle);
        return true;
    }

    private nint Open()
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        return handle;
    }

    private static void Check(int status, string function)
    {
        if (status == 0)
        {
            return;
        }

        throw status == 1
            ? new OutOfMemoryException($"Bullet found no memory ({function}).")
            : new InvalidOperationException(
                $"Bullet's shim refused {function} {(status == 2 ? "for its arguments" : "and does not say why")}.");
    }
}
