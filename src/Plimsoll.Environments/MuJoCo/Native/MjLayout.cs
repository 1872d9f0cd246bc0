namespace Plimsoll.Environments.MuJoCo.Native;

/// <summary>
/// Where one version of MuJoCo keeps what is read here: byte offsets of fields in <c>mjModel</c> and
/// <c>mjData</c>, and a few widths. The tables are printed by <c>src/native/mujoco-offsets</c> from that
/// version's headers.
/// </summary>
internal sealed record MjLayout
{
    /// <summary>The versions whose table is here. <see cref="LayoutCheck"/> has the last word.</summary>
    public static IReadOnlyList<MjLayout> Known { get; } = [Layout222.Table];

    /// <summary>What <c>mj_version()</c> of the library returns, 222 for 2.2.2.</summary>
    public required int Version { get; init; }

    public required int ModelNq { get; init; }

    public required int ModelNv { get; init; }

    public required int ModelNu { get; init; }

    public required int ModelNbody { get; init; }

    public required int ModelNjnt { get; init; }

    public required int ModelNgeom { get; init; }

    public required int ModelBuffer { get; init; }

    public required int ModelBufferBytes { get; init; }

    public required int ModelBufferBytesWidth { get; init; }

    public required int OptionTimestep { get; init; }

    public required int OptionIntegrator { get; init; }

    public required int ModelQpos0 { get; init; }

    public required int ModelBodyMass { get; init; }

    public required int ModelJointRange { get; init; }

    public required int ModelJointStiffness { get; init; }

    public required int ModelDofDamping { get; init; }

    public required int ModelDofArmature { get; init; }

    public required int ModelGeomFriction { get; init; }

    public required int ModelActuatorGear { get; init; }

    public required int ModelActuatorRange { get; init; }

    public required int DataBuffer { get; init; }

    public required int DataBufferBytes { get; init; }

    public required int DataBufferBytesWidth { get; init; }

    public required int DataTime { get; init; }

    public required int DataQpos { get; init; }

    public required int DataQvel { get; init; }

    public required int DataCtrl { get; init; }

    public required int DataXpos { get; init; }

    public required int DataWarning { get; init; }

    public required int WarningKinds { get; init; }

    public required int WarningWidth { get; init; }

    public required int WarningInfo { get; init; }

    public required int WarningNumber { get; init; }

    /// <summary>222 as 2.2.2.</summary>
    public static string Spell(int version) => $"{version / 100}.{version / 10 % 10}.{version % 10}";
}
