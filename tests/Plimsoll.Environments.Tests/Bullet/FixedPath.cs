using System.Globalization;
using Plimsoll.Environments.Bullet;
using Plimsoll.Environments.Bullet.Robots;

namespace Plimsoll.Environments.Tests.Bullet;

/// <summary>The start and the actions of the golden paths, and how they are printed.</summary>
internal sealed class FixedPath(BulletTask task)
{
    internal BulletEnvironment Start()
    {
        var environment = new BulletEnvironment(task, 1);
        var noise = Enumerable.Range(0, task.Robot.Body.Movable.Length).Select(i => 0.05 * Math.Sin(1.0 + i));
        double[] angles = [.. task.Robot is Ant ? noise.Select(AntAngle) : noise];
        if (task.Course == Course.Circle)
        {
            environment.Start(0, angles, 3.0, 0.5, 0.7 + task.Robot.Forward);
        }
        else
        {
            environment.Start(0, angles, 0.005, -0.004, task.Robot.Forward);
        }

        return environment;
    }

    internal double[] Action(int t)
    {
        var wave = Enumerable.Range(0, task.Robot.ActionSize).Select(i => Math.Sin(0.1 * t + i));
        return [.. task.Robot is Drone ? wave.Select(Damped) : wave];
    }

    /// <summary>15 digits; whether they are followed by contacts is as the files have it.</summary>
    internal string Print(ReadOnlySpan<double> state)
    {
        var links = task.Robot.Body.Links.Length;
        var moving = state[..^links].ToArray().Select(x => x.ToString("G15", CultureInfo.InvariantCulture));
        var contacts = state[^links..].ToArray().Select(x => x.ToString("G15", CultureInfo.InvariantCulture));
        return string.Join(' ', task.Robot is Ant or Drone ? [.. moving, "C", .. contacts] : moving);
    }

    private static double AntAngle(double noise, int i)
    {
        var angle = i % 2 == 0 ? noise : Math.PI / 2 + noise;
        return i is 3 or 5 ? -angle : angle;
    }

    /// <summary>
    /// The files' drone was given (0.1 s) 0.3 where an action a enters as 0.1 a: of the numbers around 0.3 s, the
    /// one that gives the same rotor speed.
    /// </summary>
    private static double Damped(double s)
    {
        var wanted = 1 + 0.1 * s * 0.3;
        var near = s * 0.3;
        double[] candidates = [near, Math.BitIncrement(near), Math.BitDecrement(near)];
        return candidates.First(a => 1 + 0.1 * a == wanted);
    }
}
