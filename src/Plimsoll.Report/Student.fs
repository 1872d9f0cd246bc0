/// How far the mean over a few seeds can be trusted (Student 1908), and the difference of two such means (Welch 1947).
/// A seed's number is a mean over episodes and has their noise in it already, so the spread of the seeds' numbers is
/// the doubt of training and of evaluation together. Nothing beyond square roots: the same bits on every machine.
module internal Plimsoll.Report.Student

open System
open Plimsoll.Report.Statistics

/// A seed's mean over its episodes, and the variance of that mean that the spread of the episodes tells: None of a
/// single episode.
[<Struct>]
type SeedMean = { Mean: double; Noise: double option }

/// Of the episodes at each limit, with their evaluation (`Score.Evaluation`): a policy that does not know the limit has
/// the same episodes at each, whose noise does not average out.
let seedMean (own: (string * double array) list) : SeedMean =
    let limits = double own.Length

    let noise (values: double array) =
        deviation values
        |> Option.map (fun s -> s * s / (limits * limits * double values.Length))

    {
        Mean = own |> List.map (snd >> mean) |> List.toArray |> mean
        Noise =
            own
            |> List.groupBy fst
            |> List.map (fun (_, same) -> same |> List.map snd |> List.reduce (Array.map2 (+)) |> noise)
            |> List.reduce (Option.map2 (+))
    }

/// By three halvings of the angle, then by its series: exact to rounding. For x >= 0.
let private arctangent (x: double) =
    let halved x = x / (1.0 + sqrt (1.0 + x * x))
    let small = x |> halved |> halved |> halved
    let mutable sum = 0.0

    // Below tan(pi / 16) = 0.199 fourteen terms are more than a double holds.
    for k in 13..-1..0 do
        let sign = if k % 2 = 0 then 1.0 else -1.0
        sum <- sum * small * small + sign / double (2 * k + 1)

    8.0 * small * sum

/// P(T <= t) of Student's distribution with `degrees` >= 1 degrees of freedom, a whole number (Abramowitz and
/// Stegun 1964, 26.7.3 and 26.7.4). Accurate to 1e-14.
let cumulative (degrees: int) (t: double) =
    // Beyond this nothing changes, and the square stays finite.
    let x = min 1e100 (abs t / sqrt (double degrees))
    let cos2 = 1.0 / (1.0 + x * x)
    let sine = x * sqrt cos2
    let odd = degrees % 2 = 1
    let first = if odd then 2 else 1
    let mutable term = if odd then sqrt cos2 else 1.0
    let mutable sum = if degrees = 1 then 0.0 else term

    for k in first..2 .. degrees - 3 do
        term <- term * cos2 * double k / double (k + 1)
        sum <- sum + term

    // P(-t <= T <= t).
    let within =
        if odd then
            2.0 / Math.PI * (arctangent x + sine * sum)
        else
            sine * sum

    0.5 + (if t < 0.0 then -0.5 else 0.5) * min 1.0 within

/// The t with P(T <= t) = 0.975, by bisection.
let quantile975 (degrees: int) =
    let mutable low, high = 1.0, 16.0

    for _ in 1..60 do
        let middle = (low + high) / 2.0

        if cumulative degrees middle < 0.975 then
            low <- middle
        else
            high <- middle

    high

let centre (seeds: SeedMean array) = seeds |> Array.map _.Mean |> mean

/// s^2 / n, but no less than what the episodes' noise alone would make it: a variance of training below zero is taken
/// as zero (Searle, Casella and McCulloch 1992, section 3.5). Otherwise seeds with few episodes that happen to have
/// equal means would pass for certain; where those have one episode each, nothing tells the noise, and there is no
/// error. None below two seeds.
let private squaredError (seeds: SeedMean array) =
    let noise =
        match seeds |> Array.choose _.Noise with
        | [||] -> None
        | known -> Some(mean known)

    match deviation (seeds |> Array.map _.Mean), noise with
    | Some s, Some noise -> Some(max (s * s) noise / double seeds.Length)
    | Some s, None when s > 0.0 -> Some(s * s / double seeds.Length)
    | _ -> None

/// 95 %, with a centre of its own: centre +- t s / sqrt n. None below two seeds, and of equal ones with an episode each.
let around (centre: double) (seeds: SeedMean array) =
    squaredError seeds
    |> Option.map (fun squared ->
        let half = quantile975 (seeds.Length - 1) * sqrt squared
        centre - half, centre + half)

/// 95 % for the mean that another set of seeds would have.
let interval (seeds: SeedMean array) = around (centre seeds) seeds

/// The same of what cannot be below a floor, as no episode's cost can.
let above (floor: double) (interval: (double * double) option) =
    interval |> Option.map (fun (low, high) -> max floor low, high)

type Welch = {
    /// 95 % of the difference of the means, b less a.
    Interval: double * double
    /// That b's mean is the higher one: 1 less the one-sided p of Welch's test. One half where nothing speaks for
    /// either.
    Above: double
}

/// The mean of b less that of a, each with a spread of its own. Degrees of freedom after Satterthwaite, rounded down
/// as with printed tables. None where either has fewer than two seeds, or equal ones with an episode each.
let difference (a: SeedMean array) (b: SeedMean array) : Welch option =
    let over va vb =
        let centre = centre b - centre a
        let error = sqrt (va + vb)

        if error = 0.0 then
            {
                Interval = centre, centre
                Above =
                    if centre > 0.0 then 1.0
                    elif centre = 0.0 then 0.5
                    else 0.0
            }
        else
            // Shares and not squares of the errors, which may be too small to square.
            let sa, sb = va / (va + vb), vb / (va + vb)

            let degrees =
                1.0 / (sa * sa / double (a.Length - 1) + sb * sb / double (b.Length - 1))

            // Sums of quotients may come out just below the whole number that they are.
            let degrees = int (floor (degrees + 1e-9))
            let half = quantile975 degrees * error

            {
                Interval = centre - half, centre + half
                Above = cumulative degrees (centre / error)
            }

    Option.map2 over (squaredError a) (squaredError b)
