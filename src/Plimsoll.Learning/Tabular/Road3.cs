namespace Plimsoll.Learning.Tabular;

/// <summary>
/// A deterministic three-state process in which the quick road is risky: from the start (0) by action 0 to
/// the fast road (1), by action 1 to the slow road (2); from either by action 0 back to the start and by
/// action 1 to the slow road. gamma = 0.9. The fixture of the tabular laws.
/// </summary>
public static class Road3
{
    public static FiniteCmdp Create()
    {
        var transitions = new double[3, 2, 3];
        transitions[0, 0, 1] = 1.0;
        transitions[0, 1, 2] = 1.0;
        transitions[1, 0, 0] = 1.0;
        transitions[1, 1, 2] = 1.0;
        transitions[2, 0, 0] = 1.0;
        transitions[2, 1, 2] = 1.0;
        return new FiniteCmdp(
            transitions,
            reward: new[,] { { 1.0, 0.2 }, { 2.0, 0.0 }, { 0.5, 0.3 } },
            cost: new[,] { { 0.0, 0.0 }, { 1.0, 0.5 }, { 0.0, 0.0 } },
            start: [1.0, 0.0, 0.0],
            discount: 0.9);
    }
}
