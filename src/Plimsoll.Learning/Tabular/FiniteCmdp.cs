namespace Plimsoll.Learning.Tabular;

/// <summary>
/// A constrained Markov decision process with finitely many states and actions, small enough to be solved
/// exactly.
/// <para>Shapes: transitions [S,A,S], reward and cost [S,A], start [S]; policies are [S,A] with rows that sum
/// to 1. discount in [0,1). A row of transitions may sum to less than 1: the rest ends the episode.</para>
/// <para>Errors: ArgumentException for shapes, negative or non-finite probabilities and sums that exceed 1
/// (the start: differ from 1) by more than 1e-9.</para>
/// </summary>
public sealed class FiniteCmdp
{
    private const double SumTolerance = 1e-9;

    private readonly double[,,] transitions;

    public FiniteCmdp(
        double[,,] transitions, double[,] reward, double[,] cost, double[] start, double discount)
    {
        States = transitions.GetLength(0);
        Actions = transitions.GetLength(1);
        this.transitions = transitions;
        Reward = reward;
        Cost = cost;
        Start = start;
        Discount = discount;
        Check();
    }

    public int States { get; }

    public int Actions { get; }

    /// <summary>gamma.</summary>
    public double Discount { get; }

    /// <summary>r, [S,A].</summary>
    public double[,] Reward { get; }

    /// <summary>c, [S,A].</summary>
    public double[,] Cost { get; }

    /// <summary>rho, [S].</summary>
    public double[] Start { get; }

    /// <summary>P(next | state, action).</summary>
    public double Transition(int state, int action, int next) => transitions[state, action, next];

    /// <summary>The same process from another start distribution.</summary>
    public FiniteCmdp From(double[] start) => new(transitions, Reward, Cost, start, Discount);

    /// <summary>The policy that takes every action equally often.</summary>
    public double[,] UniformPolicy()
    {
        var policy = new double[States, Actions];
        for (var s = 0; s < States; s++)
        {
            for (var a = 0; a < Actions; a++)
            {
                policy[s, a] = 1.0 / Actions;
            }
        }
        return policy;
    }

    /// <summary>u(s,a) + gamma sum P(s'|s,a) V(s'), [S,A].</summary>
    public double[,] Backup(double[,] signal, double[] values)
    {
        var q = new double[States, Actions];
        for (var s = 0; s < States; s++)
        {
            for (var a = 0; a < Actions; a++)
            {
                var next = 0.0;
                for (var n = 0; n < States; n++)
                {
                    next += transitions[s, a, n] * values[n];
                }
                q[s, a] = signal[s, a] + Discount * next;
            }
        }
        return q;
    }

    private void Check()
    {
        Require(States > 0 && Actions > 0 && transitions.GetLength(2) == States, "transitions are [S,A,S]");
        Require(Reward.GetLength(0) == States && Reward.GetLength(1) == Actions, "reward is [S,A]");
        Require(Cost.GetLength(0) == States && Cost.GetLength(1) == Actions, "cost is [S,A]");
        Require(Start.Length == States, "start is [S]");
        Require(Discount >= 0.0 && Discount < 1.0, "the discount lies in [0,1)");
        Require(Start.All(p => p >= 0.0) && Math.Abs(Start.Sum() - 1.0) <= SumTolerance, "start sums to 1");
        for (var s = 0; s < States; s++)
        {
            for (var a = 0; a < Actions; a++)
            {
                var sum = 0.0;
                for (var n = 0; n < States; n++)
                {
                    Require(transitions[s, a, n] >= 0.0, "a transition probability is at least 0");
                    sum += transitions[s, a, n];
                }
                Require(sum <= 1.0 + SumTolerance, "transitions from a state and action sum to at most 1");
                Require(
                    double.IsFinite(Reward[s, a]) && double.IsFinite(Cost[s, a]),
                    "reward and cost are finite");
            }
        }
    }

    private static void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw new ArgumentException($"Not a finite CMDP: {rule}.");
        }
    }
}
