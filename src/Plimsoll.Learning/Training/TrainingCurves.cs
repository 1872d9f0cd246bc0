namespace Plimsoll.Learning.Training;

/// <summary>Curves of a training run: for each metric the mean over the steps up to each guard.</summary>
public sealed class TrainingCurves
{
    private readonly Dictionary<string, (List<float> Steps, List<float> Values)> curves = [];

    public IEnumerable<string> Names => curves.Keys;

    public (IReadOnlyList<float> Steps, IReadOnlyList<float> Values) this[string name] => curves[name];

    public void Add(string name, long step, double value)
    {
        if (!curves.TryGetValue(name, out var curve)) curves[name] = curve = ([], []);
        curve.Steps.Add(step);
        curve.Values.Add((float)value);
    }

    internal void Transfer(Transfer transfer)
    {
        var count = transfer.Number((long)curves.Count);
        var names = curves.Keys.ToList();
        for (var i = 0; i < count; i++)
        {
            var name = transfer.Text(i < names.Count ? names[i] : "");
            if (!curves.TryGetValue(name, out var curve)) curves[name] = curve = ([], []);
            transfer.List(curve.Steps);
            transfer.List(curve.Values);
        }
    }
}
