using NUnit.Framework;
using Plimsoll.Environments.MuJoCo;

namespace Plimsoll.Environments.Tests;

public class MappedLibrariesTests
{
    private static EngineState Find(params string[] maps) => MappedLibraries.Find(MuJoCoEngine.Computing, () => maps);

    private static EngineState.Missing Missing(params string[] maps) => (EngineState.Missing)Find(maps);

    private const string MuJoCo = "7f00-7f01 r-xp 00000000 08:01 17 /usr/lib/x/libmujoco.so.2.2.2";
    private const string Mathematics = "7f06-7f07 r-xp 00000000 08:01 20 /usr/lib/x/libm.so.6";

    [Test]
    public void Files_of_libraries_are_told_from_other_lines()
    {
        var state = Find(
            MuJoCo,
            "7f01-7f02 r--p 00000000 08:01 17 /usr/lib/x/libmujoco.so.2.2.2",
            "7f02-7f03 rw-p 00000000 00:00 0 ",
            "7f03-7f04 r-xp 00000000 08:01 18 /usr/lib/x/libmount.so.1",
            "7f04-7f05 r-xp 00000000 08:01 19 /opt/a b/libccd.so.2.0",
            "7f05-7f06 rw-p 00000000 00:00 0 [heap]",
            Mathematics);
        Assert.That(((EngineState.Ready)state).Files, Is.EqualTo(new[]
        {
            new NativeFile("libccd.so.2.0", "/opt/a b/libccd.so.2.0"),
            new NativeFile("libm.so.6", "/usr/lib/x/libm.so.6"),
            new NativeFile("libmujoco.so.2.2.2", "/usr/lib/x/libmujoco.so.2.2.2"),
        }));
    }

    /// <summary>Before glibc 2.34 a file was named by its version.</summary>
    [Test]
    public void Mathematics_may_be_named_by_its_version()
    {
        var state = Find(MuJoCo, "7f06-7f07 r-xp 00000000 08:01 20 /lib/libm-2.31.so");
        Assert.That(((EngineState.Ready)state).Files[0], Is.EqualTo(new NativeFile("libm-2.31.so", "/lib/libm-2.31.so")));
    }

    [Test]
    public void Two_files_of_one_name_both_count_in_the_order_of_their_paths()
    {
        const string other = "7e06-7e07 r-xp 00000000 08:01 21 /opt/libm.so.6";
        string[] expected = ["/opt/libm.so.6", "/usr/lib/x/libm.so.6", "/usr/lib/x/libmujoco.so.2.2.2"];
        foreach (var maps in new string[][] { [MuJoCo, Mathematics, other], [other, Mathematics, MuJoCo] })
        {
            Assert.That(((EngineState.Ready)Find(maps)).Files.Select(file => file.Path), Is.EqualTo(expected));
        }
    }

    [Test]
    public void A_required_library_that_is_not_mapped_makes_the_engine_missing()
    {
        Assert.That(Missing(Mathematics).What, Does.Contain("libmujoco").And.Contain("cannot be told"));
        Assert.That(Missing(MuJoCo).What, Does.Contain("libm.so* or libm-*"));
    }

    [Test]
    public void A_library_that_was_replaced_asks_for_a_new_start()
    {
        var missing = Missing(MuJoCo, Mathematics + " (deleted)");
        Assert.That(missing.What, Does.Contain("/usr/lib/x/libm.so.6 was replaced"));
        Assert.That(missing.Remedy, Does.Contain("again"));
    }

    [Test]
    public void Maps_that_cannot_be_read_are_named()
    {
        Exception[] reasons = [new FileNotFoundException("no /proc"), new UnauthorizedAccessException("forbidden")];
        foreach (var reason in reasons)
        {
            var missing = (EngineState.Missing)MappedLibraries.Find(MuJoCoEngine.Computing, () => throw reason);
            Assert.That(missing.What, Does.Contain(reason.Message));
            Assert.That(missing.Remedy, Does.Contain("/proc/self/maps"));
        }
    }
}
