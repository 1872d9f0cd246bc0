namespace Plimsoll.Learning.Tabular;

/// <summary>
/// What trajectories tell of a process: counts as probabilities (maximum likelihood). Where a state and action was
/// never seen, every next state is as likely, reward and cost are 0; in a state never seen every action is.
/// </summary>
/// <param name="Mdp">With the true start, reward and cost where seen.</param>
/// <param name="Behaviour">[S,A].</param>
public sealed record SampledCmdp(FiniteCmdp Mdp, double[,] Behaviour)
{
    /// <summary>Trajectories of a policy from the start, each of the same number of steps.</summary>
    /// <param name="uniform">Numbers in (0,1], taken in the order start, then action and next state of each
    /// step.</param>
    public static SampledCmdp Of(FiniteCmdp mdp, double[,] policy, int trajectories, int steps, Func<double> uniform)
    {
        var (states, actions) = (mdp.States, mdp.Actions);
        var next = new double[states, actions, states];
        var visits = new double[states, actions];
        for (var t = 0; t < trajectories; t++)
        {
            var s = Draw(states, i => mdp.Start[i], uniform());
            for (var k = 0; k < steps; k++)
            {
                var a = Draw(actions, i => policy[s, i], uniform());
                var n = Draw(states, i => mdp.Transition(s, a, i), uniform());
                visits[s, a]++;
                next[s, a, n]++;
                s = n;
            }
        }
        var (reward, cost) = (new double[states, actions], new double[states, actions]);
        for (var s = 0; s < states; s++)
        {
            for (var a = 0; a < actions; a++)
            {
                var seen = visits[s, a] > 0.0;
                (reward[s, a], cost[s, a]) = seen ? (mdp.Reward[s, a], mdp.Cost[s, a]) : (0.0, 0.0);
                for (var n = 0; n < states; n++)
                {
                    next[s, a, n] = seen ? next[s, a, n] / visits[s, a] : 1.0 / states;
                }
            }
        }
        return new SampledCmdp(
            new FiniteCmdp(next, reward, cost, mdp.Start, mdp.Discount), ConstrainedOptimum.PolicyOf(visits));
    }

    private static int Draw(int count, Func<int, double> probability, double uniform)
    {
        var sum = 0.0;
        var last = 0;
        for (var i = 0; i < count; i++)
        {
            if (probability(i) <= 0.0)
            {
                continue;
            }
            last = i;
            sum += probability(i);
            if (uniform <= sum)
            {
                return i;
            }
        }
        return last;
    }
}
