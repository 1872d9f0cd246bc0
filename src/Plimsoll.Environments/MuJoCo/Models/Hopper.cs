namespace Plimsoll.Environments.MuJoCo.Models;

/// <summary>One leg of three joints under a trunk, in the x-z plane.</summary>
/// <remarks>
/// <c>ref</c> of rootz makes the position say the trunk's height, 1.25 m at the start. Parts may touch each
/// other, except neighbours.
/// </remarks>
internal static class Hopper
{
    internal const string Mjcf =
        """
        <mujoco model="hopper">
          <compiler angle="degree"/>
          <option integrator="RK4" timestep="0.002"/>
          <size njmax="64" nconmax="24"/>
          <default>
            <joint type="hinge" axis="0 -1 0" limited="true" damping="1" armature="1"/>
            <geom type="capsule" contype="1" conaffinity="1" condim="1" margin="0.001"
                  solimp="0.8 0.8 0.01" solref="0.02 1"/>
            <motor gear="200" ctrllimited="true" ctrlrange="-1 1"/>
          </default>
          <worldbody>
            <geom name="floor" type="plane" size="20 20 0.125" conaffinity="1" condim="3"/>
            <body name="torso" pos="0 0 1.25">
              <joint name="rootx" type="slide" axis="1 0 0" limited="false" damping="0" armature="0"/>
              <joint name="rootz" type="slide" axis="0 0 1" limited="false" damping="0" armature="0" ref="1.25"/>
              <joint name="rooty" axis="0 1 0" limited="false" damping="0" armature="0"/>
              <geom size="0.05" fromto="0 0 0.2  0 0 -0.2" friction="0.9"/>
              <body name="thigh" pos="0 0 -0.2">
                <joint name="thigh_joint" range="-150 0"/>
                <geom size="0.05" fromto="0 0 0  0 0 -0.45" friction="0.9"/>
                <body name="leg" pos="0 0 -0.7">
                  <joint name="leg_joint" pos="0 0 0.25" range="-150 0"/>
                  <geom size="0.04" fromto="0 0 0.25  0 0 -0.25" friction="0.9"/>
                  <body name="foot" pos="0.13 0 -0.35">
                    <joint name="foot_joint" pos="-0.13 0 0.1" range="-45 45"/>
                    <geom size="0.06" fromto="-0.26 0 0.1  0.13 0 0.1" friction="2.0"/>
                  </body>
                </body>
              </body>
            </body>
          </worldbody>
          <actuator>
            <motor name="thigh_joint" joint="thigh_joint"/>
            <motor name="leg_joint" joint="leg_joint"/>
            <motor name="foot_joint" joint="foot_joint"/>
          </actuator>
        </mujoco>
        """;
}
