using Plimsoll.Environments.Bullet.Native;

namespace Plimsoll.Environments.Bullet.Models;

/// <summary>Angles and quaternions (x, y, z, w) as PyBullet converts them, by the system's sine and cosine.</summary>
internal static class Geometry
{
    /// <summary>A frame with its lengths scaled.</summary>
    internal static NativePose Pose(Frame frame, double scale)
    {
        var pose = new NativePose();
        pose.Position[0] = frame.Origin.X * scale;
        pose.Position[1] = frame.Origin.Y * scale;
        pose.Position[2] = frame.Origin.Z * scale;
        pose.Orientation = Quaternion(frame.Angles.X, frame.Angles.Y, frame.Angles.Z);
        return pose;
    }

    /// <summary>The turn by roll about x, then pitch about y, then yaw about z, all fixed axes; radians.</summary>
    internal static Four Quaternion(double roll, double pitch, double yaw)
    {
        var (sinR, cosR) = (Math.Sin(roll / 2), Math.Cos(roll / 2));
        var (sinP, cosP) = (Math.Sin(pitch / 2), Math.Cos(pitch / 2));
        var (sinY, cosY) = (Math.Sin(yaw / 2), Math.Cos(yaw / 2));
        var x = sinR * cosP * cosY - cosR * sinP * sinY;
        var y = cosR * sinP * cosY + sinR * cosP * sinY;
        var z = cosR * cosP * sinY - sinR * sinP * cosY;
        var w = cosR * cosP * cosY + sinR * sinP * sinY;
        var length = Math.Sqrt(x * x + y * y + z * z + w * w);
        var q = new Four();
        q[0] = x / length;
        q[1] = y / length;
        q[2] = z / length;
        q[3] = w / length;
        return q;
    }

    /// <summary>Roll, pitch and yaw of a unit quaternion; at the poles roll is 0.</summary>
    internal static (double Roll, double Pitch, double Yaw) Angles(double x, double y, double z, double w)
    {
        const double pole = 0.99999;
        var sine = -2 * (x * z - w * y);
        if (sine <= -pole)
        {
            return (0, -Math.PI / 2, 2 * Math.Atan2(x, -y));
        }

        if (sine >= pole)
        {
            return (0, Math.PI / 2, 2 * Math.Atan2(-x, y));
        }

        return (
            Math.Atan2(2 * (y * z + w * x), w * w - x * x - y * y + z * z),
            Math.Asin(sine),
            Math.Atan2(2 * (x * y + w * z), w * w + x * x - y * y - z * z));
    }
}
