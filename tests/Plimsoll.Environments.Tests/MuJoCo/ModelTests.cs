using NUnit.Framework;
using Plimsoll.Environments.MuJoCo;
using Plimsoll.Environments.MuJoCo.Models;
using Plimsoll.Environments.MuJoCo.Native;
using Plimsoll.Environments.Tests.Support;

namespace Plimsoll.Environments.Tests.MuJoCo;

/// <summary>The compiled robots against what the reference models compile to.</summary>
public class ModelTests
{
    private const double Degree = Math.PI / 180;

    private static MjModel Compiled(string mjcf)
    {
        Needs.Engine(Engine.MuJoCo);
        return MjModel.Compile(MuJoCoEngine.Runtime, mjcf);
    }

    private static void Weighs(MjModel model, double total, params (string Body, double Kilograms)[] bodies)
    {
        var masses = model.BodyMasses.ToArray();
        foreach (var (body, kilograms) in bodies)
        {
            var index = Enumerable.Range(0, model.BodyCount).First(i => model.NameOf(MjKind.Body, i) == body);
            Assert.That(masses[index], Is.EqualTo(kilograms).Within(6e-8 * kilograms), body);
        }

        Assert.That(masses.Sum(), Is.EqualTo(total).Within(6e-8 * total));
    }

    /// <summary>Joints with limits and what resists them, in the model's order.</summary>
    private static void Bends(
        MjModel model,
        double unit,
        params (string Joint, double Low, double High, double Damping, double Stiffness)[] joints)
    {
        var first = model.JointCount - joints.Length;
        for (var k = 0; k < joints.Length; k++)
        {
            var (name, low, high, damping, stiffness) = joints[k];
            var (joint, dof) = (first + k, model.VelocitySize - joints.Length + k);
            Assert.That(model.NameOf(MjKind.Joint, joint), Is.EqualTo(name));
            Assert.That(model.JointRanges[2 * joint], Is.EqualTo(low * unit).Within(1e-12), name);
            Assert.That(model.JointRanges[2 * joint + 1], Is.EqualTo(high * unit).Within(1e-12), name);
            Assert.That(model.Dampings[dof], Is.EqualTo(damping), name);
            Assert.That(model.JointStiffnesses[joint], Is.EqualTo(stiffness), name);
        }
    }

    private static void Pulls(MjModel model, params (string Actuator, double Gear)[] actuators)
    {
        Assert.That(model.ControlSize, Is.EqualTo(actuators.Length));
        for (var k = 0; k < actuators.Length; k++)
        {
            Assert.That(model.NameOf(MjKind.Actuator, k), Is.EqualTo(actuators[k].Actuator));
            Assert.That(model.ActuatorGears[6 * k], Is.EqualTo(actuators[k].Gear));
            Assert.That(model.ControlRanges[(2 * k)..(2 * k + 2)].ToArray(), Is.EqualTo(new[] { -1.0, 1.0 }));
        }
    }

    /// <summary>Positions, velocities, bodies with the world, geoms with the floor, seconds,
    /// integrator.</summary>
    private static void Measures(
        MjModel model, int nq, int nv, int bodies, int geoms, double seconds, int integrator)
    {
        Assert.That((model.PositionSize, model.VelocitySize), Is.EqualTo((nq, nv)));
        Assert.That((model.BodyCount, model.GeomCount), Is.EqualTo((bodies, geoms)));
        Assert.That((model.Timestep, model.Integrator), Is.EqualTo((seconds, integrator)));
    }

    /// <summary>Sliding friction of every geom, the floor first.</summary>
    private static double[] Frictions(MjModel model)
    {
        var all = model.GeomFrictions.ToArray();
        return [.. Enumerable.Range(0, model.GeomCount).Select(geom => all[3 * geom])];
    }

    [Test]
    public void The_ant_is_the_reference_s()
    {
        using var model = Compiled(Ant.Mjcf);
        Measures(model, 15, 14, 14, 14, 0.01, 1);
        Weighs(
            model,
            0.91088008,
            ("torso", 0.32724923), ("fl0", 0.039157754), ("br1", 0.039157754), ("bl2", 0.067592205));
        Bends(
            model,
            Degree,
            ("hip_1", -30, 30, 1, 0), ("ankle_1", 30, 70, 1, 0),
            ("hip_2", -30, 30, 1, 0), ("ankle_2", -70, -30, 1, 0),
            ("hip_3", -30, 30, 1, 0), ("ankle_3", -70, -30, 1, 0),
            ("hip_4", -30, 30, 1, 0), ("ankle_4", 30, 70, 1, 0));
        Pulls(
            model,
            ("hip_4", 150), ("ankle_4", 150), ("hip_1", 150), ("ankle_1", 150),
            ("hip_2", 150), ("ankle_2", 150), ("hip_3", 150), ("ankle_3", 150));
        Assert.That(model.Armatures.ToArray(), Is.EqualTo((double[])[0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]));
        Assert.That(model.InitialPosition[..7].ToArray(), Is.EqualTo((double[])[0, 0, 0.75, 1, 0, 0, 0]));
        Assert.That(model.GeomFrictions[..3].ToArray(), Is.EqualTo((double[])[1, 0.5, 0.5]));
    }

