using Plimsoll.Environments.MuJoCo.Native;

namespace Plimsoll.Environments.MuJoCo.Velocity;

/// <summary>
/// Run forward, but not too fast: the velocity tasks of Safety-Gymnasium (Ji et al. 2023), which are
/// Gymnasium's "-v4" robots with a cost.
/// </summary>
/// <remarks>
/// One step, with dt = frame skip * time step: the control becomes the action (MuJoCo clips it to [-1, 1]),
/// the physics moves frame-skip times, <c>mj_rnePostConstraint</c> runs, then
/// <code>
/// v = (x' - x) / dt,   reward = v + alive - price * |a|^2,   cost = 1 when the speed exceeds the threshold
/// </code>
/// where x is the horizontal place, |a|^2 is taken of the action as given, and the speed is v itself (Ant: in
/// the plane). Observation: qpos without the horizontal place, then qvel.
/// Start: qpos0 and 0, each with noise. Random numbers: one for each entry of qpos, then for each of qvel
/// one, or those of <see cref="StandardNormal"/>.
/// <para>
/// MuJoCo answers an unstable simulation (a number that is no number or above 1e10) by putting the world back
/// to its initial state and counting a warning. The reference goes on from there as if nothing had happened,
/// with a reward for the jump. Here such a step throws a <see cref="SimulationException"/>, as does any other
/// warning (buffers that were too small for the contacts, a singular inertia): numbers after it belong to no
/// episode.
/// </para>
/// All environments share one compiled model; each has a world of its own. The sizes that the models give
/// (contacts and constraint rows: two contacts a capsule, four rows a contact, one a limit, and some to
/// spare) bound what can touch at once; they keep a world at 0.04 to 1.1 MB, where MuJoCo would reserve 13,
/// and change no bit.
/// </remarks>
internal abstract class VelocityEnvironment : BatchedEnvironment
{
    private readonly VelocityRules rules;
    private readonly MjModel model;
    private readonly MjData[] worlds;
    private readonly double stepSeconds;

    protected VelocityEnvironment(TaskFacts facts, VelocityRules rules, int count)
        : base(facts, count)
    {
        this.rules = rules;
        model = MjModel.Compile(MuJoCoEngine.Runtime, rules.Mjcf);
        stepSeconds = rules.FrameSkip * model.Timestep;
        worlds = new MjData[count];
        for (var i = 0; i < count; i++)
        {
            worlds[i] = new MjData(model);
        }
    }

    internal VelocityRules Rules => rules;

    /// <summary>dt, seconds.</summary>
    internal double StepSeconds => stepSeconds;

    /// <exception cref="ObjectDisposedException">Its memory is MuJoCo's and has been freed.</exception>
    internal MjModel Model
    {
        get
        {
            RequireNotDisposed();
            return model;
        }
    }

    /// <exception cref="ObjectDisposedException">Its memory is MuJoCo's and has been freed.</exception>
    internal MjData World(int index)
    {
        RequireNotDisposed();
        return worlds[index];
    }

    /// <summary>The horizontal place, m. By default along x alone, from qpos.</summary>
    private protected virtual (double X, double Y) Whereabouts(MjData world) => (world.Position[0], 0);

    /// <summary>What is compared with the threshold, m/s.</summary>
    private protected virtual double Speed(double alongX, double alongY) => alongX;

    /// <summary>Whether the episode goes on from this state.</summary>
    internal virtual bool IsHealthy(ReadOnlySpan<double> position, ReadOnlySpan<double> velocity) => true;

    protected override void Place(int index, IUniformSource random)
    {
        var world = worlds[index];
        world.Reset();
        var position = world.Position;
        for (var k = 0; k < position.Length; k++)
        {
            position[k] += rules.PositionNoise * (2 * random.NextUniform() - 1);
        }

        var velocity = world.Velocity;
        for (var k = 0; k < velocity.Length; k++)
        {
            velocity[k] = rules.VelocityNoise
                * (rules.NormalVelocities ? StandardNormal.Next(random) : 2 * random.NextUniform() - 1);
        }

        world.Forward();
        RequireNoWarning(index, world);
        GC.KeepAlive(this);
    }

    protected override double Advance(
        int index, ReadOnlySpan<float> action, Span<float> costs, out bool terminated)
    {
        var world = worlds[index];
        var control = world.Control;
        var squares = 0.0;
        for (var k = 0; k < control.Length; k++)
        {
            // MuJoCo would clip as well, but takes anything above 1e10 for a broken control and uses 0.
            control[k] = Clip(action[k]);
            squares += (double)action[k] * action[k];
        }

        var before = Whereabouts(world);
        for (var k = 0; k < rules.FrameSkip; k++)
        {
            world.Step();
        }

        world.ComputeBodyForces();
        RequireNoWarning(index, world);
        var after = Whereabouts(world);
        var alongX = (after.X - before.X) / stepSeconds;
        var alongY = (after.Y - before.Y) / stepSeconds;
        costs[0] = Speed(alongX, alongY) > rules.CostlySpeed ? 1 : 0;
        terminated = !IsHealthy(world.Position, world.Velocity);
        GC.KeepAlive(this);
        return alongX + rules.AliveReward - rules.ControlPrice * squares;
    }

    protected override void Observe(int index, Span<float> observation)
    {
        var position = worlds[index].Position[rules.HiddenPositions..];
        for (var k = 0; k < position.Length; k++)
        {
            observation[k] = (float)position[k];
        }

        var velocity = worlds[index].Velocity;
        var limit = rules.ObservedVelocityLimit;
        for (var k = 0; k < velocity.Length; k++)
        {
            observation[position.Length + k] = (float)Math.Min(limit, Math.Max(-limit, velocity[k]));
        }

        GC.KeepAlive(this);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var world in worlds)
            {
                world.Dispose();
            }

            model.Dispose();
        }

        base.Dispose(disposing);
    }

    private void RequireNoWarning(int index, MjData world)
    {
        if (world.HasWarned)
        {
            throw new SimulationException(Facts.Name, index, $"MuJoCo says: {world.Warning()?.TrimEnd('.')}");
        }
    }
}
