namespace Plimsoll.Data;

/// <summary>
/// The 38 tasks of DSRL (Liu et al. 2024, arXiv:2306.09303), with the constants of its code, in its order.
/// </summary>
public static class DsrlTasks
{
    /// <summary>
    /// Cap and count are those in the file's name, S and A the sizes of an observation and an action, L the
    /// horizon in steps; then the smallest and largest undiscounted episode return, which scores are normalised
    /// with, and cost. AntRun and CarButton2 share their smallest return, probably by a slip of the source; it is
    /// kept, because all published scores contain it.
    /// </summary>
    public static IReadOnlyList<DsrlTask> All { get; } =
    [
        // Bullet-Safety-Gym. cap, count, S, A, L; smallest and largest return; smallest and largest cost.
        new("AntCircle", DsrlSuite.Bullet, 200, 5728, 34, 8, 500,
            0.0177031010389328, 460.7091979980469, 0, 200),
        new("AntRun", DsrlSuite.Bullet, 150, 1816, 33, 8, 200,
            0.001767391717990563, 955.4818725585938, 0, 150),
        new("BallCircle", DsrlSuite.Bullet, 80, 886, 8, 2, 200,
            0.38312244415283203, 881.46337890625, 0, 80),
        new("BallRun", DsrlSuite.Bullet, 80, 940, 7, 2, 100,
            26.339754104614258, 1327.445556640625, 0, 80),
        new("CarCircle", DsrlSuite.Bullet, 100, 1450, 8, 2, 300,
            3.484419822692871, 534.3060913085938, 0, 100),
        new("CarRun", DsrlSuite.Bullet, 40, 651, 7, 2, 200,
            204.28726196289062, 574.6533203125, 0, 40),
        new("DroneCircle", DsrlSuite.Bullet, 100, 1923, 18, 4, 300,
            207.794189453125, 996.38916015625, 0, 100),
        new("DroneRun", DsrlSuite.Bullet, 140, 1990, 17, 4, 200,
            10.557029724121094, 682.8330078125, 0, 140),
        // Safety-Gymnasium, navigation. cap, count, S, A, L; smallest and largest return; smallest and largest cost.
        new("CarButton1", DsrlSuite.Navigation, 250, 2656, 88, 2, 1000,
            0.0028926206826067613, 44.420003345738984, 0, 250),
        new("CarButton2", DsrlSuite.Navigation, 300, 3755, 88, 2, 1000,
            0.001767391717990563, 41.99513815522894, 0, 300),
        new("CarCircle1", DsrlSuite.Navigation, 250, 1271, 40, 2, 500,
            8.037073135375977, 24.94155502319336, 0, 250),
        new("CarCircle2", DsrlSuite.Navigation, 400, 940, 40, 2, 500,
            5.113386154174805, 25.950098037719727, 0, 398),
        new("CarGoal1", DsrlSuite.Navigation, 120, 1671, 72, 2, 1000,
            0.012232819540852091, 39.907809198384705, 0, 120),
        new("CarGoal2", DsrlSuite.Navigation, 200, 4105, 72, 2, 1000,
            0.001032874531954775, 28.902897990056502, 0, 200),
        new("CarPush1", DsrlSuite.Navigation, 200, 2871, 88, 2, 1000,
            0.013700173533941762, 16.304467598905237, 0, 200),
        new("CarPush2", DsrlSuite.Navigation, 250, 4407, 88, 2, 1000,
            0.00029391133526335267, 15.141648491514314, 0, 250),
        new("PointButton1", DsrlSuite.Navigation, 200, 2268, 76, 2, 1000,
            0.008822109034937853, 41.19301568767707, 0, 200),
        new("PointButton2", DsrlSuite.Navigation, 250, 3288, 76, 2, 1000,
            0.014114166087574098, 42.8985953616709, 0, 250),
        new("PointCircle1", DsrlSuite.Navigation, 200, 1098, 28, 2, 500,
            20.067626953125, 61.72819519042969, 0, 200),
        new("PointCircle2", DsrlSuite.Navigation, 300, 895, 28, 2, 500,
            20.478347778320312, 54.02184295654297, 0, 299),
        new("PointGoal1", DsrlSuite.Navigation, 100, 2022, 60, 2, 1000,
            0.01196012764197707, 30.071114857340543, 0, 100),
        new("PointGoal2", DsrlSuite.Navigation, 200, 3442, 60, 2, 1000,
            0.002616959830266108, 27.717709787852737, 0, 200),
        new("PointPush1", DsrlSuite.Navigation, 150, 2379, 76, 2, 1000,
            0.0014001545292344209, 16.518654299293367, 0, 150),
        new("PointPush2", DsrlSuite.Navigation, 200, 3242, 76, 2, 1000,
            0.0012438183001730607, 14.691039145644403, 0, 200),
        // Safety-Gymnasium, velocity. cap, count, S, A, L; smallest and largest return; smallest and largest cost.
        new("AntVelocity", DsrlSuite.Velocity, 250, 2249, 27, 8, 1000,
            6.1519012451171875, 2976.276611328125, 0, 250),
        new("HalfCheetahVelocity", DsrlSuite.Velocity, 250, 2495, 17, 6, 1000,
            5.7509765625, 2806.93310546875, 0, 250),
        new("HopperVelocity", DsrlSuite.Velocity, 250, 2240, 11, 3, 1000,
            37.05154800415039, 1911.396728515625, 0, 250),
        new("SwimmerVelocity", DsrlSuite.Velocity, 200, 1686, 8, 2, 1000,
            0.07114458084106445, 238.95831298828125, 0, 200),
        new("Walker2dVelocity", DsrlSuite.Velocity, 300, 2729, 17, 6, 1000,
            18.668498992919922, 3418.223876953125, 0, 300),
        // MetaDrive. cap, count, S, A, L; smallest and largest return; smallest and largest cost.
        new("easysparse", DsrlSuite.MetaDrive, 85, 1000, 261, 2, 1000,
            20.094310760498047, 425.8006286621094, 0.00025356505648232996, 82.42418670654297),
        new("easymean", DsrlSuite.MetaDrive, 85, 1000, 261, 2, 1000,
            22.142553329467773, 425.82440185546875, 0, 82.38601684570312),
        new("easydense", DsrlSuite.MetaDrive, 85, 1000, 261, 2, 1000,
            19.71139144897461, 425.81732177734375, 0, 80.36358642578125),
        new("mediumsparse", DsrlSuite.MetaDrive, 50, 1000, 261, 2, 1000,
            17.446578979492188, 269.80084228515625, 0, 46.46459197998047),
        new("mediummean", DsrlSuite.MetaDrive, 50, 1000, 261, 2, 1000,
            17.032529830932617, 269.8221435546875, 0, 46.46154022216797),
        new("mediumdense", DsrlSuite.MetaDrive, 50, 1000, 261, 2, 1000,
            15.102348327636719, 269.7813415527344, 0, 46.45858383178711),
        new("hardsparse", DsrlSuite.MetaDrive, 85, 1000, 261, 2, 1000,
            17.247974395751953, 486.80523681640625, 0, 85.010009765625),
        new("hardmean", DsrlSuite.MetaDrive, 85, 1000, 261, 2, 1000,
            19.387981414794922, 486.9967956542969, 0.00033149970113299787, 84.33995056152344),
        new("harddense", DsrlSuite.MetaDrive, 85, 1000, 261, 2, 1000,
            15.386894226074219, 486.63616943359375, 0, 84.76679229736328),
    ];

    /// <summary>
    /// The task with this name (`BallCircle`), environment (`OfflineBallCircle-v0`, `SafetyBallCircle-v0`) or
    /// file (`SafetyBallCircle-v0-80-886`, with any folder and ending); null when DSRL has none.
    /// </summary>
    public static DsrlTask? Find(string text) => ByName(text) ?? ByEnvironment(text) ?? ByFile(text);

    /// <summary>DSRL's task whose own data these are; null for any other, also of a task of that name.</summary>
    public static DsrlTask? Behind(DatasetMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return Find(metadata.Task) is { } task && task.Owns(metadata.Facts) ? task : null;
    }

    public static DsrlTask? ByName(string name) => First(task => task.Name == name);

    public static DsrlTask? ByEnvironment(string id) =>
        First(task => task.EnvironmentId == id || task.DataEnvironmentId == id);

    /// <summary>By the file's exact name, of whatever format and folder.</summary>
    public static DsrlTask? ByFile(string path)
    {
        var stem = Path.GetFileNameWithoutExtension(path);
        return First(task => Path.GetFileNameWithoutExtension(task.FileName) == stem);
    }

    private static DsrlTask? First(Func<DsrlTask, bool> test) => All.FirstOrDefault(test);
}
