// The border between the program and Bullet: plain data and C functions.
//
// SI units, radians, quaternions as (x, y, z, w). Every function that can fail returns a Status; no exception
// crosses the border. One world may be used by one thread at a time, different worlds by different threads.
#ifndef PLIMSOLL_BULLET_H
#define PLIMSOLL_BULLET_H

#include <cstdint>

#define PLIMSOLL_API extern "C" __attribute__((visibility("default")))

namespace plimsoll
{
// Changes with every change of this file that the other side must know of.
constexpr std::int32_t InterfaceVersion = 1;

enum Status : std::int32_t
{
    Done = 0,
    OutOfMemory = 1,
    BadArgument = 2,
    Failed = 3,
};

struct Pose
{
    double position[3];
    double orientation[4];
};

enum ShapeKind : std::int32_t
{
    Sphere = 0,       // size: radius
    Box = 1,          // size: full lengths x, y, z
    CylinderHull = 2, // size: radius, length; along z, a hull of two rings of 32 points
    TwoSpheres = 3,   // size: both centres, radius; the hull of two equal spheres
    BoxHull = 4,      // size: x0, x1, y0, y1, z0, z1; the hull of the eight corners
};

struct Shape
{
    std::int32_t kind;
    std::int32_t unused;
    Pose pose; // in the frame of the link
    double size[7];
    double margin; // negative: what Bullet gives to the kind
};

enum JointKind : std::int32_t
{
    Fixed = 0,
    Revolute = 1,
};

// Negative material numbers leave what Bullet gives.
struct Link
{
    std::int32_t parent; // -1: the base; the base itself comes first and its parent is not read
    std::int32_t joint;
    std::int32_t firstShape;
    std::int32_t shapeCount;
    std::int32_t filtered; // not 0: group and mask instead of Bullet's own
    std::int32_t group;
    std::int32_t mask;
    std::int32_t limited; // not 0: lower and upper stop the joint; otherwise they only clamp its targets
    Pose parentToJoint;
    Pose inertial; // the centre of mass in the frame of the link
    double axis[3]; // in the frame of the link, of any length
    double lower;
    double upper;
    double mass;
    double friction;
    double rollingFriction;
    double spinningFriction;
    double restitution;
    double contactStiffness;
    double contactDamping;
    double compoundMargin;
};

struct Body
{
    std::int32_t linkCount; // with the base
    std::int32_t shapeCount;
    std::int32_t placedByCentre; // not 0: `pose` is that of the base's centre of mass, not of its link frame
    std::int32_t selfCollision;
    Pose pose;
    double maxCoordinateVelocity; // negative: Bullet's 100
};

struct WorldSettings
{
    double timeStep; // seconds of one step of the world
    std::int32_t substeps;
    std::int32_t iterations; // of the constraint solver
    double gravity; // along z
    double contactErp;
};

enum CommandKind : std::int32_t
{
    VelocityMotor = 0, // values: target speed, velocity gain, largest force
    PositionMotor = 1, // values: target angle, position gain, velocity gain, largest force
    JointTorque = 2,   // values: torque
    BaseForce = 3,     // values: force in the world's frame at the base's centre of mass
    LinkForce = 4,     // values: force in the link's frame at the link's centre of mass
};

struct Command
{
    std::int32_t kind;
    std::int32_t link;
    double values[4];
};
} // namespace plimsoll

#endif
