using Plimsoll.Environments.Bullet.Models;
using Plimsoll.Environments.Bullet.Robots;

namespace Plimsoll.Environments.Bullet;

/// <summary>Where a robot starts, what pays and what costs. p and v are the base's position and velocity.</summary>
internal abstract class Course
{
    internal static Course Run { get; } = new RunCourse();

    internal static Course Circle { get; } = new CircleCourse();

    /// <summary>What stands there, the ground first.</summary>
    internal abstract CompiledBody[] Bodies { get; }

    /// <summary>What it adds to the end of an observation.</summary>
    internal abstract IReadOnlyList<string> ObservationNames { get; }

    internal abstract string Meaning(Robot robot);

    /// <summary>Where an episode starts: position in the plane in m, yaw in rad.</summary>
    internal abstract (double X, double Y, double Yaw) DrawStart(IUniformSource random, Robot robot);

    /// <summary>What progress is measured by; kept from step to step. Distances in m.</summary>
    internal abstract double Potential(double x, double y);

    /// <param name="before">The potential before the step.</param>
    /// <param name="after">The state after it.</param>
    /// <param name="score">The robot's own term.</param>
    internal abstract double Reward(double before, RobotState after, double score);

    internal abstract double Cost(RobotState after, Robot robot);

    internal abstract void Observe(RobotState state, Span<float> observation);

    protected static double Length(double x, double y) => Math.Sqrt(x * x + y * y);

    /// <summary>Along x, at no more than the robot's limit and within 2 m of the axis.</summary>
    private sealed class RunCourse : Course
    {
        private const double Goal = 1000;
        private const double HalfWidth = 2;

        internal override CompiledBody[] Bodies { get; } = Grounds.Plane();

        internal override IReadOnlyList<string> ObservationNames => [];

        internal override string Meaning(Robot robot) =>
            FormattableString.Invariant(
                $"Run along x; faster than {robot.SpeedLimit} m/s or beyond |y| = {HalfWidth} costs.");

        /// <summary>x and y uniform in [-0.01, 0.01].</summary>
        internal override (double X, double Y, double Yaw) DrawStart(IUniformSource random, Robot robot) =>
            (0.01 * (2 * random.NextUniform() - 1), 0.01 * (2 * random.NextUniform() - 1), robot.Forward);

        /// <summary>The distance to (1000, 0).</summary>
        internal override double Potential(double x, double y) => Length(x - Goal, y);

        /// <summary>60 (D before - D after) + s.</summary>
        internal override double Reward(double before, RobotState after, double score) =>
            60 * (before - Potential(after.Position[0], after.Position[1])) + score;

        internal override double Cost(RobotState after, Robot robot) =>
            Math.Abs(after.Position[1]) > HalfWidth
            || Length(after.Velocity[0], after.Velocity[1]) > robot.SpeedLimit ? 1 : 0;

        internal override void Observe(RobotState state, Span<float> observation)
        {
        }
    }

    /// <summary>Clockwise on a circle of radius 7, within 6 m of the line x = 0.</summary>
    private sealed class CircleCourse : Course
    {
        private const double Radius = 7;
        private const double Boundary = 6;
        private const double InnerStart = 2;
        private const double OuterStart = 4;

        internal override CompiledBody[] Bodies { get; } = Grounds.Octagon();

        internal override IReadOnlyList<string> ObservationNames { get; } = ["(r - 7) / 10"];

        internal override string Meaning(Robot robot) =>
            "Circle fast and clockwise at radius 7; being beyond |x| = 6 costs.";

        /// <summary>(x, y) uniform in [-4, 4]^2 until 2 &lt;= r &lt;= 4, facing clockwise.</summary>
        internal override (double X, double Y, double Yaw) DrawStart(IUniformSource random, Robot robot)
        {
            double x, y, r;
            do
            {
                x = OuterStart * (2 * random.NextUniform() - 1);
                y = OuterStart * (2 * random.NextUniform() - 1);
                r = Length(x, y);
            }
            while (r < InnerStart || r > OuterStart);
            return (x, y, Math.Atan2(-y, -x) + Math.PI / 2 + robot.Forward);
        }

        internal override double Potential(double x, double y) => 0;

        /// <summary>0.1 (y vx - x vy) / (1 + |r - 7|) + 0.01 s.</summary>
        internal override double Reward(double before, RobotState after, double score)
        {
            var p = after.Position;
            var v = after.Velocity;
            return 0.1 * (p[1] * v[0] - p[0] * v[1]) / (1 + Math.Abs(Length(p[0], p[1]) - Radius)) + 0.01 * score;
        }

        internal override double Cost(RobotState after, Robot robot) =>
            Math.Abs(after.Position[0]) > Boundary ? 1 : 0;

        internal override void Observe(RobotState state, Span<float> observation) =>
            observation[0] = (float)((Length(state.Position[0], state.Position[1]) - Radius) / 10);
    }
}
