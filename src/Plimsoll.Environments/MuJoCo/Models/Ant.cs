namespace Plimsoll.Environments.MuJoCo.Models;

/// <summary>Four legs of two joints each around a ball: the Ant of Gymnasium, as Safety-Gymnasium has
/// it.</summary>
/// <remarks>Legs: fl front left, fr front right, bl back left, br back right. Only the floor is
/// touched.</remarks>
internal static class Ant
{
    internal const string Mjcf =
        """
        <mujoco model="ant">
          <compiler angle="degree"/>
          <option integrator="RK4" timestep="0.01"/>
          <size njmax="128" nconmax="32"/>
          <default>
            <joint limited="true" damping="1" armature="1"/>
            <geom type="capsule" size="0.08" density="5" margin="0.01"
                  contype="1" conaffinity="0" condim="3" friction="1 0.5 0.5"/>
            <motor gear="150" ctrllimited="true" ctrlrange="-1 1"/>
          </default>
          <worldbody>
            <geom name="floor" type="plane" size="40 40 40" conaffinity="1" condim="3"/>
            <body name="torso" pos="0 0 0.75">
              <joint name="root" type="free" limited="false" damping="0" armature="0" margin="0.01"/>
              <geom type="sphere" size="0.25"/>
              <body name="fl0">
                <geom fromto="0 0 0  0.2 0.2 0"/>
                <body name="fl1" pos="0.2 0.2 0">
                  <joint name="hip_1" axis="0 0 1" range="-30 30"/>
                  <geom fromto="0 0 0  0.2 0.2 0"/>
                  <body name="fl2" pos="0.2 0.2 0">
                    <joint name="ankle_1" axis="-1 1 0" range="30 70"/>
                    <geom fromto="0 0 0  0.4 0.4 0"/>
                  </body>
                </body>
              </body>
              <body name="fr0">
                <geom fromto="0 0 0  -0.2 0.2 0"/>
                <body name="fr1" pos="-0.2 0.2 0">
                  <joint name="hip_2" axis="0 0 1" range="-30 30"/>
                  <geom fromto="0 0 0  -0.2 0.2 0"/>
                  <body name="fr2" pos="-0.2 0.2 0">
                    <joint name="ankle_2" axis="1 1 0" range="-70 -30"/>
                    <geom fromto="0 0 0  -0.4 0.4 0"/>
                  </body>
                </body>
              </body>
              <body name="bl0">
                <geom fromto="0 0 0  -0.2 -0.2 0"/>
                <body name="bl1" pos="-0.2 -0.2 0">
                  <joint name="hip_3" axis="0 0 1" range="-30 30"/>
                  <geom fromto="0 0 0  -0.2 -0.2 0"/>
                  <body name="bl2" pos="-0.2 -0.2 0">
                    <joint name="ankle_3" axis="-1 1 0" range="-70 -30"/>
                    <geom fromto="0 0 0  -0.4 -0.4 0"/>
                  </body>
                </body>
              </body>
              <body name="br0">
                <geom fromto="0 0 0  0.2 -0.2 0"/>
                <body name="br1" pos="0.2 -0.2 0">
                  <joint name="hip_4" axis="0 0 1" range="-30 30"/>
                  <geom fromto="0 0 0  0.2 -0.2 0"/>
                  <body name="br2" pos="0.2 -0.2 0">
                    <joint name="ankle_4" axis="1 1 0" range="30 70"/>
                    <geom fromto="0 0 0  0.4 -0.4 0"/>
                  </body>
                </body>
              </body>
            </body>
          </worldbody>
          <actuator>
            <motor name="hip_4" joint="hip_4"/>
            <motor name="ankle_4" joint="ankle_4"/>
            <motor name="hip_1" joint="hip_1"/>
            <motor name="ankle_1" joint="ankle_1"/>
            <motor name="hip_2" joint="hip_2"/>
            <motor name="ankle_2" joint="ankle_2"/>
            <motor name="hip_3" joint="hip_3"/>
            <motor name="ankle_3" joint="ankle_3"/>
          </actuator>
        </mujoco>
        """;
}
