namespace Plimsoll.Learning.Tabular;

/// <summary>
/// The dual of the chi-square correction: D(nu, price) = (1-gamma) rho'nu + price b + sum d h(e), with
/// e(s,a) = r - price c + gamma P nu - nu(s), d the data's occupancy, h(e) = max over w &gt;= 0 of
/// w e - alpha/2 (w - 1)², attained at w = max(0, 1 + e/alpha). Convex with a piecewise linear gradient, so Newton's
/// method with an exact line search ends at rounding.
/// </summary>
internal sealed class OccupancyDual(FiniteCmdp mdp, double[,] data, double threshold, double alpha)
{
    // Relative to the largest curvature.
    private const double Ridge = 1e-11;

    // A gradient that rounding alone can be, for values and 1/alpha of size 1.
    private const double Rounding = 1e-12;
    private const int MostSteps = 2_000;

    // Steps without progress after which it has ended: at rounding, or, which is an error, above it.
    private const int Patience = 30;

    private readonly int states = mdp.States;

    /// <summary>w(s,a), [S,A].</summary>
    internal double[,] Weights(double[] point) => Table((s, a) => Math.Max(0.0, 1.0 + Advantage(point, s, a) / alpha));

    /// <summary>D at (nu, price), the price last: at least the value of the constrained problem wherever the price is
    /// at least 0.</summary>
    internal double Value(double[] point)
    {
        var value = point[states] * threshold;
        for (var s = 0; s < states; s++)
        {
            value += (1.0 - mdp.Discount) * mdp.Start[s] * point[s];
            for (var a = 0; a < mdp.Actions; a++)
            {
                var y = Math.Max(Advantage(point, s, a) / alpha, -1.0);
                value += data[s, a] * alpha * (y + 0.5 * y * y);
            }
        }
        return value;
    }

    /// <summary>dD/d(nu, price): minus the residual of the flow, and b - E[w c].</summary>
    internal double[] Gradient(double[] point)
    {
        var gradient = new double[states + 1];
        gradient[states] = threshold;
        for (var s = 0; s < states; s++)
        {
            gradient[s] += (1.0 - mdp.Discount) * mdp.Start[s];
        }
        Each((s, a, d) => Along(s, a, d * Math.Max(0.0, 1.0 + Advantage(point, s, a) / alpha), gradient));
        return gradient;
    }

    /// <summary>The least D over nu, and over the price of either sign where that is free.</summary>
    internal double[] Minimise(double[] start, bool freePrice)
    {
        var size = freePrice ? states + 1 : states;
        var point = (double[])start.Clone();
        var gradient = Gradient(point);
        var (best, least, idle) = (point, Largest(gradient, size), 0);
        for (var step = 0; step < MostSteps && idle < (IsRounding(least, best) ? 2 : Patience); step++)
        {
            var direction = Direction(point, gradient, size);
            var next = Moved(point, direction, 1.0);
            var nextGradient = Gradient(next);
            // Where the full step is no progress a kink or rounding is in the way; only a kink has a better length.
            if (!(Largest(nextGradient, size) < 0.5 * Largest(gradient, size)))
            {
                next = Moved(point, direction, LineMinimum(point, direction));
                nextGradient = Gradient(next);
            }
            (point, gradient) = (next, nextGradient);
            var largest = Largest(gradient, size);
            idle = largest < 0.9 * least ? 0 : idle + 1;
            if (largest < least)
            {
                (best, least) = (point, largest);
            }
        }
        return IsRounding(least, best)
            ? best
            : throw new ArithmeticException($"The dual's least value was not found: its gradient is {least:g3}.");
    }

    private bool IsRounding(double gradient, double[] point) =>
        gradient <= Rounding * (1.0 + Largest(point, states + 1)) * (1.0 + 1.0 / alpha);

    private static double Largest(double[] x, int size)
    {
        var largest = 0.0;
        for (var i = 0; i < size; i++)
        {
            largest = Math.Max(largest, Math.Abs(x[i]));
        }
        return largest;
    }

    private static double[] Moved(double[] point, double[] direction, double length) =>
        [.. point.Zip(direction, (x, d) => x + length * d)];

    internal double Advantage(double[] point, int s, int a)
    {
        var next = 0.0;
        for (var n = 0; n < states; n++)
        {
            next += mdp.Transition(s, a, n) * point[n];
        }
        return mdp.Reward[s, a] - point[states] * mdp.Cost[s, a] + mdp.Discount * next - point[s];
    }

    // target += weight de(s,a)/d(nu, price).
    private void Along(int s, int a, double weight, double[] target)
    {
        if (weight == 0.0)
        {
            return;
        }
        for (var n = 0; n < states; n++)
        {
            target[n] += weight * mdp.Discount * mdp.Transition(s, a, n);
        }
        target[s] -= weight;
        target[states] -= weight * mdp.Cost[s, a];
    }

    private double[] Direction(double[] point, double[] gradient, int size)
    {
        var curvature = new CurvatureMatrix(size);
        Each((s, a, d) =>
        {
            if (d == 0.0 || 1.0 + Advantage(point, s, a) / alpha <= 0.0)
            {
                return;
            }
            var slope = new double[states + 1];
            Along(s, a, 1.0, slope);
            curvature.Add(d / alpha, slope);
        });
        return [.. curvature.NewtonDirection(gradient, Ridge), .. new double[states + 1 - size]];
    }

    // The slope along the direction rises piecewise linearly; its zero by doubling and halving.
    private double LineMinimum(double[] point, double[] direction)
    {
        var reach = new double[states, mdp.Actions];
        var now = new double[states, mdp.Actions];
        var constant = direction[states] * threshold;
        for (var s = 0; s < states; s++)
        {
            constant += (1.0 - mdp.Discount) * mdp.Start[s] * direction[s];
        }
        Each((s, a, _) =>
        {
            now[s, a] = Advantage(point, s, a);
            reach[s, a] = Advantage(direction, s, a) - mdp.Reward[s, a];
        });
        double Slope(double t)
        {
            var slope = constant;
            for (var s = 0; s < states; s++)
            {
                for (var a = 0; a < mdp.Actions; a++)
                {
                    slope += data[s, a] * Math.Max(0.0, 1.0 + (now[s, a] + t * reach[s, a]) / alpha) * reach[s, a];
                }
            }
            return slope;
        }
        var (low, high) = (0.0, 1.0);
        while (Slope(high) < 0.0 && high < 1e12)
        {
            (low, high) = (high, 2.0 * high);
        }
        for (var i = 0; i < 60; i++)
        {
            var middle = 0.5 * (low + high);
            (low, high) = Slope(middle) < 0.0 ? (middle, high) : (low, middle);
        }
        return 0.5 * (low + high);
    }

    private void Each(Action<int, int, double> visit)
    {
        for (var s = 0; s < states; s++)
        {
            for (var a = 0; a < mdp.Actions; a++)
            {
                visit(s, a, data[s, a]);
            }
        }
    }

    private double[,] Table(Func<int, int, double> entry)
    {
        var table = new double[states, mdp.Actions];
        Each((s, a, _) => table[s, a] = entry(s, a));
        return table;
    }
}
