using System.Globalization;

namespace Plimsoll.Data;

/// <summary>Where a task's simulator comes from; it decides names and cost limits.</summary>
public enum DsrlSuite
{
    /// <summary>Bullet-Safety-Gym.</summary>
    Bullet,

    /// <summary>Safety-Gymnasium: points and cars.</summary>
    Navigation,

    /// <summary>Safety-Gymnasium: a speed limit on MuJoCo's robots.</summary>
    Velocity,

    /// <summary>MetaDrive.</summary>
    MetaDrive,
}

/// <summary>What DSRL's code and file names say of one of its tasks.</summary>
/// <param name="Name">Short name: <c>BallCircle</c>.</param>
/// <param name="Suite">The simulator.</param>
/// <param name="CostCap">No episode in the file costs more; part of the file's name.</param>
/// <param name="Trajectories">Episodes in the file; part of its name.</param>
/// <param name="ObservationSize">S.</param>
/// <param name="ActionSize">A.</param>
/// <param name="Horizon">Steps of the longest episode.</param>
/// <param name="ReturnMin">r_min of the normalised return.</param>
/// <param name="ReturnMax">r_max of the normalised return.</param>
/// <param name="CostMin">c_min, the smallest episode cost.</param>
/// <param name="CostMax">c_max, the largest episode cost.</param>
public sealed record DsrlTask(
    string Name, DsrlSuite Suite, int CostCap, int Trajectories, int ObservationSize, int ActionSize,
    int Horizon, double ReturnMin, double ReturnMax, double CostMin, double CostMax)
{
    /// <summary>The id under which DSRL registers the task: <c>OfflineBallCircle-v0</c>.</summary>
    public string EnvironmentId => Suite switch
    {
        DsrlSuite.Navigation => $"Offline{Name}Gymnasium-v0",
        DsrlSuite.Velocity => $"Offline{Name}Gymnasium-v1",
        DsrlSuite.MetaDrive => $"OfflineMetadrive-{Name}-v0",
        _ => $"Offline{Name}-v0",
    };

    /// <summary>The id in the file's name: <c>SafetyBallCircle-v0</c>.</summary>
    public string DataEnvironmentId => Suite == DsrlSuite.MetaDrive
        ? $"SafeMetaDrive-{Name}-v0"
        : $"Safety{EnvironmentId["Offline".Length..]}";

    /// <summary>The exact name of the data file.</summary>
    public string FileName =>
        string.Create(CultureInfo.InvariantCulture, $"{DataEnvironmentId}-{CostCap}-{Trajectories}.hdf5");

    /// <summary>Limits of the published protocol, undiscounted cost per episode.</summary>
    public IReadOnlyList<double> CostLimits =>
        Suite is DsrlSuite.Navigation or DsrlSuite.Velocity ? [20, 40, 80] : [10, 20, 40];

    /// <summary>What scores in this task are normalised with.</summary>
    public ReturnRange Returns => new(ReturnMin, ReturnMax, "DSRL's table");

    /// <summary>
    /// Whether data under this task's name are taken for DSRL's own: they record the table's range of returns, or
    /// none. Data of the task that were made elsewhere record their own.
    /// </summary>
    public bool Owns(IReadOnlyDictionary<string, string> facts) =>
        ReturnRange.In(facts) is not { } range || (range.Least == ReturnMin && range.Most == ReturnMax);
}
