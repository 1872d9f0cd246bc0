using System.Runtime.InteropServices;

namespace Plimsoll.Environments.MuJoCo.Native;

/// <summary>
/// The state of one world. One thread at a time uses it; the worlds of a model do not disturb each other.
/// Spans lead into native memory: they are not to outlive the world.
/// </summary>
internal sealed unsafe class MjData : SafeHandle
{
    private readonly MjModel model;
    private readonly nint modelHandle;
    private readonly MjFunctions functions;
    private readonly MjLayout layout;
    private readonly int positionSize;
    private readonly int velocitySize;
    private readonly int controlSize;

    public MjData(MjModel model)
        : base(0, ownsHandle: true)
    {
        // The model outlives the world however the two are freed: finalizers come in no order.
        var held = false;
        model.DangerousAddRef(ref held);
        this.model = model;
        modelHandle = model.DangerousGetHandle();
        functions = model.Runtime.Functions;
        layout = model.Runtime.Layout;
        positionSize = model.PositionSize;
        velocitySize = model.VelocitySize;
        controlSize = model.ControlSize;
        SetHandle(functions.MakeData(modelHandle));
        if (IsInvalid)
        {
            model.DangerousRelease();
            throw new OutOfMemoryException("MuJoCo has no memory for another world.");
        }
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Seconds since the reset.</summary>
    public double Time => *(double*)(handle + layout.DataTime);

    /// <summary>qpos [nq].</summary>
    public Span<double> Position => new(*(double**)(handle + layout.DataQpos), positionSize);

    /// <summary>qvel [nv].</summary>
    public Span<double> Velocity => new(*(double**)(handle + layout.DataQvel), velocitySize);

    /// <summary>ctrl [nu].</summary>
    public Span<double> Control => new(*(double**)(handle + layout.DataCtrl), controlSize);

    /// <summary>Whether MuJoCo warned since the last reset, be it by the caller or by MuJoCo
    /// itself.</summary>
    public bool HasWarned
    {
        get
        {
            var number = handle + layout.DataWarning + layout.WarningNumber;
            for (var kind = 0; kind < layout.WarningKinds; kind++)
            {
                if (*(int*)(number + kind * layout.WarningWidth) != 0)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>xpos of a body, m, [3], as the last forward pass left it.</summary>
    public ReadOnlySpan<double> PlaceOf(int body) =>
        new(*(double**)(handle + layout.DataXpos) + 3 * body, 3);

    /// <summary>The initial state, whatever happened before, and no warnings.</summary>
    public void Reset() => functions.ResetData(modelHandle, handle);

    /// <summary>Computes all that follows from position, velocity and control, without moving.</summary>
    public void Forward() => functions.Forward(modelHandle, handle);

    /// <summary>Moves on by one time step.</summary>
    public void Step() => functions.Step(modelHandle, handle);

    /// <summary>Computes accelerations and forces of bodies from the last forward pass.</summary>
    public void ComputeBodyForces() => functions.RnePostConstraint(modelHandle, handle);

    /// <summary>How often MuJoCo warned of this kind (mjtWarning) since the last reset.</summary>
    public int WarningCount(int kind) =>
        *(int*)(handle + layout.DataWarning + layout.WarningNumber + kind * layout.WarningWidth);

    /// <summary>MuJoCo's words for its first warning, or null.</summary>
    public string? Warning()
    {
        for (var kind = 0; kind < layout.WarningKinds; kind++)
        {
            if (WarningCount(kind) != 0)
            {
                var info = *(int*)(handle + layout.DataWarning + layout.WarningInfo + kind * layout.WarningWidth);
                return Marshal.PtrToStringUTF8((nint)functions.WarningText(kind, info));
            }
        }

        return null;
    }

    /// <summary>Whether the world's numbers lie where the layout says, so that reading them is
    /// safe.</summary>
    public bool Holds(int pointerOffset, int count) => MjMemory.Holds(
        handle, layout.DataBuffer, layout.DataBufferBytes, layout.DataBufferBytesWidth, pointerOffset, count);

    protected override bool ReleaseHandle()
    {
        functions.DeleteData(handle);
        model.DangerousRelease();
        return true;
    }
}
