using NUnit.Framework;
using Plimsoll.Environments.Bullet;
using Plimsoll.Environments.Bullet.Native;
using Plimsoll.Environments.Tests.Support;

namespace Plimsoll.Environments.Tests.Bullet;

public class EngineTests
{
    private static readonly string[] Names = [.. BulletTasks.All.Select(task => task.Name)];

    private static EngineState.Missing LoadedFrom(Action<string> fill)
    {
        var folder = Directory.CreateTempSubdirectory("plimsoll-bullet-");
        try
        {
            fill(Path.Combine(folder.FullName, BulletLibrary.FileName));
            var (library, state) = BulletEngine.Load([folder.FullName]);
            Assert.That(library, Is.Null);
            return (EngineState.Missing)state;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public void Without_the_shim_the_engine_is_missing_and_says_what_to_install()
    {
        var missing = LoadedFrom(_ => { });
        Assert.That(missing.What, Does.Contain("libplimsoll_bullet.so").And.Contain("not beside the program"));
        Assert.That(missing.Remedy, Does.Contain("libbullet-dev"));
    }

    [Test]
    public void A_shim_that_is_no_library_is_refused_in_one_line()
    {
        var missing = LoadedFrom(path => File.WriteAllText(path, "no library"));
        Assert.That(missing.What, Does.Contain("cannot be loaded").And.Not.Contain("\n"));
    }

    [Test]
    public void A_library_that_is_not_the_shim_is_refused()
    {
        Needs.Engine(Engine.Bullet);
        var other = ((EngineState.Ready)BulletEngine.State).Files.Single(file => file.Name.StartsWith("libm."));
        var missing = LoadedFrom(path => File.Copy(other.Path, path));
        Assert.That(missing.What, Does.Contain("does not fit"));
    }

    [Test]
    public void The_files_that_compute_are_named_in_a_fixed_order()
    {
        Needs.Engine(Engine.Bullet);
        var files = ((EngineState.Ready)BulletEngine.State).Files;
        Assert.That(
            files.Select(file => file.Name.Split(".so")[0]),
            Is.EqualTo((string[])
            [
                "libplimsoll_bullet", "libBulletDynamics-float64", "libBulletCollision-float64",
                "libLinearMath-float64", "libm",
            ]));
        Assert.That(files.Select(file => file.Path), Has.All.Matches<string>(File.Exists));
    }

    [Test]
    public void What_the_shim_cannot_do_it_refuses([ValueSource(nameof(Names))] string name)
    {
        Needs.Engine(Engine.Bullet);
        var task = BulletTasks.Find(name);
        using var world = task.Build(out var robot);
        var state = new double[task.Robot.Body.StateSize];
        Assert.That(
            () => world.Step(robot, [Command.JointTorque(1000, 1)], state),
            Throws.InvalidOperationException.With.Message.Contains("arguments"));
        Assert.That(() => world.Step(robot, [], state.AsSpan(1)), Throws.InvalidOperationException);
        Assert.That(() => world.Read(robot + 1, state), Throws.InvalidOperationException);
        Assert.That(() => world.PlaceBase(-1, default), Throws.InvalidOperationException);
        world.Dispose();
        Assert.That(() => world.Read(robot, state), Throws.InstanceOf<ObjectDisposedException>());
    }

    /// <summary>Half of them are forgotten, and left to the finalizer.</summary>
    [Test]
    public void Thousands_of_worlds_leave_no_memory_behind()
    {
        Needs.Engine(Engine.Bullet);
        void Make(int worlds)
        {
            for (var i = 0; i < worlds; i++)
            {
                var solo = new Solo(Tasks.Create(Names[i % Names.Length], 1));
                solo.Reset(new SplitMix(i));
                solo.Step(new float[solo.Facts.ActionSize]);
                if (i % 2 == 0)
                {
                    solo.Dispose();
                }

                if (i % 100 == 0)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                }
            }
        }

        Make(400);
        var before = Environment.WorkingSet;
        Make(2000);
        Assert.That(Environment.WorkingSet - before, Is.LessThan(64L << 20));
    }
}
