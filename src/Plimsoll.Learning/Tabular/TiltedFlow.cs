using Plimsoll.Numerics.Reference;

namespace Plimsoll.Learning.Tabular;

/// <summary>
/// min over chi of tau log sum d exp(l/tau), l affine in chi (see <see cref="CostBound"/>), by damped Newton steps from
/// the last chi: the gradient is minus the residual of the flow p w, the curvature the covariance of its terms over
/// tau.
/// </summary>
internal sealed class TiltedFlow
{
    private const double Small = 1e-12;
    private const int MostSteps = 200;

    private readonly FiniteCmdp mdp;
    private readonly double[,] data, weights;
    private readonly Term[] terms;
    private double[] chi;

    internal TiltedFlow(FiniteCmdp mdp, double[,] data, double[,] weights)
    {
        (this.mdp, this.data, this.weights, chi) = (mdp, data, weights, new double[mdp.States]);
        terms =
        [
            .. from s in Enumerable.Range(0, mdp.States)
               from a in Enumerable.Range(0, mdp.Actions)
               where data[s, a] > 0.0
               select new Term(s, a, data[s, a], weights[s, a] * mdp.Cost[s, a], SlopeOf(s, a)),
        ];
    }

    /// <summary>p = d: the data's own mean.</summary>
    internal CostBound Plain => new(Cost(terms.Select(t => t.D)), data, 0.0, double.PositiveInfinity);

    internal CostBound At(double temperature)
    {
        var (value, p) = Tilt(chi, temperature);
        for (var step = 0; step < MostSteps; step++)
        {
            var gradient = Mean(p);
            if (gradient.Max(Math.Abs) <= Small)
            {
                break;
            }
            var direction = LinearSystem.Solve(Curvature(p, gradient, temperature), [.. gradient.Select(g => -g)]);
            var falls = gradient.Zip(direction, (g, d) => g * d).Sum();
            // The value tells steps from rounding no longer; one full step more squares what is missing.
            if (-falls <= 1e-14 * (1.0 + Math.Abs(value)))
            {
                chi = [.. chi.Zip(direction, (x, d) => x + d)];
                p = Tilt(chi, temperature).P;
                break;
            }
            var (length, moved) = (1.0, false);
            for (var halving = 0; halving < 50 && !moved; halving++, length *= 0.5)
            {
                double[] next = [.. chi.Zip(direction, (x, d) => x + length * d)];
                var (lower, q) = Tilt(next, temperature);
                if (lower <= value + 1e-4 * length * falls)
                {
                    (chi, value, p, moved) = (next, lower, q, true);
                }
            }
            // What is left to fall is less than rounding.
            if (!moved)
            {
                break;
            }
        }
        return new CostBound(Cost(p), Table(p), Divergence(p), temperature);
    }

    private (double Value, double[] P) Tilt(double[] at, double temperature)
    {
        double[] l = [.. terms.Select(t => (t.Offset + Dot(t.Slope, at)) / temperature)];
        var largest = l.Max();
        double[] p = [.. terms.Zip(l, (t, x) => t.D * ScalarDouble.Exp(x - largest))];
        var sum = p.Sum();
        return (temperature * (largest + ScalarDouble.Log(sum)), [.. p.Select(x => x / sum)]);
    }

    private double[] Mean(double[] p)
    {
        var mean = new double[mdp.States];
        for (var i = 0; i < p.Length; i++)
        {
            var (share, slope) = (p[i], terms[i].Slope);
            for (var n = 0; n < mean.Length; n++)
            {
                mean[n] += share * slope[n];
            }
        }
        return mean;
    }

    // Some directions, such as a constant, change all terms alike: a ridge keeps them still.
    private double[,] Curvature(double[] p, double[] mean, double temperature)
    {
        var size = mean.Length;
        var lower = new double[size][];
        for (var m = 0; m < size; m++)
        {
            lower[m] = new double[m + 1];
        }
        var away = new double[size];
        for (var i = 0; i < p.Length; i++)
        {
            var slope = terms[i].Slope;
            for (var n = 0; n < size; n++)
            {
                away[n] = slope[n] - mean[n];
            }
            for (var m = 0; m < size; m++)
            {
                var (row, factor) = (lower[m], p[i] / temperature * away[m]);
                for (var n = 0; n < row.Length; n++)
                {
                    row[n] += factor * away[n];
                }
            }
        }
        var ridge = 1e-300;
        for (var m = 0; m < size; m++)
        {
            ridge = Math.Max(ridge, 1e-12 * lower[m][m]);
        }
        var matrix = new double[size, size];
        for (var m = 0; m < size; m++)
        {
            for (var n = 0; n <= m; n++)
            {
                matrix[m, n] = matrix[n, m] = lower[m][n] + (m == n ? ridge : 0.0);
            }
        }
        return matrix;
    }

    private double[] SlopeOf(int s, int a)
    {
        var slope = new double[mdp.States];
        for (var n = 0; n < mdp.States; n++)
        {
            slope[n] = (1.0 - mdp.Discount) * mdp.Start[n]
                + weights[s, a] * mdp.Discount * mdp.Transition(s, a, n);
        }
        slope[s] -= weights[s, a];
        return slope;
    }

    private double Cost(IEnumerable<double> p) => terms.Zip(p, (t, x) => t.Offset * x).Sum();

    private double Divergence(double[] p)
    {
        var sum = 0.0;
        for (var i = 0; i < p.Length; i++)
        {
            sum += p[i] > 0.0 ? p[i] * ScalarDouble.Log(p[i] / terms[i].D) : 0.0;
        }
        return sum;
    }

    private double[,] Table(double[] p)
    {
        var table = new double[mdp.States, mdp.Actions];
        for (var i = 0; i < p.Length; i++)
        {
            table[terms[i].S, terms[i].A] = p[i];
        }
        return table;
    }

    private static double Dot(double[] x, double[] y)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }
        return sum;
    }

    /// <summary>A state and action of the data: d, and l as an affine function of chi.</summary>
    private sealed record Term(int S, int A, double D, double Offset, double[] Slope);
}
