// Collision shapes, made as PyBullet's importers make them.
#include "world.h"

#include <stdexcept>

#include <BulletCollision/CollisionShapes/btMultiSphereShape.h>

namespace plimsoll
{
namespace
{
template <typename Made> std::unique_ptr<Made> withMargin(std::unique_ptr<Made> made, const Shape& shape)
{
    if (shape.margin >= 0)
    {
        made->setMargin(shape.margin);
    }
    return made;
}

std::unique_ptr<btCollisionShape> hullOf(const std::vector<btVector3>& points, const Shape& shape)
{
    // The margin first: the box of a hull is computed with it.
    auto hull = withMargin(
        std::make_unique<btConvexHullShape>(
            &points[0].x(), static_cast<int>(points.size()), static_cast<int>(sizeof(btVector3))),
        shape);
    hull->recalcLocalAabb();
    hull->optimizeConvexHull();
    if (shape.kind == BoxHull)
    {
        hull->recalcLocalAabb();
    }
    return hull;
}

std::vector<btVector3> rings(double radius, double length)
{
    const int corners = 32;
    std::vector<btVector3> points;
    for (int i = 0; i < corners; i++)
    {
        // The fraction in binary32, as the importer has it.
        const btScalar angle = SIMD_2_PI * (float(i) / corners);
        btVector3 point(radius * btSin(angle), radius * btCos(angle), 0.5 * length);
        points.push_back(point);
        point[2] = -0.5 * length;
        points.push_back(point);
    }
    return points;
}

std::vector<btVector3> corners(const double* size)
{
    std::vector<btVector3> points;
    for (int corner = 0; corner < 8; corner++)
    {
        const int x = corner >> 2 & 1, y = corner >> 1 & 1, z = corner & 1;
        points.emplace_back(size[x], size[2 + y], size[4 + z]);
    }
    return points;
}
} // namespace

btTransform transformOf(const Pose& pose)
{
    const double* q = pose.orientation;
    return btTransform(
        btQuaternion(q[0], q[1], q[2], q[3]), btVector3(pose.position[0], pose.position[1], pose.position[2]));
}

std::unique_ptr<btCollisionShape> makeShape(const Shape& shape)
{
    const double* size = shape.size;
    switch (shape.kind)
    {
    case Sphere:
        return withMargin(std::make_unique<btSphereShape>(size[0]), shape);
    case Box:
        return withMargin(std::make_unique<btBoxShape>(btVector3(size[0], size[1], size[2]) * 0.5f), shape);
    case CylinderHull:
        return hullOf(rings(size[0], size[1]), shape);
    case TwoSpheres:
    {
        const btVector3 centres[2] = {btVector3(size[0], size[1], size[2]), btVector3(size[3], size[4], size[5])};
        const btScalar radii[2] = {size[6], size[6]};
        return withMargin(std::make_unique<btMultiSphereShape>(centres, radii, 2), shape);
    }
    case BoxHull:
        return hullOf(corners(size), shape);
    default:
        throw std::invalid_argument("no such shape");
    }
}
} // namespace plimsoll
