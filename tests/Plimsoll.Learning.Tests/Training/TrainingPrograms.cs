    internal static IEnumerable<string> Names => [.. TrainingTable.Names, .. NetworkPrograms.All.Keys];

    internal static Build Of(string name) => NetworkPrograms.All.TryGetValue(name, out var build)
        ? (_, _, random, team) => build(random, team)
        : (tables, starts, random, team) => TrainingTable.Of(name)(Small, tables, starts, random, team);

    internal static SafeAdaptation Adaptation(
        DatasetTables tables, StateTable starts, RandomRoot random, Team team, CostCriticSettings cost) =>
        TrainingTable.Adaptation(Small, tables, starts, random, team, cost);
}
