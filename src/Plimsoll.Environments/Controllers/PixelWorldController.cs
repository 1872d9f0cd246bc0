namespace Plimsoll.Environments.Controllers;

/// <summary>The path a walker of the pixel world follows.</summary>
public enum PixelPath
{
    /// <summary>SPI's white trajectory: down to the bottom row and along it into the trap.</summary>
    White,

    /// <summary>Along the middle row to the goal.</summary>
    Safe,

    /// <summary>Any of the four moves, each as likely.</summary>
    Random,
}

/// <summary>Follows a path and takes a random move with probability epsilon.</summary>
/// <param name="columns">n of the 3 x n world.</param>
/// <param name="path">The path.</param>
/// <param name="turnColumn">The column in which it goes down: for the safe path the last at the latest, for
/// the white one the last but one, because the goal lies in the last.</param>
/// <param name="epsilon">Probability of a random move, in [0, 1].</param>
public sealed class PixelWorldController(int columns, PixelPath path, int turnColumn, double epsilon)
    : IController
{
    public PixelPath Path { get; } = path;

    public void Act(ReadOnlySpan<float> observation, Span<float> action, IUniformSource random)
    {
        var row = (int)(observation[0] * (PixelWorld.Rows - 1) + 0.5f);
        var column = (int)(observation[1] * (columns - 1) + 0.5f);
        var move = Path == PixelPath.Random || (epsilon > 0 && random.Chance(epsilon))
            ? (PixelMove)Math.Min(3, (int)(4 * random.NextUniform()))
            : Follow(row, column);
        Write(move, action, random);
    }

    private PixelMove Follow(int row, int column)
    {
        var white = Path == PixelPath.White;
        var target = white ? PixelWorld.Rows - 1 : 1;
        var latest = white ? columns - 2 : columns - 1;
        if (row > target)
        {
            return PixelMove.Up;
        }

        return row < target && column >= Math.Min(turnColumn, latest) ? PixelMove.Down : PixelMove.Right;
    }

    /// <summary>Some action that stands for the move, anywhere in the quarter that does.</summary>
    private static void Write(PixelMove move, Span<float> action, IUniformSource random)
    {
        var main = random.Between(0.5, 1);
        var other = random.Between(-0.9, 0.9) * main;
        (action[0], action[1]) = move switch
        {
            PixelMove.Up => ((float)-main, (float)other),
            PixelMove.Down => ((float)main, (float)other),
            PixelMove.Left => ((float)other, (float)-main),
            _ => ((float)other, (float)main),
        };
    }
}

/// <summary>White, safe and random walkers, with epsilon from 0 to 0.5.</summary>
public sealed class PixelWorldFamily(int columns) : ControllerFamily
{
    public override IController Draw(IUniformSource random)
    {
        var kind = random.NextUniform();
        var path = kind < 0.35 ? PixelPath.White : kind < 0.85 ? PixelPath.Safe : PixelPath.Random;
        var turnColumn = random.Chance(0.5) ? 0 : (int)(columns * random.NextUniform());
        var epsilon = random.Chance(0.4) ? 0 : random.Between(0, 0.5);
        return new PixelWorldController(columns, path, turnColumn, epsilon);
    }
}
