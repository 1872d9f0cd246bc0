namespace Plimsoll.Environments.MuJoCo.Models;

/// <summary>A chain of three links that swims in a dense, viscous medium, in the x-y plane.</summary>
/// <remarks>
/// Nothing touches anything. Its source says so by <c>collision="predefined"</c>, which MuJoCo 3 no longer
/// knows; geoms without contype and conaffinity do the same in all versions.
/// </remarks>
internal static class Swimmer
{
    internal const string Mjcf =
        """
        <mujoco model="swimmer">
          <compiler angle="degree"/>
          <option integrator="RK4" timestep="0.01" density="4000" viscosity="0.1"/>
          <size njmax="16" nconmax="4"/>
          <default>
            <joint type="hinge" axis="0 0 1" armature="0.1"/>
            <geom type="capsule" size="0.1" density="1000" contype="0" conaffinity="0" condim="1"/>
            <motor gear="150" ctrllimited="true" ctrlrange="-1 1"/>
          </default>
          <worldbody>
            <geom name="floor" type="plane" pos="0 0 -0.1" size="40 40 0.1"/>
            <body name="torso">
              <joint name="slider1" type="slide" axis="1 0 0"/>
              <joint name="slider2" type="slide" axis="0 1 0"/>
              <joint name="free_body_rot"/>
              <geom fromto="1.5 0 0  0.5 0 0"/>
              <body name="mid" pos="0.5 0 0">
                <joint name="motor1_rot" limited="true" range="-100 100"/>
                <geom fromto="0 0 0  -1 0 0"/>
                <body name="back" pos="-1 0 0">
                  <joint name="motor2_rot" limited="true" range="-100 100"/>
                  <geom fromto="0 0 0  -1 0 0"/>
                </body>
              </body>
            </body>
          </worldbody>
          <actuator>
            <motor name="motor1_rot" joint="motor1_rot"/>
            <motor name="motor2_rot" joint="motor2_rot"/>
          </actuator>
        </mujoco>
        """;
}
