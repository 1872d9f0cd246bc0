using Plimsoll.Environments.Bullet.Models;
using Plimsoll.Environments.Bullet.Native;
using Plimsoll.Environments.Bullet.Robots;

namespace Plimsoll.Environments.Bullet;

/// <summary>A robot on a course.</summary>
/// <param name="Name">As DSRL has it.</param>
/// <param name="Robot">What acts.</param>
/// <param name="Course">Where, and what pays and costs.</param>
/// <param name="Substep">Seconds that the engine advances at a time.</param>
/// <param name="Substeps">How many of them are one step; forces stay as they are for all of them.</param>
/// <param name="Horizon">Steps of an episode.</param>
internal sealed record BulletTask(
    string Name, Robot Robot, Course Course, double Substep, int Substeps, int Horizon)
{
    internal TaskFacts Facts { get; } = new(
        Name,
        [.. Robot.ObservationNames, .. Course.ObservationNames],
        Robot.ActionSize,
        Horizon,
        Robot.CanDie,
        Course.Meaning(Robot),
        Engine.Bullet);

    /// <summary>A world in which nothing has happened yet.</summary>
    /// <param name="robot">The number of the robot's body; the ground is body 0.</param>
    internal BulletWorld Build(out int robot)
    {
        var world = new BulletWorld(new WorldSettings
        {
            TimeStep = Substeps * Substep,
            Substeps = Substeps,
            Iterations = 5,
            Gravity = -9.81,
            ContactErp = 0.9,
        });
        foreach (var body in Course.Bodies)
        {
            world.Add(body);
        }

        robot = world.Add(Robot.Body);
        FreeJoints(world, robot);
        foreach (var gear in Robot.Gears)
        {
            world.AddGear(robot, gear);
        }

        return world;
    }

    /// <summary>Motors without force: the joints turn freely until an action says otherwise.</summary>
    private void FreeJoints(BulletWorld world, int robot)
    {
        Span<Command> free = stackalloc Command[Robot.Body.Movable.Length];
        for (var i = 0; i < free.Length; i++)
        {
            free[i] = Command.PositionMotor(Robot.Body.Movable[i], 0, 0.1, 0.1, 0);
        }

        world.Apply(robot, free);
    }
}
