using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Reference;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// COptiDICE (Lee et al., arXiv 2204.08957): the best occupancy d = w d^D near the data's that keeps a cost limit,
/// max E_D[w r] - α E_D[f(w)] subject to Bellman's flow and E_D[w c] &lt;= b, by its dual. With
/// e = r - λ c + γ (1 - end) ν(s') - ν(s) and w = max(0, (f')⁻¹(e/α)), in this order at every step:
/// χ and τ down τ (ε + log mean exp(ℓ/τ)), ℓ = (1-γ) χ(s₀) + w (c + γ (1 - end) χ(s') - χ(s));
/// ν down (1-γ) E[ν(s₀)] + E[w e - α f(w)] with w held, which has the same gradient; λ down λ (b - Σ p_i w_i c_i),
/// p = softmax(ℓ/τ); then the actor up E[w log π(a|s)] with w of the new ν. λ and τ are softplus of free
/// numbers that start at 1.
/// <para>As published in OSRL (<see cref="CoptidiceSettings.OsrlCompat"/>): b is a discounted sum, 1/(1-γ) too
/// large, so that the limit hardly binds; ν and χ are the lower of two networks; s₀ are the batch's own first
/// steps, weighted; the actor's likelihood is the Gaussian's at the raw action, both with noise, though acting
/// applies tanh.</para>
/// <para>Shapes: s [B, S], a [B, A], everything else [B]; λ and ν in scaled reward, χ in cost. Metrics: nu-loss,
/// cost-bound and cost (both per step of the corrected occupancy), multiplier (λ), temperature (τ), bound-loss
/// (what χ and τ descend), correction (mean w: 1 where the flow holds and no episode ends) and policy-loss.
/// Deterministic: bitwise.</para>
/// </summary>
public sealed class Coptidice
{
    private readonly CoptidiceSettings settings;
    private readonly GraphBuilder g = new();
    private readonly TrainingState state = new();
    private readonly DatasetTables tables;
    private readonly RandomRoot random;
    private readonly OfflineBatch batch;
    private readonly InitialStates initial;
    private readonly Mlp nu;
    private readonly StateArray multiplier;

    private Coptidice(DatasetTables tables, CoptidiceSettings settings, StateTable starts, RandomRoot random)
    {
        (this.settings, this.tables, this.random) = (settings, tables, random);
        nu = Value("nu");
        Policy = TanhGaussianActor.Create(
            state, PolicyArrays.Root, tables.Observation.Size, tables.Action.Size, settings.Hidden, random);
        multiplier = Scalar("multiplier");
        batch = OfflineBatch.Draw(g, tables, random, "batch", settings.Batch);
        initial = settings.OsrlCompat
            ? InitialStates.Among(g, batch, tables.Dataset)
            : InitialStates.Drawn(g, starts, random.Stream("starts"), settings.Batch);
    }

    public GraphTraining Training { get; private set; } = null!;

    public TanhGaussianActor Policy { get; }

    /// <summary>λ, the price of cost in scaled reward, as it is now.</summary>
    public double Multiplier => Softplus(multiplier.Values[0]);

    /// <summary>Declares and initialises everything and compiles the step. Dispose <see cref="Training"/>,
    /// before the initial states and the dataset.</summary>
    /// <param name="starts">Initial states; the caller's, and they outlive the training.</param>
    public static Coptidice Build(
        DatasetTables tables, CoptidiceSettings settings, StateTable starts, RandomRoot random, Team team)
    {
        var fit = new Coptidice(tables, settings, starts, random);
        fit.Step();
        fit.Training = new GraphTraining(fit.state, Program.Compile(fit.g, team));
        return fit;
    }

    private float Discount => (float)settings.Limit.Discount;

    private Node Continues => 1f - batch.Ends(settings.Limit.Bootstrapping == Bootstrapping.StopsAtTimeouts);

