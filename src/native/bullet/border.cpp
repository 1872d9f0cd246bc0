// The C functions. Each turns what may be thrown behind it into a Status.
#include "world.h"

#include <cstddef>
#include <new>
#include <stdexcept>

#include <BulletCollision/BroadphaseCollision/btDbvtBroadphase.h>

using namespace plimsoll;

namespace
{
template <typename Action> Status guarded(Action action) noexcept
{
    try
    {
        action();
        return Done;
    }
    catch (const std::bad_alloc&)
    {
        return OutOfMemory;
    }
    catch (const std::logic_error&)
    {
        return BadArgument;
    }
    catch (...)
    {
        return Failed;
    }
}
} // namespace

// Must come once, before the first world: it sets what Bullet keeps for the whole process. Fills `numbers`, as far as
// `count` goes, with what both sides must agree on, and returns how many there are.
PLIMSOLL_API std::int32_t plimsoll_bullet_start(std::int32_t* numbers, std::int32_t count)
{
    // PyBullet's: boxes of the broad phase are not enlarged.
    gDbvtMargin = 0;
    const std::size_t facts[] = {
        static_cast<std::size_t>(InterfaceVersion),
        sizeof(btScalar),
        static_cast<std::size_t>(btGetVersion()),
        sizeof(Pose),
        offsetof(Pose, orientation),
        sizeof(Shape),
        offsetof(Shape, pose),
        offsetof(Shape, size),
        offsetof(Shape, margin),
        sizeof(Link),
        offsetof(Link, limited),
        offsetof(Link, parentToJoint),
        offsetof(Link, inertial),
        offsetof(Link, axis),
        offsetof(Link, mass),
        offsetof(Link, compoundMargin),
        sizeof(Body),
        offsetof(Body, pose),
        offsetof(Body, maxCoordinateVelocity),
        sizeof(WorldSettings),
        offsetof(WorldSettings, substeps),
        offsetof(WorldSettings, gravity),
        offsetof(WorldSettings, contactErp),
        sizeof(Command),
        offsetof(Command, values),
    };
    const auto all = static_cast<std::int32_t>(sizeof facts / sizeof facts[0]);
    for (std::int32_t i = 0; i < all && i < count; i++)
    {
        numbers[i] = static_cast<std::int32_t>(facts[i]);
    }
    return all;
}

PLIMSOLL_API Status plimsoll_bullet_create(const WorldSettings* settings, World** world)
{
    *world = nullptr;
    return guarded([&] {
        if (settings->substeps < 1 || !(settings->timeStep > 0))
        {
            throw std::invalid_argument("no time passes");
        }
        *world = new World(*settings);
    });
}

PLIMSOLL_API void plimsoll_bullet_destroy(World* world)
{
    delete world;
}

PLIMSOLL_API Status plimsoll_bullet_add_body(
    World* world, const Body* body, const Link* links, const Shape* shapes, std::int32_t* index)
{
    return guarded([&] { *index = world->add(*body, links, shapes); });
}

PLIMSOLL_API Status plimsoll_bullet_add_gear(
    World* world, std::int32_t body, std::int32_t linkA, std::int32_t linkB, double ratio, double maxForce,
    std::int32_t auxiliaryLink)
{
    return guarded([&] { world->addGear(body, linkA, linkB, ratio, maxForce, auxiliaryLink); });
}

PLIMSOLL_API Status plimsoll_bullet_reset_joint(World* world, std::int32_t body, std::int32_t link, double angle)
{
    return guarded([&] { world->resetJoint(body, link, angle); });
}

PLIMSOLL_API Status plimsoll_bullet_place_base(World* world, std::int32_t body, const Pose* pose)
{
    return guarded([&] { world->placeBase(body, *pose); });
}

// Carries out the commands without letting time pass.
PLIMSOLL_API Status plimsoll_bullet_apply(
    World* world, std::int32_t body, const Command* commands, std::int32_t count)
{
    return guarded([&] {
        for (std::int32_t i = 0; i < count; i++)
        {
            world->apply(body, commands[i]);
        }
    });
}

PLIMSOLL_API Status plimsoll_bullet_read(World* world, std::int32_t body, double* state, std::int32_t size)
{
    return guarded([&] {
        if (size != world->stateSize(body))
        {
            throw std::invalid_argument("a state of another size");
        }
        world->read(body, state);
    });
}

// Carries out the commands, takes one step and reads the state.
PLIMSOLL_API Status plimsoll_bullet_step(
    World* world, std::int32_t body, const Command* commands, std::int32_t count, double* state, std::int32_t size)
{
    const Status applied = plimsoll_bullet_apply(world, body, commands, count);
    if (applied != Done)
    {
        return applied;
    }
    const Status stepped = guarded([&] { world->step(); });
    return stepped != Done ? stepped : plimsoll_bullet_read(world, body, state, size);
}
