// One simulated world, which owns all that is in it.
#ifndef PLIMSOLL_BULLET_WORLD_H
#define PLIMSOLL_BULLET_WORLD_H

#include "plimsoll_bullet.h"

#include <memory>
#include <vector>

#include <BulletDynamics/Featherstone/btMultiBody.h>
#include <BulletDynamics/Featherstone/btMultiBodyConstraintSolver.h>
#include <BulletDynamics/Featherstone/btMultiBodyDynamicsWorld.h>
#include <BulletDynamics/Featherstone/btMultiBodyJointMotor.h>
#include <BulletDynamics/Featherstone/btMultiBodyLinkCollider.h>
#include <btBulletDynamicsCommon.h>

namespace plimsoll
{
// Two objects collide when either accepts the other; Bullet's own filter wants both.
struct EitherAccepts final : btOverlapFilterCallback
{
    bool needBroadphaseCollision(btBroadphaseProxy* a, btBroadphaseProxy* b) const override
    {
        return (a->m_collisionFilterGroup & b->m_collisionFilterMask) != 0 ||
               (b->m_collisionFilterGroup & a->m_collisionFilterMask) != 0;
    }
};

struct Joint
{
    btMultiBodyJointMotor* motor = nullptr; // none: a fixed joint
    double lower = 1;
    double upper = -1;
};

struct MultiBody
{
    std::unique_ptr<btMultiBody> body;
    std::vector<Joint> joints; // by link
    std::vector<int> movable;  // links with a motor, ascending
};

class World
{
public:
    explicit World(const WorldSettings& settings);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    // Bodies are numbered from 0 in the order of their coming.
    int add(const Body& description, const Link* links, const Shape* shapes);
    void addGear(int body, int linkA, int linkB, double ratio, double maxForce, int auxiliaryLink);
    void resetJoint(int body, int link, double angle);
    void placeBase(int body, const Pose& centreOfMass);
    void apply(int body, const Command& command);
    void step();

    // Position, orientation, velocity and angular velocity of the base's centre of mass (13 numbers); angle and
    // speed of every movable joint; for the base and every link its number of contact points with body 0.
    void read(int body, double* state) const;
    int stateSize(int body) const;

private:
    btCollisionShape* own(std::unique_ptr<btCollisionShape> shape);
    btCollisionShape* shapeOf(const Link& link, const Shape* shapes);
    void setJoint(MultiBody& target, const Link* links, int link, double mass, const btVector3& inertia);
    void addCollider(MultiBody& target, const Link& link, int index, btCollisionShape* shape,
                     const btTransform& pose);
    void addMotors(MultiBody& target);
    void addConstraint(std::unique_ptr<btMultiBodyConstraint> constraint);
    void moveColliders(btMultiBody& body, bool updateBoxes);
    MultiBody& at(int body);
    const MultiBody& at(int body) const;
    static Joint& motorised(MultiBody& target, int link);

    WorldSettings settings;
    btDefaultCollisionConfiguration configuration;
    btCollisionDispatcher dispatcher;
    EitherAccepts filter;
    btHashedOverlappingPairCache pairs;
    btDbvtBroadphase broadphase;
    btMultiBodyConstraintSolver solver;
    std::unique_ptr<btMultiBodyDynamicsWorld> world;
    std::vector<std::unique_ptr<btCollisionShape>> shapes;
    std::vector<std::unique_ptr<btMultiBodyConstraint>> constraints;
    std::vector<std::unique_ptr<btMultiBodyLinkCollider>> colliders;
    std::vector<MultiBody> bodies;
};

std::unique_ptr<btCollisionShape> makeShape(const Shape& shape);
btTransform transformOf(const Pose& pose);
} // namespace plimsoll

#endif
