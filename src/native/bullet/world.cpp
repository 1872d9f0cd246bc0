// A world's settings are PyBullet's, with what Bullet-Safety-Gym overrides.
#include "world.h"

#include <algorithm>
#include <stdexcept>

namespace plimsoll
{
namespace
{
// Bullet's default pools hold 4096 contact manifolds, 8 MB that every new world would have to touch. A full pool
// goes on with single allocations, and where a manifold lies decides nothing.
btDefaultCollisionConstructionInfo smallPools()
{
    btDefaultCollisionConstructionInfo info;
    info.m_defaultMaxPersistentManifoldPoolSize = 64;
    info.m_defaultMaxCollisionAlgorithmPoolSize = 64;
    return info;
}
} // namespace

World::World(const WorldSettings& given)
    : settings(given), configuration(smallPools()), dispatcher(&configuration), broadphase(&pairs)
{
    pairs.setOverlapFilterCallback(&filter);
    broadphase.setVelocityPrediction(0);
    world = std::make_unique<btMultiBodyDynamicsWorld>(&dispatcher, &broadphase, &solver, &configuration);
    world->setForceUpdateAllAabbs(false);
    world->setGravity(btVector3(0, 0, settings.gravity));
    world->getDispatchInfo().m_deterministicOverlappingPairs = true;
    btContactSolverInfo& info = world->getSolverInfo();
    info.m_erp2 = settings.contactErp;
    info.m_frictionERP = 0.2;
    info.m_linearSlop = 0.00001;
    info.m_numIterations = settings.iterations;
    info.m_minimumSolverBatchSize = 0;
    info.m_warmstartingFactor = 0.1;
    info.m_leastSquaresResidualThreshold = 1e-7;
}

World::~World()
{
    // Against the order of coming: whatever is freed is known to nothing any more.
    for (auto& constraint : constraints)
    {
        world->removeMultiBodyConstraint(constraint.get());
    }
    for (auto& body : bodies)
    {
        if (body.body)
        {
            world->removeMultiBody(body.body.get());
        }
    }
    for (auto& collider : colliders)
    {
        world->removeCollisionObject(collider.get());
    }
    constraints.clear();
    colliders.clear();
    bodies.clear();
    world.reset();
}

MultiBody& World::at(int body)
{
    return bodies.at(static_cast<std::size_t>(body));
}

const MultiBody& World::at(int body) const
{
    return bodies.at(static_cast<std::size_t>(body));
}

Joint& World::motorised(MultiBody& target, int link)
{
    Joint& joint = target.joints.at(static_cast<std::size_t>(link));
    if (joint.motor == nullptr)
    {
        throw std::invalid_argument("a fixed joint");
    }
    return joint;
}

void World::moveColliders(btMultiBody& body, bool updateBoxes)
{
    btAlignedObjectArray<btQuaternion> orientations;
    btAlignedObjectArray<btVector3> positions;
    body.forwardKinematics(orientations, positions);
    body.updateCollisionObjectWorldTransforms(orientations, positions);
    if (!updateBoxes)
    {
        return;
    }
    if (body.getBaseCollider() != nullptr)
    {
        world->updateSingleAabb(body.getBaseCollider());
    }
    for (int link = 0; link < body.getNumLinks(); link++)
    {
        if (body.getLinkCollider(link) != nullptr)
        {
            world->updateSingleAabb(body.getLinkCollider(link));
        }
    }
}

void World::resetJoint(int body, int link, double angle)
{
    MultiBody& target = at(body);
    motorised(target, link);
    target.body->setJointPos(link, angle);
    target.body->setJointVel(link, 0);
    moveColliders(*target.body, true);
}

void World::placeBase(int body, const Pose& pose)
{
    btMultiBody& target = *at(body).body;
    const double* q = pose.orientation;
    target.setBaseVel(btVector3(0, 0, 0));
    target.setBasePos(btVector3(pose.position[0], pose.position[1], pose.position[2]));
    target.setBaseOmega(btVector3(0, 0, 0));
    target.setWorldToBaseRot(btQuaternion(q[0], q[1], q[2], q[3]).inverse());
    moveColliders(target, true);
}

void World::apply(int body, const Command& command)
{
    MultiBody& target = at(body);
    const double* values = command.values;
    switch (command.kind)
    {
    case VelocityMotor:
    {
        btMultiBodyJointMotor* motor = motorised(target, command.link).motor;
        motor->setVelocityTarget(values[0], values[1]);
        motor->setPositionTarget(0, 0);
        motor->setRhsClamp(SIMD_INFINITY);
        motor->setMaxAppliedImpulse(values[2] * settings.timeStep);
        return;
    }
    case PositionMotor:
    {
        const Joint& joint = motorised(target, command.link);
        double angle = values[0];
        if (joint.lower <= joint.upper)
        {
            angle = std::min(std::max(angle, joint.lower), joint.upper);
        }
        joint.motor->setVelocityTarget(0, values[2]);
        joint.motor->setPositionTarget(angle, values[1]);
        joint.motor->setMaxAppliedImpulse(values[3] * settings.timeStep);
        return;
    }
    case JointTorque:
        motorised(target, command.link);
        target.body->addJointTorqueMultiDof(command.link, 0, values[0]);
        return;
    case BaseForce:
        target.body->addBaseForce(btVector3(values[0], values[1], values[2]));
        return;
    case LinkForce:
    {
        motorised(target, command.link);
        const btTransform& frame = target.body->getLink(command.link).m_cachedWorldTransform;
        target.body->addLinkForce(command.link, frame.getBasis() * btVector3(values[0], values[1], values[2]));
        return;
    }
    default:
        throw std::invalid_argument("no such command");
    }
}

void World::step()
{
    world->stepSimulation(settings.timeStep, settings.substeps, settings.timeStep / settings.substeps);
}

int World::stateSize(int body) const
{
    const MultiBody& target = at(body);
    return 13 + 2 * static_cast<int>(target.movable.size()) + 1 + target.body->getNumLinks();
}

void World::read(int body, double* state) const
{
    const MultiBody& target = at(body);
    const btVector3& position = target.body->getBasePos();
    const btVector3 velocity = target.body->getBaseVel();
    const btVector3 spin = target.body->getBaseOmega();
    // Through a matrix and back, as PyBullet reports it: the sign and the last bits follow from that.
    btTransform turned;
    turned.setIdentity();
    turned.setRotation(target.body->getWorldToBaseRot().inverse());
    const btQuaternion orientation = turned.getRotation();
    for (int i = 0; i < 3; i++)
    {
        state[i] = position[i];
        state[7 + i] = velocity[i];
        state[10 + i] = spin[i];
    }
    for (int i = 0; i < 4; i++)
    {
        state[3 + i] = orientation[i];
    }

    double* next = state + 13;
    for (const int link : target.movable)
    {
        *next++ = target.body->getJointPos(link);
        *next++ = target.body->getJointVel(link);
    }

    std::fill(next, next + 1 + target.body->getNumLinks(), 0.0);
    const btMultiBody* ground = bodies.front().body.get();
    for (int i = 0; i < dispatcher.getNumManifolds(); i++)
    {
        const btPersistentManifold* manifold = dispatcher.getManifoldByIndexInternal(i);
        const auto* a = btMultiBodyLinkCollider::upcast(manifold->getBody0());
        const auto* b = btMultiBodyLinkCollider::upcast(manifold->getBody1());
        if (a == nullptr || b == nullptr)
        {
            continue;
        }
        if (a->m_multiBody == target.body.get() && b->m_multiBody == ground)
        {
            next[1 + a->m_link] += manifold->getNumContacts();
        }
        else if (b->m_multiBody == target.body.get() && a->m_multiBody == ground)
        {
            next[1 + b->m_link] += manifold->getNumContacts();
        }
    }
}
} // namespace plimsoll
