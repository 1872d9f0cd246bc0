using Plimsoll.Environments.Bullet.Models;
using Plimsoll.Environments.Bullet.Native;
using Plimsoll.Environments.Bullet.Robots;

namespace Plimsoll.Environments.Bullet;

/// <summary>A batch of one task of Bullet-Safety-Gym, a world of Bullet for each environment.</summary>
/// <remarks>
/// Order of a step: the action is applied, clipped to [-1, 1]; the engine advances; reward and cost are those of the
/// state after it, and the episode terminates when the robot is not alive. Order of a reset: angles of the joints,
/// then the place of the base are drawn, and one step without an action is taken before the first observation, so
/// the first reward of a Run task includes that step's movement. A state that is not finite, at the start or after
/// a step, throws a <see cref="SimulationException"/>.
/// A reset builds a new world. The reference instead restores a saved state, which leaves motor targets of the last
/// action and the contacts of the first reset in force; here an episode depends on its own random numbers and
/// actions alone.
/// </remarks>
internal sealed class BulletEnvironment(BulletTask task, int count) : BatchedEnvironment(task.Facts, count)
{
    private readonly Robot robot = task.Robot;
    private readonly int stateSize = task.Robot.Body.StateSize;
    private readonly BulletWorld?[] worlds = new BulletWorld?[count];
    private readonly int[] bodies = new int[count];
    private readonly double[] potentials = new double[count];

    /// <summary>[N, state]; see <see cref="RobotState"/>.</summary>
    private readonly double[] states = new double[count * task.Robot.Body.StateSize];

    /// <summary>The numbers of an environment's state.</summary>
    internal ReadOnlySpan<double> Numbers(int index) => states.AsSpan(index * stateSize, stateSize);

    /// <summary>A new world with the robot at a given start, one step later.</summary>
    /// <param name="index">0..N-1.</param>
    /// <param name="angles">rad, of each joint that turns.</param>
    /// <param name="x">m, of the base's centre of mass; so is <paramref name="y"/>.</param>
    /// <param name="y">m.</param>
    /// <param name="yaw">rad.</param>
    internal void Start(int index, ReadOnlySpan<double> angles, double x, double y, double yaw) =>
        Start(index, angles, Frame.Turned(new Vector(x, y, robot.StartHeight), 0, 0, yaw));

    /// <summary>As above, from any place of the base's centre of mass.</summary>
    internal void Start(int index, ReadOnlySpan<double> angles, Frame place)
    {
        worlds[index]?.Dispose();
        worlds[index] = null;
        var world = task.Build(out var body);
        worlds[index] = world;
        bodies[index] = body;
        for (var i = 0; i < angles.Length; i++)
        {
            world.ResetJoint(body, robot.Body.Movable[i], angles[i]);
        }

        world.PlaceBase(body, Geometry.Pose(place, 1));
        potentials[index] = task.Course.Potential(place.Origin.X, place.Origin.Y);
        world.Step(body, [], Row(index));
        RequireFinite(index);
    }

    /// <summary>The engine's part of a step.</summary>
    /// <param name="index">0..N-1.</param>
    /// <param name="action">[A] in [-1, 1].</param>
    internal void Move(int index, ReadOnlySpan<double> action)
    {
        var row = Row(index);
        Span<Command> commands = stackalloc Command[Robot.MostCommands];
        var told = robot.Drive(action, State(index), commands);
        worlds[index]!.Step(bodies[index], commands[..told], row);
        RequireFinite(index);
    }

    protected override void Place(int index, IUniformSource random)
    {
        Span<double> angles = stackalloc double[robot.Body.Movable.Length];
        robot.DrawAngles(random, angles);
        var (x, y, yaw) = task.Course.DrawStart(random, robot);
        Start(index, angles, x, y, yaw);
    }

    protected override void Observe(int index, Span<float> observation)
    {
        var state = State(index);
        robot.Observe(state, observation);
        task.Course.Observe(state, observation[robot.ObservationNames.Count..]);
    }

    protected override double Advance(
        int index, ReadOnlySpan<float> action, Span<float> costs, out bool terminated)
    {
        Span<double> clipped = stackalloc double[action.Length];
        for (var k = 0; k < action.Length; k++)
        {
            clipped[k] = Clip(action[k]);
        }

        Move(index, clipped);
        var state = State(index);
        var reward = task.Course.Reward(potentials[index], state, robot.Score(action, clipped, state));
        potentials[index] = task.Course.Potential(state.Position[0], state.Position[1]);
        costs[0] = (float)task.Course.Cost(state, robot);
        terminated = !robot.Alive(state);
        return reward;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var world in worlds)
            {
                world?.Dispose();
            }
        }
    }

    private Span<double> Row(int index) => states.AsSpan(index * stateSize, stateSize);

    private void RequireFinite(int index)
    {
        var row = Row(index);
        for (var k = 0; k < row.Length; k++)
        {
            if (!double.IsFinite(row[k]))
            {
                throw new SimulationException(
                    Facts.Name, index, FormattableString.Invariant($"number {k} of the robot's state is {row[k]}"));
            }
        }
    }

    private RobotState State(int index) => new(Row(index), robot.Body.Movable.Length);
}
