namespace Plimsoll.Report

open Plimsoll.Language

type Verdict =
    | Supported
    | NotSupported
    | Undecided

    member this.Words =
        match this with
        | Supported -> "supported"
        | NotSupported -> "not supported"
        | Undecided -> "undecided"

/// What a claim comes to at one place.
type internal Judged = {
    Verdict: Verdict
    /// The metric, or the probability of a comparison. None without a number.
    Value: Measured option
    /// The same in words.
    Number: string
}

/// The entry that a finding is about, with the entries of the limits it is made of.
type internal Asked = {
    Entry: TableEntry
    Of: TableEntry list
}

/// Numbers of seeds held against a claim.
module internal ClaimVerdicts =
    let undecided number = {
        Verdict = Undecided
        Value = None
        Number = number
    }

    /// A claim is about the method, so seeds that gave no score cannot count in its favour.
    let private unlessIncomplete (entries: TableEntry list) judged =
        match judged.Verdict, entries |> List.tryFind (fun e -> not e.Seeds.Complete) with
        | Supported, Some incomplete -> {
            judged with
                Verdict = Undecided
                Number = $"{judged.Number}; only {incomplete.Count}"
          }
        | _, Some incomplete -> {
            judged with
                Number = $"{judged.Number}; {incomplete.Count}"
          }
        | _ -> judged

    /// The seeds' numbers with which of them these are; or why there are none.
    let private numbersOf metric (asked: Asked) what =
        let numbers = SeedMeans.ofEntries metric asked.Of

        if numbers.Length = 0 then
            Error $"no score{what} ({asked.Entry.Count})"
        elif not (numbers |> Array.forall (fun seed -> System.Double.IsFinite seed.Mean)) then
            Error "the reward has no scale: all returns of the data are the same"
        else
            let words = SeedMeans.selection asked.Of |> Option.map (fun s -> " " + s)
            Ok(numbers, Option.defaultValue "" words)

    let private shown (numbers, selection) =
        Format.decimals 2 (Student.centre numbers) + selection

    /// One seed says nothing of how training varies.
    let private single = "; a single seed decides nothing"

    /// `test low high` of the 95 % interval of the mean over seeds.
    let bounded metric (asked: Asked) test =
        match numbersOf metric asked "" with
        | Error why -> undecided why
        | Ok(numbers, selection) ->
            let centre = Student.centre numbers

            let interval =
                Student.interval numbers
                |> match metric with
                   | CostMetric -> Student.costInterval centre
                   | RewardMetric -> id

            {
                Verdict =
                    interval
                    |> Option.map (fun ends -> ends ||> test)
                    |> Option.defaultValue Undecided
                Value = Some { Value = centre; Interval = interval }
                Number =
                    shown (numbers, selection)
                    + match interval with
                      | Some(low, high) ->
                          $", 95 %% interval [{Format.decimals 2 low}, {Format.decimals 2 high}]"
                      | None -> single
            }
            |> unlessIncomplete [ asked.Entry ]

    /// Whether mine is above the other's, or below it, with the probability.
    let compared metric probability above (mine: Asked) (other: Asked) =
        match numbersOf metric mine "", numbersOf metric other " to compare with" with
        | Error why, _
        | _, Error why -> undecided why
        | Ok a, Ok b ->
            let means = $"{shown a} and {shown b}"

            let judged =
                match Student.difference (fst b) (fst a) with
                | None -> undecided (means + single)
                | Some welch ->
                    let share = if above then welch.Above else 1.0 - welch.Above

                    {
                        Verdict =
                            if share >= probability then Supported
                            elif share <= 1.0 - probability then NotSupported
                            else Undecided
                        Value = Some { Value = share; Interval = None }
                        Number = $"{means}, probability {Format.decimals 3 share}"
                    }

            judged |> unlessIncomplete [ mine.Entry; other.Entry ]

    /// What was tuned in the simulator and what was not had different things to learn from: a number between them
    /// is shown, and decides nothing.
    let unlessMixed (mine: Row) (other: Row) judged =
        if mine.Hybrid = other.Hybrid then
            judged
        else
            {
                judged with
                    Verdict = Undecided
                    Number =
                        $"{judged.Number} against {other.Name}; mixed: one of the two is hybrid, and what is not "
                        + "offline is not compared"
            }
