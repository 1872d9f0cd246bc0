namespace Plimsoll.Data;

/// <summary>
/// Removes trajectories whose cost lies in a fraction of the cost range and whose return lies in a fraction of
/// the range of returns at those costs. All four in [0, 1].
/// </summary>
public readonly record struct InpaintRange(double CostFrom, double CostTo, double ReturnFrom, double ReturnTo);

/// <summary>
/// The filters of DSRL's <c>pre_process_data</c>, applied in the order of these properties. Each is off by
/// default.
/// </summary>
public sealed record PreprocessingSettings
{
    /// <summary>Keeps some trajectories of each cell of a grid; null keeps all.</summary>
    public ThinningGrid? Density { get; init; }

    /// <summary>p in [0, 1]: the share of trajectories that become tempting outliers; 0 makes none.</summary>
    public double OutlierShare { get; init; }

    public IReadOnlyList<InpaintRange> Inpaint { get; init; } = [];

    /// <summary>Above 0 removes the best safe trajectories, below 0 the best unsafe ones; return per
    /// episode.</summary>
    public double Epsilon { get; init; }

    /// <summary>Noise on observations, in standard deviations of the array; at least 0.</summary>
    public double NoiseScale { get; init; }

    /// <summary>kappa, cost per episode; outliers and epsilon need it.</summary>
    public double? CostLimit { get; init; }

    /// <summary>
    /// What halves and fractions of costs and returns refer to: c_min, c_max, r_min, r_max of the task. Null
    /// takes the extremes of the dataset as it comes in.
    /// </summary>
    public NormalisationFacts? Reference { get; init; }

    /// <summary>Whether every filter is off.</summary>
    public bool ChangesNothing =>
        Density is null && OutlierShare == 0 && Inpaint.Count == 0 && Epsilon == 0 && NoiseScale == 0;

    /// <summary>DSRL's reference for a task of its table, else null.</summary>
    public static NormalisationFacts? ReferenceOf(DsrlTask? task) => task is null
        ? null
        : new NormalisationFacts(task.ReturnMin, task.ReturnMax, task.CostMin, task.CostMax);

    /// <summary>DSRL's density filter for a task: its grid over its range; null where the table has none. The range
    /// is wider by what rounding may make of a return at its end.</summary>
    public static ThinningGrid? GridOf(DsrlTask task, double density) =>
        DsrlDensities.Find(task, density) is { } grid
            ? new ThinningGrid(grid.CostCells, grid.ReturnCells, grid.MostPerCell, grid.SparseUpTo)
            {
                LowestCost = task.CostMin - DsrlChecks.Slack(task.CostMin, task.CostMax),
                HighestCost = task.CostMax + DsrlChecks.Slack(task.CostMin, task.CostMax),
                LowestReturn = task.ReturnMin - DsrlChecks.Slack(task.ReturnMin, task.ReturnMax),
                HighestReturn = task.ReturnMax + DsrlChecks.Slack(task.ReturnMin, task.ReturnMax),
            }
            : null;
}

/// <summary>Where the filters get their random numbers; a stream each, so that none moves another.</summary>
/// <param name="Density">Uniform in (0, 1).</param>
/// <param name="Outliers">Uniform in (0, 1).</param>
/// <param name="Noise">Standard normal.</param>
public sealed record PreprocessingStreams(Func<double> Density, Func<double> Outliers, Func<double> Noise);

/// <summary>A step of the preprocessing.</summary>
public enum PreprocessingStep
{
    Density,
    Outliers,
    Inpaint,
    Epsilon,
}

/// <summary>What makes settings unusable, whatever the data.</summary>
public enum PreprocessingFault
{
    /// <summary>Outliers or epsilon without a cost limit.</summary>
    NoCostLimit,

    /// <summary>Outliers get costs below the limit, so it must be at least 1.</summary>
    CostLimitBelowOne,

    /// <summary>A fraction is not in [0, 1], or from is above to.</summary>
    BadInpaintRange,

    /// <summary>Four numbers make one range.</summary>
    InpaintNotInFours,

    /// <summary>DSRL's table has no grid for this task and density.</summary>
    NoGrid,

    /// <summary>DSRL's grid for data of one of its tasks that are not DSRL's.</summary>
    GridOfOtherData,

    /// <summary>A density of the table and a grid of one's own.</summary>
    TwoGrids,

    /// <summary>With the noise, observations are beyond binary32.</summary>
    NoiseOverflows,

    /// <summary>A grid of one's own needs cells along both axes and a most above its least.</summary>
    BadGrid,
}

/// <summary>What came of preprocessing.</summary>
public abstract record PreprocessingOutcome
{
    private protected PreprocessingOutcome()
    {
    }

    /// <param name="Dataset">In memory of its own; the caller owns it.</param>
    /// <param name="Trajectories">Where each of its trajectories stood in the dataset that came in.</param>
    /// <param name="Outliers">Indices among the kept ones of those that were made outliers.</param>
    public sealed record Done(
        Dataset Dataset, IReadOnlyList<int> Trajectories, IReadOnlySet<int> Outliers) : PreprocessingOutcome;

    public sealed record Refused(DatasetProblem Problem) : PreprocessingOutcome;
}
