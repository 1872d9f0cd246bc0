namespace Plimsoll.Data;

/// <summary>A dataset as safetensors: seven F32 arrays under DSRL's names. Trajectories follow from the end
/// markers.</summary>
internal static unsafe class DatasetFile
{
    public static DatasetOpening TryOpen(string path)
    {
        var opening = SafetensorsFile.TryOpen(path);
        if (opening is SafetensorsOpening.Refused(var cause))
        {
            return new DatasetOpening.Refused(cause switch
            {
                SafetensorsProblem.Missing => new DatasetProblem.FileMissing(path),
                SafetensorsProblem.Unreadable(var reason) => new DatasetProblem.FileUnreadable(path, reason),
                _ => new DatasetProblem.ArtifactDamaged(path, cause),
            });
        }

        var file = ((SafetensorsOpening.Opened)opening).File;
        var metadata = DatasetMetadata.From(file.Metadata);
        var problem = metadata is null
            ? new DatasetProblem.NotADataset(path)
            : DatasetKeys.CheckShapes(path, file.Names, file.Shape, squeezes: false).FirstOrDefault()
                ?? WrongType(path, file);
        if (problem is null)
        {
            var columns = Columns(file);
            (var trajectories, problem) = TrajectoryScan.Whole(path, columns);
            if (problem is null)
            {
                return new DatasetOpening.Opened(new Dataset(columns, trajectories, metadata!, file));
            }
        }

        file.Dispose();
        return new DatasetOpening.Refused(problem);
    }

    public static void Save(Dataset dataset, string path)
    {
        var writer = new SafetensorsWriter();
        dataset.Metadata.AddTo(writer);
        var columns = dataset.Columns;
        long count = columns.Count;
        writer
            .AddInPlace(DatasetKeys.Observations, [count, columns.ObservationSize], columns.Observations)
            .AddInPlace(
                DatasetKeys.NextObservations, [count, columns.ObservationSize], columns.NextObservations)
            .AddInPlace(DatasetKeys.Actions, [count, columns.ActionSize], columns.Actions)
            .AddInPlace(DatasetKeys.Rewards, [count], columns.Rewards)
            .AddInPlace(DatasetKeys.Costs, [count], columns.Costs)
            .AddInPlace(DatasetKeys.Terminals, [count], columns.Terminals)
            .AddInPlace(DatasetKeys.Timeouts, [count], columns.Timeouts)
            .Write(path);
        GC.KeepAlive(dataset);
    }

    private static DatasetProblem? WrongType(string path, SafetensorsFile file) => DatasetKeys.All
        .Where(key => file.Type(key) != SafetensorsType.F32)
        .Select(key => new DatasetProblem.WrongType(path, key, file.Type(key).ToString()))
        .FirstOrDefault();

    private static DatasetColumns Columns(SafetensorsFile file) => new()
    {
        Count = (int)file.Shape(DatasetKeys.Observations)[0],
        ObservationSize = (int)file.Shape(DatasetKeys.Observations)[1],
        ActionSize = (int)file.Shape(DatasetKeys.Actions)[1],
        Observations = file.FloatPointer(DatasetKeys.Observations),
        NextObservations = file.FloatPointer(DatasetKeys.NextObservations),
        Actions = file.FloatPointer(DatasetKeys.Actions),
        Rewards = file.FloatPointer(DatasetKeys.Rewards),
        Costs = file.FloatPointer(DatasetKeys.Costs),
        Terminals = file.FloatPointer(DatasetKeys.Terminals),
        Timeouts = file.FloatPointer(DatasetKeys.Timeouts),
        Owner = file,
    };
}
