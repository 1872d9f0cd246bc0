namespace Plimsoll.Data;

public static partial class DatasetProblemText
{
    private static ProblemText? OfPreprocessing(DatasetProblem problem) => problem switch
    {
        DatasetProblem.TooFewForOutliers(var name, var wanted, var candidates, var cost, var reward) => new(
            $"{Plural(candidates, "episode")} can become {Verb(candidates, "an outlier", "outliers")}, "
                + $"and {wanted} {Verb(wanted, "is", "are")} asked for",
            $"{name}; they have a cost of at least {Number(cost)} and a return of at least {Number(reward)}",
            "outliers are made of episodes that are both costly and good", "ask for a smaller share"),
        DatasetProblem.PreprocessingLeftNothing(var name, var step, var episodes) => new(
            $"preprocessing removed every episode, the last ones by {StepText(step)}",
            $"{name}, {Plural(episodes, "episode")}", "a policy cannot be fitted to no data",
            step == PreprocessingStep.Density
                ? "let cells with few episodes stay, or take fewer cells"
                : "remove less"),
        DatasetProblem.PreprocessingUnsound(var name, var fault) => Fault(name, fault),
        _ => null,
    };

    private static string StepText(PreprocessingStep step) => step switch
    {
        PreprocessingStep.Density => "density",
        PreprocessingStep.Inpaint => "inpaint",
        PreprocessingStep.Epsilon => "epsilon",
        _ => "outliers",
    };

    private static ProblemText Fault(string name, PreprocessingFault fault) => fault switch
    {
        PreprocessingFault.NoCostLimit => new(
            "preprocessing needs a cost limit", name,
            "outliers and epsilon depend on which episodes are safe", "give `cost-limit`, in cost per episode"),
        PreprocessingFault.CostLimitBelowOne => new(
            "outliers need a cost limit of at least 1", name,
            "an outlier's cost is drawn from the whole numbers below the limit", "raise `cost-limit`"),
        PreprocessingFault.BadInpaintRange => new(
            "an inpaint range is none", name,
            "it has fractions from 0 to 1: cost from, cost to, return from, return to",
            "write each `from` at most as large as its `to`"),
        PreprocessingFault.InpaintNotInFours => new(
            "inpaint does not hold four numbers a range", name,
            "a range is: cost from, cost to, return from, return to, as fractions", "write four numbers for each"),
        PreprocessingFault.NoGrid => new(
            "DSRL has no density grid for this task and density", name,
            "its table has 0.5 with 0.75 or with 0.25 for 30 of its 38 tasks",
            "take a density that it has (docs/data.md), or give `cost-cells`, `return-cells` and `most-per-cell`"),
        PreprocessingFault.GridOfOtherData => new(
            "DSRL's density grid is asked for, and the data are not DSRL's", name,
            "the data record a range of returns of their own, and the grid lies over the range of DSRL's file",
            "give a grid with `cost-cells`, `return-cells` and `most-per-cell` instead of `density`"),
        PreprocessingFault.NoiseOverflows => new(
            "the noise makes observations that are not finite", name,
            "one such value makes every loss that sees it NaN", "lower `noise-scale`"),
        PreprocessingFault.TwoGrids => new(
            "both a density and a grid are given", name, "a density stands for DSRL's own grid",
            "leave one of `density` and `cost-cells` out"),
        _ => new(
            "the density grid is none", name, "it keeps more of a full cell than it drops of a sparse one",
            "let `cost-cells` and `return-cells` be at least 1 and `most-per-cell` above `sparse-up-to`"),
    };
}
