using Plimsoll.Numerics.Reference;

namespace Plimsoll.Learning.Tabular;

/// <summary>
/// min over chi of tau log sum d exp(l/tau), l affine in chi (see <see cref="CostBound"/>), by damped Newton steps from
/// the last chi: the gradient is minus the residual of the flow p w, the curvature the covariance of its terms over
/// tau. Costs, chi and tau count in units of the largest |w c|.
/// </summary>
internal sealed class TiltedFlow
{
    private const double Small = 1e-12;
    private const double Ridge = 1e-12;

    // The residual of a flow, beside the largest weight, that is an answer. Newton's steps end at Small, or, at low
    // temperatures, where l/tau of 1e4 and more leaves that much of p uncertain.
    private const double Missing = 1e-8;
    private const int MostSteps = 200;

    // Temperatures nearer than this, as a share, need none between.
    private const double Nearest = 0.01;

    private readonly FiniteCmdp mdp;
    private readonly double[,] data, weights;
    private readonly Term[] terms;
    private readonly double reach;
    private double[] chi;
    private double last = CostBound.HighestTemperature;

    internal TiltedFlow(FiniteCmdp mdp, double[,] data, double[,] weights)
    {
        (this.mdp, this.data, this.weights, chi) = (mdp, data, weights, new double[mdp.States]);
        Scale = LargestCost();
        terms =
        [
            .. from s in Enumerable.Range(0, mdp.States)
               from a in Enumerable.Range(0, mdp.Actions)
               where data[s, a] > 0.0
               select new Term(s, a, data[s, a], weights[s, a] * mdp.Cost[s, a] / Scale, SlopeOf(s, a)),
        ];
        reach = 1.0 + terms.Max(t => weights[t.S, t.A]);
    }

    /// <summary>max |w c| where the data are: costs and temperatures count in it, so that no tolerance depends on the
    /// unit of cost.</summary>
    internal double Scale { get; }

    /// <summary>p = d: the data's own mean.</summary>
    internal CostBound Plain => new(Scale * Cost(terms.Select(t => t.D)), data, 0.0, double.PositiveInfinity);

    /// <summary>The least value at a temperature in units of <see cref="Scale"/>, from the last one; where Newton's
    /// steps do not come from there to the end, by temperatures between.</summary>
    /// <exception cref="ArithmeticException">The flow's residual does not fall to <see cref="Missing"/>.</exception>
    internal CostBound At(double temperature)
    {
        var (start, p) = (chi, Converge(temperature));
        var residual = Largest(Mean(p));
        if (!(residual <= Missing * reach))
        {
            chi = start;
            var between = Math.Sqrt(last * temperature);
            if (Math.Abs(between - temperature) < Nearest * temperature)
            {
                throw new ArithmeticException(
                    $"The worst flow was not found at temperature {temperature:g3}: its residual is {residual:g3}.");
            }
            At(between);
            return At(temperature);
        }
        last = temperature;
        return new CostBound(Scale * Cost(p), Table(p), Divergence(p), Scale * temperature);
    }

    private double[] Converge(double temperature)
    {
        var (value, p) = Tilt(chi, temperature);
        for (var step = 0; step < MostSteps; step++)
        {
            var gradient = Mean(p);
            if (Largest(gradient) <= Small)
            {
                break;
            }
            var direction = Direction(p, gradient, temperature);
            var falls = gradient.Zip(direction, (g, d) => g * d).Sum();
            // The value tells steps from rounding no longer; one full step more squares what is missing.
            if (-falls <= 1e-14 * (1.0 + Math.Abs(value)))
            {
                chi = [.. chi.Zip(direction, (x, d) => x + d)];
                return Tilt(chi, temperature).P;
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
        return p;
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

    private double[] Direction(double[] p, double[] mean, double temperature)
    {
        var curvature = new CurvatureMatrix(mean.Length);
        var away = new double[mean.Length];
        for (var i = 0; i < p.Length; i++)
        {
            for (var n = 0; n < away.Length; n++)
            {
                away[n] = terms[i].Slope[n] - mean[n];
            }
            curvature.Add(p[i] / temperature, away);
        }
        return curvature.NewtonDirection(mean, Ridge);
    }

    // Math.Max hands a NaN on.
    private static double Largest(double[] x) => x.Aggregate(0.0, (most, y) => Math.Max(most, Math.Abs(y)));

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

    private double LargestCost()
    {
        var largest = 0.0;
        for (var s = 0; s < mdp.States; s++)
        {
            for (var a = 0; a < mdp.Actions; a++)
            {
                largest = Math.Max(largest, data[s, a] > 0.0 ? Math.Abs(weights[s, a] * mdp.Cost[s, a]) : 0.0);
            }
        }
        return largest > 0.0 ? largest : 1.0;
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