    [Test]
    public void The_half_cheetah_is_the_reference_s()
    {
        using var model = Compiled(HalfCheetah.Mjcf);
        Measures(model, 9, 9, 8, 9, 0.01, 0);
        Weighs(
            model,
            14,
            ("torso", 6.2502092), ("bthigh", 1.5435146), ("bshin", 1.5874477), ("bfoot", 1.0953975),
            ("fthigh", 1.4380753), ("fshin", 1.2008368), ("ffoot", 0.88451883));
        Bends(
            model,
            1,
            ("bthigh", -0.52, 1.05, 6, 240), ("bshin", -0.785, 0.785, 4.5, 180), ("bfoot", -0.4, 0.785, 3, 120),
            ("fthigh", -1, 0.7, 4.5, 180), ("fshin", -1.2, 0.87, 3, 120), ("ffoot", -0.5, 0.5, 1.5, 60));
        Pulls(model, ("bthigh", 120), ("bshin", 90), ("bfoot", 60), ("fthigh", 120), ("fshin", 60), ("ffoot", 30));
        Assert.That(model.Armatures.ToArray(), Is.EqualTo((double[])[0, 0, 0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]));
        Assert.That(Frictions(model), Is.All.EqualTo(0.4));
    }

    [Test]
    public void The_hopper_is_the_reference_s()
    {
        using var model = Compiled(Hopper.Mjcf);
        Measures(model, 6, 6, 5, 5, 0.002, 1);
        Weighs(
            model, 15.820013, ("torso", 3.6651914), ("thigh", 4.0578905), ("leg", 2.7813567), ("foot", 5.3155748));
        Bends(
            model,
            Degree,
            ("thigh_joint", -150, 0, 1, 0), ("leg_joint", -150, 0, 1, 0), ("foot_joint", -45, 45, 1, 0));
        Pulls(model, ("thigh_joint", 200), ("leg_joint", 200), ("foot_joint", 200));
        Assert.That(model.InitialPosition.ToArray(), Is.EqualTo((double[])[0, 1.25, 0, 0, 0, 0]));
        Assert.That(model.Armatures.ToArray(), Is.EqualTo((double[])[0, 0, 0, 1, 1, 1]));
        Assert.That(Frictions(model), Is.EqualTo((double[])[1, 0.9, 0.9, 0.9, 2]));
    }

    [Test]
    public void The_walker_is_the_reference_s()
    {
        using var model = Compiled(Walker2d.Mjcf);
        Measures(model, 9, 9, 8, 8, 0.002, 1);
        Weighs(
            model,
            23.677137,
            ("torso", 3.6651914), ("thigh", 4.0578905), ("thigh_left", 4.0578905), ("leg", 2.7813567),
            ("leg_left", 2.7813567), ("foot", 3.1667254), ("foot_left", 3.1667254));
        Bends(
            model,
            Degree,
            ("thigh_joint", -150, 0, 0.1, 0), ("leg_joint", -150, 0, 0.1, 0), ("foot_joint", -45, 45, 0.1, 0),
            ("thigh_left_joint", -150, 0, 0.1, 0), ("leg_left_joint", -150, 0, 0.1, 0),
            ("foot_left_joint", -45, 45, 0.1, 0));
        Pulls(
            model,
            ("thigh_joint", 100), ("leg_joint", 100), ("foot_joint", 100),
            ("thigh_left_joint", 100), ("leg_left_joint", 100), ("foot_left_joint", 100));
        Assert.That(model.InitialPosition.ToArray(), Is.EqualTo((double[])[0, 1.25, 0, 0, 0, 0, 0, 0, 0]));
        Assert.That(
            model.Armatures.ToArray(), Is.EqualTo((double[])[0, 0, 0, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01]));
        Assert.That(Frictions(model), Is.EqualTo((double[])[0.7, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 1.9]));
    }

    [Test]
    public void The_swimmer_is_the_reference_s()
    {
        using var model = Compiled(Swimmer.Mjcf);
        Measures(model, 5, 5, 4, 4, 0.01, 1);
        Weighs(model, 106.81415, ("torso", 35.604717), ("mid", 35.604717), ("back", 35.604717));
        Bends(model, Degree, ("motor1_rot", -100, 100, 0, 0), ("motor2_rot", -100, 100, 0, 0));
        Pulls(model, ("motor1_rot", 150), ("motor2_rot", 150));
        Assert.That(model.Armatures.ToArray(), Is.All.EqualTo(0.1));
    }
}
