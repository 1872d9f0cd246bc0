// How a described body enters a world. The order of what is added (limits by link, then motors by link, then gears)
// is the order in which the solver meets it, and its results depend on that.
#include "world.h"

#include <stdexcept>

#include <BulletDynamics/Featherstone/btMultiBodyGearConstraint.h>
#include <BulletDynamics/Featherstone/btMultiBodyJointLimitConstraint.h>

namespace plimsoll
{
btCollisionShape* World::own(std::unique_ptr<btCollisionShape> shape)
{
    shapes.push_back(std::move(shape));
    return shapes.back().get();
}

// A link's shapes in the frame of its centre of mass; a compound, unless one shape lies there unmoved.
btCollisionShape* World::shapeOf(const Link& link, const Shape* described)
{
    auto* compound = static_cast<btCompoundShape*>(own(std::make_unique<btCompoundShape>()));
    if (link.compoundMargin >= 0)
    {
        compound->setMargin(link.compoundMargin);
    }
    const btTransform toCentre = transformOf(link.inertial).inverse();
    for (int i = 0; i < link.shapeCount; i++)
    {
        const Shape& shape = described[link.firstShape + i];
        compound->addChildShape(toCentre * transformOf(shape.pose), own(makeShape(shape)));
    }
    const bool bare =
        compound->getNumChildShapes() == 1 && compound->getChildTransform(0) == btTransform::getIdentity();
    return bare ? compound->getChildShape(0) : compound;
}

void World::setJoint(
    MultiBody& target, const Link* links, int link, double mass, const btVector3& inertia)
{
    const Link& child = links[link + 1];
    const btTransform toJoint =
        transformOf(links[child.parent + 1].inertial).inverse() * transformOf(child.parentToJoint);
    const btTransform fromCentre = transformOf(child.inertial).inverse();
    const btQuaternion rotation = fromCentre.getRotation() * toJoint.inverse().getRotation();
    if (child.joint == Fixed)
    {
        target.body->setupFixed(
            link, mass, inertia, child.parent, rotation, toJoint.getOrigin(), -fromCentre.getOrigin());
        return;
    }
    if (child.joint != Revolute)
    {
        throw std::invalid_argument("no such joint");
    }
    const btVector3 axis(child.axis[0], child.axis[1], child.axis[2]);
    target.body->setupRevolute(
        link, mass, inertia, child.parent, rotation, quatRotate(fromCentre.getRotation(), axis), toJoint.getOrigin(),
        -fromCentre.getOrigin(), true);
    target.joints[link].lower = child.lower;
    target.joints[link].upper = child.upper;
    target.movable.push_back(link);
    if (child.limited != 0 && child.lower <= child.upper)
    {
        addConstraint(
            std::make_unique<btMultiBodyJointLimitConstraint>(target.body.get(), link, child.lower, child.upper));
    }
}

void World::addConstraint(std::unique_ptr<btMultiBodyConstraint> constraint)
{
    constraints.push_back(std::move(constraint));
    world->addMultiBodyConstraint(constraints.back().get());
}

void World::addCollider(
    MultiBody& target, const Link& link, int index, btCollisionShape* shape, const btTransform& pose)
{
    colliders.push_back(std::make_unique<btMultiBodyLinkCollider>(target.body.get(), index));
    btMultiBodyLinkCollider* collider = colliders.back().get();
    collider->setCollisionShape(shape);
    collider->setWorldTransform(pose);
    const bool moves = index >= 0 || !target.body->hasFixedBase();
    int group = moves ? int(btBroadphaseProxy::DefaultFilter) : int(btBroadphaseProxy::StaticFilter);
    int mask = int(btBroadphaseProxy::AllFilter);
    if (!moves)
    {
        mask ^= int(btBroadphaseProxy::StaticFilter);
    }
    if (link.filtered != 0)
    {
        group = link.group;
        mask = link.mask;
    }
    world->addCollisionObject(collider, group, mask);
    if (link.friction >= 0)
    {
        collider->setFriction(link.friction);
    }
    if (link.restitution >= 0)
    {
        collider->setRestitution(link.restitution);
    }
    if (link.rollingFriction >= 0)
    {
        collider->setRollingFriction(link.rollingFriction);
    }
    if (link.spinningFriction >= 0)
    {
        collider->setSpinningFriction(link.spinningFriction);
    }
    if (link.contactStiffness >= 0)
    {
        collider->setContactStiffnessAndDamping(link.contactStiffness, link.contactDamping);
    }
    if (index >= 0)
    {
        target.body->getLink(index).m_collider = collider;
        return;
    }
    if (target.body->getBaseMass() == 0)
    {
        collider->setCollisionFlags(collider->getCollisionFlags() | btCollisionObject::CF_STATIC_OBJECT);
    }
    target.body->setBaseCollider(collider);
}

void World::addMotors(MultiBody& target)
{
    for (const int link : target.movable)
    {
        auto motor = std::make_unique<btMultiBodyJointMotor>(target.body.get(), link, 0, 0.0, 1.f);
        motor->setPositionTarget(0, 0);
        motor->setVelocityTarget(0, 1);
        target.joints[link].motor = motor.get();
        addConstraint(std::move(motor));
        target.joints[link].motor->finalizeMultiDof();
    }
}

int World::add(const Body& description, const Link* links, const Shape* described)
{
    const int joints = description.linkCount - 1;
    bodies.emplace_back();
    MultiBody& target = bodies.back();
    target.joints.resize(joints);
    const btTransform placed = transformOf(description.pose);
    std::vector<btTransform> poses(description.linkCount, placed);
    for (int i = 0; i < description.linkCount; i++)
    {
        const Link& link = links[i];
        if (i > 0 && (link.parent < -1 || link.parent >= i - 1))
        {
            throw std::invalid_argument("a link comes before its parent");
        }
        if (link.firstShape < 0 || link.shapeCount < 0 || link.firstShape + link.shapeCount > description.shapeCount)
        {
            throw std::invalid_argument("a link has shapes that are not there");
        }
        btCollisionShape* shape = shapeOf(link, described);
        btVector3 inertia(0, 0, 0);
        if (link.mass != 0)
        {
            shape->calculateLocalInertia(link.mass, inertia);
        }
        if (i == 0)
        {
            target.body = std::make_unique<btMultiBody>(joints, link.mass, inertia, link.mass == 0, false);
            if (description.placedByCentre != 0)
            {
                target.body->setBaseWorldTransform(placed);
            }
        }
        else
        {
            poses[i] = poses[link.parent + 1] * transformOf(link.parentToJoint);
            setJoint(target, links, i - 1, link.mass, inertia);
        }
        addCollider(target, link, i - 1, shape, poses[i]);
    }
    target.body->setHasSelfCollision(description.selfCollision != 0);
    target.body->finalizeMultiDof();
    if (description.placedByCentre == 0)
    {
        target.body->setBaseWorldTransform(placed * transformOf(links[0].inertial));
    }
    if (description.maxCoordinateVelocity >= 0)
    {
        target.body->setMaxCoordinateVelocity(description.maxCoordinateVelocity);
    }
    moveColliders(*target.body, false);
    world->addMultiBody(target.body.get());
    addMotors(target);
    return static_cast<int>(bodies.size()) - 1;
}

void World::addGear(int body, int linkA, int linkB, double ratio, double maxForce, int auxiliaryLink)
{
    MultiBody& target = at(body);
    motorised(target, linkA);
    motorised(target, linkB);
    btMatrix3x3 unturned;
    unturned.setIdentity();
    const btVector3 centre(0, 0, 0);
    auto gear = std::make_unique<btMultiBodyGearConstraint>(
        target.body.get(), linkA, target.body.get(), linkB, centre, centre, unturned, unturned);
    btMultiBodyGearConstraint* added = gear.get();
    addConstraint(std::move(gear));
    // By the substep, where motors go by the whole step.
    added->setMaxAppliedImpulse(maxForce * (settings.timeStep / settings.substeps));
    added->setGearRatio(ratio);
    if (auxiliaryLink >= 0)
    {
        motorised(target, auxiliaryLink);
        added->setGearAuxLink(auxiliaryLink);
    }
}
} // namespace plimsoll
