using Plimsoll.Numerics.Reference;

namespace Plimsoll.Learning.Tabular;

/// <summary>
/// Random processes for laws that must hold for all: transitions, start and policies from Dirichlet(1),
/// rewards and costs from U(0,1). The source gives uniform numbers in (0,1]; draws are taken row by row in
/// the order transitions and then reward and cost of each state and action, then the start. Bitwise for a
/// given source.
/// </summary>
public static class RandomCmdp
{
    public static FiniteCmdp Create(int states, int actions, double discount, Func<double> uniform)
    {
        var transitions = new double[states, actions, states];
        var reward = new double[states, actions];
        var cost = new double[states, actions];
        for (var s = 0; s < states; s++)
        {
            for (var a = 0; a < actions; a++)
            {
                var row = Dirichlet(states, uniform);
                for (var n = 0; n < states; n++)
                {
                    transitions[s, a, n] = row[n];
                }
                reward[s, a] = uniform();
                cost[s, a] = uniform();
            }
        }
        return new FiniteCmdp(transitions, reward, cost, Dirichlet(states, uniform), discount);
    }

    /// <summary>A policy [S,A] whose rows are Dirichlet(1).</summary>
    public static double[,] Policy(int states, int actions, Func<double> uniform)
    {
        var policy = new double[states, actions];
        for (var s = 0; s < states; s++)
        {
            var row = Dirichlet(actions, uniform);
            for (var a = 0; a < actions; a++)
            {
                policy[s, a] = row[a];
            }
        }
        return policy;
    }

    /// <summary>A uniform point of the simplex: n exponential draws -log u over their sum.</summary>
    public static double[] Dirichlet(int n, Func<double> uniform)
    {
        var x = new double[n];
        var sum = 0.0;
        for (var i = 0; i < n; i++)
        {
            x[i] = -ScalarDouble.Log(uniform());
            sum += x[i];
        }
        for (var i = 0; i < n; i++)
        {
            x[i] = sum > 0.0 ? x[i] / sum : 1.0 / n;
        }
        return x;
    }
}
