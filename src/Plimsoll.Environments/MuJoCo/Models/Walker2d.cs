namespace Plimsoll.Environments.MuJoCo.Models;

/// <summary>Two legs of three joints each under a trunk, in the x-z plane.</summary>
/// <remarks>
/// <c>ref</c> of rootz makes the position say the trunk's height, 1.25 m at the start. Only the floor is
/// touched. The left foot has more friction than the right one: so it is in the model that policies were
/// trained on.
/// </remarks>
internal static class Walker2d
{
    internal const string Mjcf =
        """
        <mujoco model="walker2d">
          <compiler angle="degree"/>
          <option integrator="RK4" timestep="0.002"/>
          <size njmax="80" nconmax="20"/>
          <default>
            <joint type="hinge" axis="0 -1 0" limited="true" damping="0.1" armature="0.01"/>
            <geom type="capsule" contype="1" conaffinity="0" condim="3" density="1000" friction="0.7 0.1 0.1"/>
            <motor gear="100" ctrllimited="true" ctrlrange="-1 1"/>
          </default>
          <worldbody>
            <geom name="floor" type="plane" size="40 40 40" conaffinity="1" condim="3"/>
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
                  <body name="foot" pos="0.2 0 -0.35">
                    <joint name="foot_joint" pos="-0.2 0 0.1" range="-45 45"/>
                    <geom size="0.06" fromto="-0.2 0 0.1  0 0 0.1" friction="0.9"/>
                  </body>
                </body>
              </body>
              <body name="thigh_left" pos="0 0 -0.2">
                <joint name="thigh_left_joint" range="-150 0"/>
                <geom size="0.05" fromto="0 0 0  0 0 -0.45" friction="0.9"/>
                <body name="leg_left" pos="0 0 -0.7">
                  <joint name="leg_left_joint" pos="0 0 0.25" range="-150 0"/>
                  <geom size="0.04" fromto="0 0 0.25  0 0 -0.25" friction="0.9"/>
                  <body name="foot_left" pos="0.2 0 -0.35">
                    <joint name="foot_left_joint" pos="-0.2 0 0.1" range="-45 45"/>
                    <geom size="0.06" fromto="-0.2 0 0.1  0 0 0.1" friction="1.9"/>
                  </body>
                </body>
              </body>
            </body>
          </worldbody>
          <actuator>
            <motor name="thigh_joint" joint="thigh_joint"/>
            <motor name="leg_joint" joint="leg_joint"/>
            <motor name="foot_joint" joint="foot_joint"/>
            <motor name="thigh_left_joint" joint="thigh_left_joint"/>
            <motor name="leg_left_joint" joint="leg_left_joint"/>
            <motor name="foot_left_joint" joint="foot_left_joint"/>
          </actuator>
        </mujoco>
        """;
}
