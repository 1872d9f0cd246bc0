namespace Plimsoll.Data;

/// <summary>
/// DSRL's <c>pre_process_data</c> (Liu et al. 2024, arXiv:2306.09303, and its code) on whole trajectories:
/// density, outliers, inpaint, epsilon, noise, in this order. Deterministic given the streams.
/// </summary>
/// <remarks>
/// Where the reference is random without a seed or defective, this differs: every draw comes from a given
/// stream; outliers that the data have too few candidates for are a problem instead of an exception; all
/// inpaint ranges are judged on the same trajectories, and outliers neither fall to them nor move a slice's
/// range of returns; epsilon looks at the trajectories that are left, where the reference's indices are off
/// once inpainting removed one. The records of returns and costs follow the changed numbers; the range that
/// scores are normalised with stays that of the data that came in.
/// </remarks>
public static class Preprocessing
{
    /// <summary>Applies the filters.</summary>
    /// <param name="dataset">The dataset; it stays open and unchanged.</param>
    /// <param name="name">Its name in problems.</param>
    /// <param name="settings">What to do.</param>
    /// <param name="streams">The random numbers.</param>
    public static PreprocessingOutcome Apply(
        Dataset dataset, string name, PreprocessingSettings settings, PreprocessingStreams streams)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(streams);
        if (FaultOf(settings) is { } fault)
        {
            return Refused(new DatasetProblem.PreprocessingUnsound(name, fault));
        }

        var reference = settings.Reference ?? NormalisationFacts.Extremes(dataset);
        var episodes = Enumerable.Range(0, dataset.Trajectories.Count)
            .Select(index => Episode.Of(index, dataset.Trajectories[index])).ToArray();
        if (settings.Density is { } grid)
        {
            episodes = EpisodeFilters.Thin(episodes, grid, streams.Density);
            if (episodes.Length == 0)
            {
                return Nothing(PreprocessingStep.Density);
            }
        }

        if (settings.OutlierShare > 0)
        {
            var wanted = Math.Max(1, (int)(settings.OutlierShare * episodes.Length));
            var candidates = EpisodeFilters.Tempting(episodes, reference);
            if (candidates.Count < wanted)
            {
                return Refused(new DatasetProblem.TooFewForOutliers(
                    name, wanted, candidates.Count, reference.CostMax / 2, reference.ReturnMax / 2));
            }

            episodes = EpisodeFilters.MakeOutliers(
                episodes, candidates, wanted, settings.CostLimit!.Value, dataset, streams.Outliers);
        }

        if (settings.Inpaint.Count > 0)
        {
            episodes = EpisodeFilters.Inpaint(episodes, settings.Inpaint, reference);
            if (episodes.Length == 0)
            {
                return Nothing(PreprocessingStep.Inpaint);
            }
        }

        if (settings.Epsilon != 0)
        {
            episodes = EpisodeFilters.CutBest(episodes, settings.Epsilon, settings.CostLimit!.Value);
            if (episodes.Length == 0)
            {
                return Nothing(PreprocessingStep.Epsilon);
            }
        }

        var done = EpisodeWriter.Write(
            dataset, episodes, Metadata(dataset, settings), settings.NoiseScale, streams.Noise);
        if (settings.NoiseScale > 0 && !EpisodeWriter.IsFinite(done))
        {
            done.Dispose();
            return Refused(new DatasetProblem.PreprocessingUnsound(name, PreprocessingFault.NoiseOverflows));
        }

        var outliers = Enumerable.Range(0, episodes.Length).Where(index => episodes[index].Outlier is not null);
        return new PreprocessingOutcome.Done(
            done, [.. episodes.Select(episode => episode.Source)], outliers.ToHashSet());

        PreprocessingOutcome Nothing(PreprocessingStep step) => Refused(
            new DatasetProblem.PreprocessingLeftNothing(name, step, dataset.Trajectories.Count));
    }

    /// <summary>Where no filter is on, nothing is recorded: the result has the same bytes.</summary>
    private static DatasetMetadata Metadata(Dataset dataset, PreprocessingSettings settings)
    {
        var own = NormalisationFacts.Extremes(dataset);
        return settings.ChangesNothing || own.ReturnMin >= own.ReturnMax
            || ReturnRange.In(dataset.Metadata.Facts) is not null
                ? dataset.Metadata
                : dataset.Metadata.With(
                    new ReturnRange(own.ReturnMin, own.ReturnMax, "the data before preprocessing").Facts);
    }

    private static PreprocessingOutcome.Refused Refused(DatasetProblem problem) => new(problem);

    private static PreprocessingFault? FaultOf(PreprocessingSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(settings.OutlierShare, nameof(settings));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(settings.OutlierShare, 1, nameof(settings));
        ArgumentOutOfRangeException.ThrowIfNegative(settings.NoiseScale, nameof(settings));
        var needsLimit = settings.OutlierShare > 0 || settings.Epsilon != 0;
        return needsLimit && settings.CostLimit is null ? PreprocessingFault.NoCostLimit
            : settings.OutlierShare > 0 && settings.CostLimit < 1 ? PreprocessingFault.CostLimitBelowOne
            : settings.Inpaint.Any(range => !IsSound(range)) ? PreprocessingFault.BadInpaintRange
            : settings.Density is { } grid && (grid.CostCells < 1 || grid.ReturnCells < 1
                || grid.SparseUpTo < 0 || grid.MostPerCell <= grid.SparseUpTo) ? PreprocessingFault.BadGrid
            : null;
    }

    private static bool IsSound(InpaintRange range) =>
        range is { CostFrom: >= 0, CostTo: <= 1, ReturnFrom: >= 0, ReturnTo: <= 1 }
        && range.CostFrom <= range.CostTo && range.ReturnFrom <= range.ReturnTo;
}
