namespace Plimsoll.Data;

/// <summary>Parameters of DSRL's density filter for one task.</summary>
/// <param name="Environment">The environment's id.</param>
/// <param name="Density">The share of trajectories that is meant to stay.</param>
/// <param name="CostCells">Cells along the cost.</param>
/// <param name="ReturnCells">Cells along the return.</param>
/// <param name="MostPerCell">A cell with more trajectories keeps this many.</param>
/// <param name="SparseUpTo">A cell with this many or fewer is dropped.</param>
public sealed record DsrlDensity(
    string Environment, double Density, int CostCells, int ReturnCells, int MostPerCell, int SparseUpTo);

/// <summary>
/// The grids of DSRL's density filter (its `density_cfg`). AntVelocity, HopperVelocity and six of MetaDrive's tasks
/// have none.
/// </summary>
public static class DsrlDensities
{
    public static IReadOnlyList<DsrlDensity> All { get; } =
    [
        new("OfflineCarCircle-v0", 0.5, 10, 50, 5, 2),
        new("OfflineCarCircle-v0", 0.75, 10, 50, 9, 2),
        new("OfflineAntCircle-v0", 0.5, 10, 50, 12, 2),
        new("OfflineAntCircle-v0", 0.75, 10, 50, 20, 2),
        new("OfflineAntRun-v0", 0.5, 10, 50, 6, 2),
        new("OfflineAntRun-v0", 0.75, 10, 50, 10, 2),
        new("OfflineDroneCircle-v0", 0.5, 10, 50, 10, 2),
        new("OfflineDroneCircle-v0", 0.75, 10, 50, 18, 2),
        new("OfflineDroneRun-v0", 0.5, 10, 50, 6, 2),
        new("OfflineDroneRun-v0", 0.75, 10, 50, 18, 2),
        new("OfflineBallCircle-v0", 0.5, 10, 20, 5, 2),
        new("OfflineBallCircle-v0", 0.75, 10, 30, 10, 2),
        new("OfflineBallRun-v0", 0.5, 10, 15, 7, 2),
        new("OfflineBallRun-v0", 0.75, 10, 15, 12, 2),
        new("OfflineCarRun-v0", 0.5, 10, 20, 6, 2),
        new("OfflineCarRun-v0", 0.75, 10, 20, 11, 2),
        new("OfflineCarButton1Gymnasium-v0", 0.5, 10, 10, 18, 2),
        new("OfflineCarButton1Gymnasium-v0", 0.25, 10, 10, 8, 2),
        new("OfflineCarButton2Gymnasium-v0", 0.5, 10, 8, 28, 2),
        new("OfflineCarButton2Gymnasium-v0", 0.25, 10, 8, 13, 2),
        new("OfflineCarCircle1Gymnasium-v0", 0.5, 10, 5, 28, 2),
        new("OfflineCarCircle1Gymnasium-v0", 0.25, 10, 5, 12, 2),
        new("OfflineCarCircle2Gymnasium-v0", 0.5, 10, 5, 18, 2),
        new("OfflineCarCircle2Gymnasium-v0", 0.25, 10, 5, 8, 2),
        new("OfflineCarGoal1Gymnasium-v0", 0.5, 10, 8, 13, 2),
        new("OfflineCarGoal1Gymnasium-v0", 0.25, 10, 8, 6, 2),
        new("OfflineCarGoal2Gymnasium-v0", 0.5, 10, 8, 30, 2),
        new("OfflineCarGoal2Gymnasium-v0", 0.25, 10, 8, 14, 2),
        new("OfflineCarPush1Gymnasium-v0", 0.5, 10, 6, 36, 2),
        new("OfflineCarPush1Gymnasium-v0", 0.25, 10, 6, 16, 2),
        new("OfflineCarPush2Gymnasium-v0", 0.5, 10, 8, 50, 2),
        new("OfflineCarPush2Gymnasium-v0", 0.25, 10, 8, 22, 2),
        new("OfflinePointButton1Gymnasium-v0", 0.5, 10, 10, 13, 2),
        new("OfflinePointButton1Gymnasium-v0", 0.25, 10, 10, 6, 2),
        new("OfflinePointButton2Gymnasium-v0", 0.5, 10, 8, 25, 2),
        new("OfflinePointButton2Gymnasium-v0", 0.25, 10, 8, 12, 2),
        new("OfflinePointCircle1Gymnasium-v0", 0.5, 10, 5, 28, 2),
        new("OfflinePointCircle1Gymnasium-v0", 0.25, 10, 5, 12, 2),
        new("OfflinePointCircle2Gymnasium-v0", 0.5, 10, 5, 20, 2),
        new("OfflinePointCircle2Gymnasium-v0", 0.25, 10, 5, 10, 2),
        new("OfflinePointGoal1Gymnasium-v0", 0.5, 10, 8, 16, 2),
        new("OfflinePointGoal1Gymnasium-v0", 0.25, 10, 8, 7, 2),
        new("OfflinePointGoal2Gymnasium-v0", 0.5, 10, 8, 24, 2),
        new("OfflinePointGoal2Gymnasium-v0", 0.25, 10, 6, 14, 2),
        new("OfflinePointPush1Gymnasium-v0", 0.5, 10, 6, 28, 2),
        new("OfflinePointPush1Gymnasium-v0", 0.25, 10, 6, 13, 2),
        new("OfflinePointPush2Gymnasium-v0", 0.5, 10, 8, 34, 2),
        new("OfflinePointPush2Gymnasium-v0", 0.25, 10, 8, 15, 2),
        new("OfflineHalfCheetahVelocityGymnasium-v1", 0.25, 10, 10, 12, 2),
        new("OfflineHalfCheetahVelocityGymnasium-v1", 0.5, 10, 10, 26, 2),
        new("OfflineSwimmerVelocityGymnasium-v1", 0.25, 10, 10, 7, 2),
        new("OfflineSwimmerVelocityGymnasium-v1", 0.5, 10, 10, 14, 2),
        new("OfflineWalker2dVelocityGymnasium-v1", 0.25, 10, 10, 10, 2),
        new("OfflineWalker2dVelocityGymnasium-v1", 0.5, 10, 10, 22, 2),
        new("OfflineMetadrive-easydense-v0", 0.5, 10, 20, 15, 2),
        new("OfflineMetadrive-easydense-v0", 0.75, 10, 20, 30, 2),
        new("OfflineMetadrive-mediummean-v0", 0.5, 10, 20, 16, 2),
        new("OfflineMetadrive-mediummean-v0", 0.75, 10, 20, 33, 2),
        new("OfflineMetadrive-hardsparse-v0", 0.5, 10, 20, 12, 2),
        new("OfflineMetadrive-hardsparse-v0", 0.75, 10, 20, 32, 2),
    ];

    /// <summary>The grid of a task, or null.</summary>
    public static DsrlDensity? Find(DsrlTask task, double density)
    {
        ArgumentNullException.ThrowIfNull(task);
        return All.FirstOrDefault(grid => grid.Environment == task.EnvironmentId && grid.Density == density);
    }
}
