using System.Runtime.InteropServices;
using System.Text;

namespace Plimsoll.Environments.MuJoCo.Native;

/// <summary>MuJoCo did not accept a model.</summary>
internal sealed class MjModelException(string message) : Exception(message);

/// <summary>A compiled model. Worlds on any number of threads read it at once.</summary>
internal sealed unsafe class MjModel : SafeHandle
{
    private const int ErrorBytes = 1000;

    // The compiler of some versions keeps global state.
    private static readonly Lock CompilerGate = new();

    private MjModel(MjRuntime runtime, nint model)
        : base(0, ownsHandle: true)
    {
        Runtime = runtime;
        SetHandle(model);
    }

    public override bool IsInvalid => handle == 0;

    public MjRuntime Runtime { get; }

    /// <summary>nq, the length of a position.</summary>
    public int PositionSize => Integer(Runtime.Layout.ModelNq);

    /// <summary>nv, the length of a velocity.</summary>
    public int VelocitySize => Integer(Runtime.Layout.ModelNv);

    /// <summary>nu, the number of actuators.</summary>
    public int ControlSize => Integer(Runtime.Layout.ModelNu);

    /// <summary>With the world, which is body 0.</summary>
    public int BodyCount => Integer(Runtime.Layout.ModelNbody);

    public int JointCount => Integer(Runtime.Layout.ModelNjnt);

    public int GeomCount => Integer(Runtime.Layout.ModelNgeom);

    /// <summary>Seconds.</summary>
    public double Timestep => *(double*)(handle + Runtime.Layout.OptionTimestep);

    /// <summary>mjtIntegrator: 0 Euler, 1 Runge-Kutta of order 4.</summary>
    public int Integrator => Integer(Runtime.Layout.OptionIntegrator);

    /// <summary>qpos0 [nq].</summary>
    public ReadOnlySpan<double> InitialPosition => Numbers(Runtime.Layout.ModelQpos0, PositionSize);

    /// <summary>kg, [bodies].</summary>
    public ReadOnlySpan<double> BodyMasses => Numbers(Runtime.Layout.ModelBodyMass, BodyCount);

    /// <summary>[joints, 2], rad or m.</summary>
    public ReadOnlySpan<double> JointRanges => Numbers(Runtime.Layout.ModelJointRange, 2 * JointCount);

    /// <summary>[joints].</summary>
    public ReadOnlySpan<double> JointStiffnesses => Numbers(Runtime.Layout.ModelJointStiffness, JointCount);

    /// <summary>[nv].</summary>
    public ReadOnlySpan<double> Dampings => Numbers(Runtime.Layout.ModelDofDamping, VelocitySize);

    /// <summary>[nv].</summary>
    public ReadOnlySpan<double> Armatures => Numbers(Runtime.Layout.ModelDofArmature, VelocitySize);

    /// <summary>[geoms, 3]: sliding, torsional, rolling.</summary>
    public ReadOnlySpan<double> GeomFrictions => Numbers(Runtime.Layout.ModelGeomFriction, 3 * GeomCount);

    /// <summary>[nu, 6].</summary>
    public ReadOnlySpan<double> ActuatorGears => Numbers(Runtime.Layout.ModelActuatorGear, 6 * ControlSize);

    /// <summary>[nu, 2].</summary>
    public ReadOnlySpan<double> ControlRanges => Numbers(Runtime.Layout.ModelActuatorRange, 2 * ControlSize);

    /// <summary>Compiles MJCF text.</summary>
    /// <param name="runtime">The library.</param>
    /// <param name="mjcf">The whole document, without references to other files.</param>
    /// <exception cref="MjModelException">MuJoCo refuses it; the message is MuJoCo's, on one
    /// line.</exception>
    public static MjModel Compile(MjRuntime runtime, string mjcf)
    {
        // MuJoCo reads models from files; its virtual ones are a struct that differs from version to version.
        var folder = Directory.CreateTempSubdirectory("plimsoll-mujoco-");
        try
        {
            var path = Path.Combine(folder.FullName, "model.xml");
            File.WriteAllText(path, mjcf);
            var error = stackalloc byte[ErrorBytes];
            error[0] = 0;
            nint model;
            fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
            {
                lock (CompilerGate)
                {
                    model = runtime.Functions.LoadXml(name, null, error, ErrorBytes);
                }
            }

            if (model == 0)
            {
                var words = Marshal.PtrToStringUTF8((nint)error) ?? "";
                throw new MjModelException(
                    string.Join(' ', words.Split('\n', StringSplitOptions.TrimEntries)).Trim());
            }

            return new MjModel(runtime, model);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The name of an element, empty where it has none.</summary>
    public string NameOf(MjKind kind, int index) =>
        Marshal.PtrToStringUTF8((nint)Runtime.Functions.NameOf(handle, (int)kind, index)) ?? "";

    /// <summary>Whether the model's numbers lie where the layout says, so that reading them is
    /// safe.</summary>
    public bool Holds(int pointerOffset, int count) => MjMemory.Holds(
        handle, Runtime.Layout.ModelBuffer, Runtime.Layout.ModelBufferBytes, Runtime.Layout.ModelBufferBytesWidth,
        pointerOffset, count);

    protected override bool ReleaseHandle()
    {
        Runtime.Functions.DeleteModel(handle);
        return true;
    }

    private int Integer(int offset) => *(int*)(handle + offset);

    private ReadOnlySpan<double> Numbers(int offset, int count) => new(*(double**)(handle + offset), count);
}

/// <summary>mjtObj, as far as it is in use.</summary>
internal enum MjKind
{
    Body = 1,
    Joint = 3,
    Actuator = 18,
}
