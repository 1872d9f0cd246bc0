// A policy in a program of your own: EmbedPolicy POLICY.safetensors
// docs/exporting.md says what observations and actions are.
using System.Globalization;
using Plimsoll.Learning.Rollouts;

if (args.Length != 1)
{
    Console.Error.WriteLine("EmbedPolicy POLICY.safetensors");
    return 2;
}

const int steps = 3;

// One observation at a time, as on a robot.
using var single = PolicyRunner.Open(args[0]);
var observation = new float[single.ObservationSize];
var action = new float[single.ActionSize];
// A new episode. The seed matters to policies that draw.
single.Begin(row: 0, seed: 7);
for (var step = 0; step < steps; step++)
{
    Sense(observation, step);
    single.Act(observation, action);
    Console.WriteLine($"step {step}: {Text(action)}");
    // Policies that remember (CDT) learn what the action brought; to others it is nothing.
    single.Tell(row: 0, reward: 1f, cost: 0f);
}

// Many at a time, a row each, as in a simulator. Rows know nothing of each other, and threads change no bit.
const int rows = 100;
using var many = PolicyRunner.Open(args[0], rows, threads: 2);
var observations = new float[rows * many.ObservationSize];
var actions = new float[rows * many.ActionSize];
for (var row = 0; row < rows; row++)
{
    many.Begin(row, seed: 7);
    Sense(observations.AsSpan(row * many.ObservationSize, many.ObservationSize), step: 0);
}
many.Act(observations, actions);
Console.WriteLine($"row {rows - 1}: {Text(actions.AsSpan(^many.ActionSize..))}");
return 0;

// Yours to replace: what the task's sensors say, in the task's units.
static void Sense(Span<float> observation, int step) => observation.Fill(0.1f * step);

static string Text(ReadOnlySpan<float> numbers) => string.Join(
    ' ', numbers.ToArray().Select(number => number.ToString("R", CultureInfo.InvariantCulture)));