    private void Step()
    {
        var rate = g.Constant((float)settings.LearningRate);
        var scalarRate = g.Constant((float)settings.ScalarLearningRate);
        var (nuOptimiser, actorOptimiser, multiplierOptimiser) = (
            new AdamOptimiser(state, "adam-nu", nu.Parameters),
            new AdamOptimiser(state, "adam-policy", Policy.Parameters),
            new AdamOptimiser(state, "adam-multiplier", [multiplier]));
        var price = g.Softplus(g.Read(multiplier));
        g.Record("multiplier", price);

        var advantage = Advantage(price);
        var w = Correction(advantage);
        var bound = CostBound(w, rate, scalarRate);
        g.Record("cost-bound", bound);
        g.Record("cost", g.Mean(w * batch.Cost));
        g.Record("correction", g.Mean(w));

        var kept = w * advantage - FDivergence.Of(g, w, settings.Divergence) * (float)settings.Alpha;
        var nuLoss = g.Mean(initial.Of(g, s => ValueOf(nu, s))) * (1f - Discount) + g.Mean(kept);
        g.Record("nu-loss", nuLoss);
        g.Minimise(nuOptimiser, nuLoss, rate);
        g.Minimise(multiplierOptimiser, price * ((float)settings.Threshold - g.Detach(bound)), scalarRate);

        // The price of this step and the values of the next.
        var policyLoss = -g.Mean(Correction(Advantage(price)) * LogLikelihood());
        g.Record("policy-loss", policyLoss);
        g.Minimise(actorOptimiser, policyLoss, rate);
    }

    /// <summary>e [B]; no gradient towards λ.</summary>
    private Node Advantage(Node price) =>
        batch.Reward * (float)settings.RewardScale - g.TimesScalar(batch.Cost, g.Detach(price))
            + Continues * ValueOf(nu, batch.NextObservation) * Discount - ValueOf(nu, batch.Observation);

    private Node Correction(Node advantage) =>
        g.Detach(FDivergence.Correction(g, advantage, (float)settings.Alpha, settings.Divergence));

    private Node CostBound(Node w, Node rate, Node scalarRate)
    {
        if (settings.Radius == 0) return g.Mean(w * batch.Cost);
        var (chi, free) = (Value("chi"), Scalar("temperature"));
        var (chiOptimiser, freeOptimiser) = (
            new AdamOptimiser(state, "adam-chi", chi.Parameters), new AdamOptimiser(state, "adam-temperature", [free]));
        var gained = batch.Cost + Continues * ValueOf(chi, batch.NextObservation) * Discount
            - ValueOf(chi, batch.Observation);
        var values = initial.Of(g, s => ValueOf(chi, s)) * (1f - Discount) + w * gained;
        var temperature = g.Softplus(g.Read(free));
        g.Record("temperature", temperature);
        var bound = g.Dot(DonskerVaradhan.Tilt(g, values, temperature).Weights, w * batch.Cost);
        var loss = DonskerVaradhan.WorstCase(g, values, temperature, (float)settings.Radius);
        g.Record("bound-loss", loss);
        var gradients = g.Gradients(loss, [.. chi.Parameters.Select(g.Read), g.Read(free)]);
        g.Adam(chiOptimiser, gradients[..^1], rate);
        g.Adam(freeOptimiser, gradients[^1..], scalarRate);
        return bound;
    }

    /// <summary>log π(a|s) [B].</summary>
    private Node LogLikelihood()
    {
        var (s, a) = (tables.Observation, tables.Action);
        var dataset = tables.Dataset;
        var policy = Policy.Policy(g, Noisy(batch.Observation, "observation", dataset.Observations, s));
        if (!settings.OsrlCompat) return policy.LogProbability(g, batch.Action);
        return g.SumLast(GaussianLikelihood.Log(g, policy.Base, Noisy(batch.Action, "action", dataset.Actions, a)));
    }

    private Node Noisy(Node x, string what, ReadOnlySpan<float> data, Axis column)
    {
        if (settings.Noise == 0) return x;
        var size = state.Add($"noise/{what}", new Shape(column));
        var deviation = ColumnMoments.Of(data, column.Size).Deviation;
        for (var k = 0; k < column.Size; k++) size.Values[k] = (float)(settings.Noise * deviation[k]);
        return x + g.TimesRow(g.Normal(random.Stream($"{what} noise"), x.Shape), g.Read(size));
    }

    private Mlp Value(string name) => Mlp.Create(
        state, name, tables.Observation, settings.Hidden, new Axis("V", 1), new Axis("E", settings.OsrlCompat ? 2 : 1),
        random);

    private Node ValueOf(Mlp network, Node observation) => g.MinLeading(g.Squeeze(network.Forward(g, observation)));

    private StateArray Scalar(string name)
    {
        var array = state.Add(name, Shape.Scalar);
        array.Values[0] = 1f;
        return array;
    }

    private static double Softplus(double x) =>
        Math.Max(x, 0) + ScalarDouble.Log(1 + ScalarDouble.Exp(-Math.Abs(x)));
}
