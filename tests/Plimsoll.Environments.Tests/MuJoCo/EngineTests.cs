using NUnit.Framework;
using Plimsoll.Environments.MuJoCo;
using Plimsoll.Environments.MuJoCo.Native;
using Plimsoll.Environments.Tests.Support;

namespace Plimsoll.Environments.Tests.MuJoCo;

/// <summary>Finding libmujoco, and refusing one that does not fit.</summary>
public class EngineTests
{
    private static IReadOnlyList<MjLayout> Known => MjLayout.Known;

    private static MjRuntime Runtime()
    {
        Needs.Engine(Engine.MuJoCo);
        return MuJoCoEngine.Runtime;
    }

    private static MjOpening.Refused RefusalOf(params MjLayout[] layouts)
    {
        Needs.Engine(Engine.MuJoCo);
        var opening = MjRuntime.Open(MjRuntime.Candidates, layouts);
        Assert.That(opening, Is.InstanceOf<MjOpening.Refused>());
        return (MjOpening.Refused)opening;
    }

    [Test]
    public void Its_files_are_the_engine_and_the_libraries_that_compute_for_it()
    {
        Needs.Engine(Engine.MuJoCo);
        var files = ((EngineState.Ready)Engines.StateOf(Engine.MuJoCo)).Files;
        Assert.That(files.Select(file => file.Name), Has.One.StartsWith("libmujoco.so"));
        Assert.That(files.Select(file => file.Name), Has.One.StartsWith("libm.so").Or.One.StartsWith("libm-"));
        Assert.That(files.Select(file => file.Name), Is.Ordered.And.Unique);
        foreach (var file in files)
        {
            Assert.That(file.Path, Does.Exist);
            Assert.That(new FileInfo(file.Path).LinkTarget, Is.Null, "a real file, not a link to it");
        }
    }

    [Test]
    public void Where_no_model_can_be_written_it_says_which_variable_to_set()
    {
        Needs.Engine(Engine.MuJoCo);
        const string variable = "TMPDIR";
        var before = Environment.GetEnvironmentVariable(variable);
        try
        {
            Environment.SetEnvironmentVariable(variable, "/proc/no-such-folder");
            var refusal = (MjOpening.Refused)MjRuntime.Open(MjRuntime.Candidates, Known);
            Assert.That(refusal.What, Does.Contain("/proc/no-such-folder").And.Not.Contain("\n"));
            Assert.That(refusal.Remedy, Does.Contain(variable));
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, before);
        }
    }

    [Test]
    public void An_absent_library_is_one_line_and_a_package()
    {
        var opening = MjRuntime.Open(["libmujoco.so.0.0.0"], Known);
        Assert.That(opening, Is.EqualTo(new MjOpening.Refused(
            "MuJoCo's library libmujoco.so is not installed, so its tasks cannot be simulated.",
            "Install Debian's package libmujoco2.2.2.")));
    }

    [Test]
    public void Another_library_under_its_name_is_refused()
    {
        Needs.Engine(Engine.MuJoCo);
        var other = ((EngineState.Ready)Engines.StateOf(Engine.MuJoCo)).Files
            .First(file => file.Name.StartsWith("libm", StringComparison.Ordinal) && !file.Name.Contains("mujoco"));
        var opening = MjRuntime.Open([other.Path], Known);
        Assert.That(((MjOpening.Refused)opening).What, Does.Contain("is not MuJoCo"));
    }

    [Test]
    public void A_version_without_a_table_is_refused_with_the_versions_that_have_one()
    {
        var refusal = RefusalOf(Known[0] with { Version = 999 });
        Assert.That(refusal.What, Does.Contain("MuJoCo 2.2.2").And.Contain("known: 9.9.9"));
        Assert.That(refusal.Remedy, Does.Contain("libmujoco2.2.2").And.Contain("src/native/mujoco-offsets"));
    }

    private static readonly (string Field, Func<MjLayout, MjLayout> Change)[] WrongTables =
    [
        ("nq", layout => layout with { ModelNq = layout.ModelNv }),
        ("nbody", layout => layout with { ModelNbody = layout.ModelNbody + 4 }),
        ("timestep", layout => layout with { OptionTimestep = layout.OptionTimestep + 8 }),
        ("integrator", layout => layout with { OptionIntegrator = layout.OptionIntegrator + 4 }),
        ("qpos0", layout => layout with { ModelQpos0 = layout.ModelQpos0 + 8 }),
        ("body_mass", layout => layout with { ModelBodyMass = layout.ModelBodyMass + 8 }),
        ("jnt_range", layout => layout with { ModelJointRange = layout.ModelJointRange - 8 }),
        ("actuator_gear", layout => layout with { ModelActuatorGear = layout.ModelActuatorRange }),
        ("qpos0", layout => layout with { ModelBufferBytes = layout.ModelNq }),
        ("time", layout => layout with { DataTime = layout.DataTime + 8 }),
        ("qpos", layout => layout with { DataQpos = layout.DataQvel }),
        ("qvel", layout => layout with { DataQvel = layout.DataQpos }),
        ("qvel", layout => layout with { DataCtrl = layout.DataCtrl + 8 }),
        ("xpos", layout => layout with { DataXpos = layout.DataXpos + 8 }),
        ("counted", layout => layout with { DataWarning = layout.DataWarning - 8 }),
        ("counted", layout => layout with { WarningNumber = 0 }),
    ];

    [Test]
    public void A_table_with_one_wrong_entry_is_refused([Range(0, 15)] int which)
    {
        var (field, change) = WrongTables[which];
        var refusal = RefusalOf(change(Known[0]));
        Assert.That(refusal.What, Does.Contain("does not have its memory layout"));
        Assert.That(refusal.What, Does.Contain(field));
    }

    [Test]
    public void A_bad_model_is_refused_in_MuJoCo_s_words()
    {
        var runtime = Runtime();
        Assert.That(
            () => MjModel.Compile(
                runtime, "<mujoco><worldbody><body><joint type='hinge'/></body></worldbody></mujoco>"),
            Throws.InstanceOf<MjModelException>().With.Message.Contains("mass and inertia of moving bodies"));
        Assert.That(
            () => MjModel.Compile(runtime, "<mujoco><worldbody><body>"),
            Throws.InstanceOf<MjModelException>().With.Message.Contains("XML"));
        Assert.That(
            () => MjModel.Compile(runtime, "<mujoco><option speed='9'/></mujoco>"),
            Throws.InstanceOf<MjModelException>().With.Message.Contains("speed"));
    }

    [Test]
    public void Versions_are_spelt_as_their_makers_do()
    {
        int[] versions = [222, 237, 300];
        Assert.That(versions.Select(MjLayout.Spell), Is.EqualTo(new[] { "2.2.2", "2.3.7", "3.0.0" }));
    }
}
