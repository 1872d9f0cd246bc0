namespace Plimsoll.Environments.MuJoCo.Native;

/// <summary>
/// Tells whether a table of offsets fits the loaded library, by a small model in which every number read is
/// known and differs from those of the fields around it. Pointers are followed only when they lead into the
/// block MuJoCo says they lead into.
/// </summary>
internal static class LayoutCheck
{
    private const double Timestep = 1.0 / 128;

    /// <summary>mjWARN_BADQPOS of mjtWarning.</summary>
    private const int BadPosition = 4;

    private const string Probe =
        """
        <mujoco model="probe">
          <option timestep="0.0078125" gravity="0 0 0" integrator="RK4"/>
          <worldbody>
            <body name="free" pos="1 2 3">
              <freejoint/>
              <geom type="sphere" size="0.1" mass="2" friction="0.3 0.02 0.001"/>
            </body>
            <body name="cart" pos="4 5 6">
              <joint name="driven" type="slide" axis="1 0 0" limited="true" range="-3 7" armature="1.5"
                     springref="0.5"/>
              <joint name="idle" type="slide" axis="0 1 0" damping="0.25" stiffness="0.125" armature="0.75"/>
              <geom type="sphere" size="0.1" mass="0.5" friction="0.4 0.03 0.002"/>
              <body name="load" pos="0 0 0.25"/>
            </body>
          </worldbody>
          <actuator>
            <motor name="push" joint="driven" gear="16" ctrllimited="true" ctrlrange="-1 2"/>
          </actuator>
        </mujoco>
        """;

    /// <summary>What does not fit, or null.</summary>
    public static string? Mismatch(MjRuntime runtime)
    {
        using var model = MjModel.Compile(runtime, Probe);
        if (Sizes(model) is { } sizes)
        {
            return sizes;
        }

        using var data = new MjData(model);
        return Pointers(model, data) ?? Parameters(model) ?? Dynamics(data);
    }

    private static string? Sizes(MjModel model) =>
        Differs("nq", model.PositionSize, 9) ?? Differs("nv", model.VelocitySize, 8)
        ?? Differs("nu", model.ControlSize, 1) ?? Differs("nbody", model.BodyCount, 4)
        ?? Differs("njnt", model.JointCount, 3) ?? Differs("ngeom", model.GeomCount, 2)
        ?? Differs("timestep", model.Timestep, Timestep) ?? Differs("integrator", model.Integrator, 1);

    private static string? Pointers(MjModel model, MjData data)
    {
        var layout = model.Runtime.Layout;
        (string Name, int Offset, int Count)[] ofModel =
        [
            ("qpos0", layout.ModelQpos0, 9), ("body_mass", layout.ModelBodyMass, 4),
            ("jnt_range", layout.ModelJointRange, 6), ("jnt_stiffness", layout.ModelJointStiffness, 3),
            ("dof_damping", layout.ModelDofDamping, 8), ("dof_armature", layout.ModelDofArmature, 8),
            ("geom_friction", layout.ModelGeomFriction, 6), ("actuator_gear", layout.ModelActuatorGear, 6),
            ("actuator_ctrlrange", layout.ModelActuatorRange, 2),
        ];
        (string Name, int Offset, int Count)[] ofData =
        [
            ("qpos", layout.DataQpos, 9), ("qvel", layout.DataQvel, 8),
            ("ctrl", layout.DataCtrl, 1), ("xpos", layout.DataXpos, 12),
        ];
        var astray = ofModel.Where(field => !model.Holds(field.Offset, field.Count))
            .Concat(ofData.Where(field => !data.Holds(field.Offset, field.Count)))
            .Select(field => field.Name)
            .FirstOrDefault();
        return astray is null ? null : $"{astray} does not lie where the table says";
    }

    private static string? Parameters(MjModel model) =>
        Differs("qpos0", model.InitialPosition, 1, 2, 3, 1, 0, 0, 0, 0, 0)
        ?? Differs("body_mass", model.BodyMasses, 0, 2, 0.5, 0)
        ?? Differs("jnt_range", model.JointRanges, 0, 0, -3, 7, 0, 0)
        ?? Differs("jnt_stiffness", model.JointStiffnesses, 0, 0, 0.125)
        ?? Differs("dof_damping", model.Dampings, 0, 0, 0, 0, 0, 0, 0, 0.25)
        ?? Differs("dof_armature", model.Armatures, 0, 0, 0, 0, 0, 0, 1.5, 0.75)
        ?? Differs("geom_friction", model.GeomFrictions, 0.3, 0.02, 0.001, 0.4, 0.03, 0.002)
        ?? Differs("actuator_gear", model.ActuatorGears, 16, 0, 0, 0, 0, 0)
        ?? Differs("actuator_ctrlrange", model.ControlRanges, -1, 2);

    /// <summary>A known push, then a position that is no number, which MuJoCo must count and undo.</summary>
    private static string? Dynamics(MjData data)
    {
        const double acceleration = 16 / (0.5 + 1.5);
        data.Reset();
        if (Differs("qpos", data.Position, 1, 2, 3, 1, 0, 0, 0, 0, 0) is { } start)
        {
            return start;
        }

        data.Control[0] = 1;
        data.Velocity[2] = 0.5;
        data.Step();
        data.Forward();
        var moved = Differs("time", data.Time, Timestep)
            ?? Differs("qvel", data.Velocity, 0, 0, 0.5, 0, 0, 0, acceleration * Timestep, 0)
            ?? Differs("xpos", data.PlaceOf(1), 1, 2, 3 + 0.5 * Timestep)
            ?? Differs("xpos", data.PlaceOf(2), 4 + acceleration * Timestep * Timestep / 2, 5, 6)
            ?? (data.HasWarned ? "a warning was counted that nothing explains" : null);
        if (moved is not null)
        {
            return moved;
        }

        data.Position[0] = double.NaN;
        data.Step();
        return data.WarningCount(BadPosition) == 1 ? null : "a position that is no number was not counted";
    }

    private static string? Differs(string name, double found, double expected) =>
        Math.Abs(found - expected) <= 1e-9 ? null : $"{name} reads {found} where it must be {expected}";

    private static string? Differs(string name, ReadOnlySpan<double> found, params ReadOnlySpan<double> expected)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            if (Differs($"{name}[{i}]", found[i], expected[i]) is { } mismatch)
            {
                return mismatch;
            }
        }

        return null;
    }
}
