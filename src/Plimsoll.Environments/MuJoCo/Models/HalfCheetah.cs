namespace Plimsoll.Environments.MuJoCo.Models;

/// <summary>A trunk with a head and two legs of three joints each, in the x-z plane.</summary>
/// <remarks>
/// Joints are sprung towards 0. Only the floor is touched. All masses are scaled so that they sum to 14 kg.
/// </remarks>
internal static class HalfCheetah
{
    internal const string Mjcf =
        """
        <mujoco model="halfcheetah">
          <compiler angle="radian" settotalmass="14"/>
          <option integrator="Euler" timestep="0.01"/>
          <size njmax="96" nconmax="24"/>
          <default>
            <joint type="hinge" axis="0 1 0" limited="true" armature="0.1"
                   solimplimit="0 0.8 0.03" solreflimit="0.02 1"/>
            <geom type="capsule" contype="1" conaffinity="0" condim="3" friction="0.4 0.1 0.1"
                  solimp="0 0.8 0.01" solref="0.02 1"/>
            <motor ctrllimited="true" ctrlrange="-1 1"/>
          </default>
          <worldbody>
            <geom name="floor" type="plane" size="40 40 40" conaffinity="1" condim="3"/>
            <body name="torso" pos="0 0 0.7">
              <joint name="rootx" type="slide" axis="1 0 0" limited="false" armature="0"/>
              <joint name="rootz" type="slide" axis="0 0 1" limited="false" armature="0"/>
              <joint name="rooty" axis="0 1 0" limited="false" armature="0"/>
              <geom name="torso" size="0.046" fromto="-0.5 0 0  0.5 0 0"/>
              <geom name="head" size="0.046 0.15" pos="0.6 0 0.1" axisangle="0 1 0 0.87"/>
              <body name="bthigh" pos="-0.5 0 0">
                <joint name="bthigh" range="-0.52 1.05" damping="6" stiffness="240"/>
                <geom size="0.046 0.145" pos="0.1 0 -0.13" axisangle="0 1 0 -3.8"/>
                <body name="bshin" pos="0.16 0 -0.25">
                  <joint name="bshin" range="-0.785 0.785" damping="4.5" stiffness="180"/>
                  <geom size="0.046 0.15" pos="-0.14 0 -0.07" axisangle="0 1 0 -2.03"/>
                  <body name="bfoot" pos="-0.28 0 -0.14">
                    <joint name="bfoot" range="-0.4 0.785" damping="3" stiffness="120"/>
                    <geom size="0.046 0.094" pos="0.03 0 -0.097" axisangle="0 1 0 -0.27"/>
                  </body>
                </body>
              </body>
              <body name="fthigh" pos="0.5 0 0">
                <joint name="fthigh" range="-1 0.7" damping="4.5" stiffness="180"/>
                <geom size="0.046 0.133" pos="-0.07 0 -0.12" axisangle="0 1 0 0.52"/>
                <body name="fshin" pos="-0.14 0 -0.24">
                  <joint name="fshin" range="-1.2 0.87" damping="3" stiffness="120"/>
                  <geom size="0.046 0.106" pos="0.065 0 -0.09" axisangle="0 1 0 -0.6"/>
                  <body name="ffoot" pos="0.13 0 -0.18">
                    <joint name="ffoot" range="-0.5 0.5" damping="1.5" stiffness="60"/>
                    <geom size="0.046 0.07" pos="0.045 0 -0.07" axisangle="0 1 0 -0.6"/>
                  </body>
                </body>
              </body>
            </body>
          </worldbody>
          <actuator>
            <motor name="bthigh" joint="bthigh" gear="120"/>
            <motor name="bshin" joint="bshin" gear="90"/>
            <motor name="bfoot" joint="bfoot" gear="60"/>
            <motor name="fthigh" joint="fthigh" gear="120"/>
            <motor name="fshin" joint="fshin" gear="60"/>
            <motor name="ffoot" joint="ffoot" gear="30"/>
          </actuator>
        </mujoco>
        """;
}
