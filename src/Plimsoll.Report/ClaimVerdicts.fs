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

        if numbers.Length = 0 && asked.Of |> List.forall (fun e -> e.Values.IsSome) then
            Error $"no seed{what} has a score at every limit ({asked.Entry.Count})"
        elif numbers.Length = 0 then
            Error $"no score{what} ({asked.Entry.Count})"
        elif not (numbers |> Array.forall (fun seed -> System.Double.IsFinite seed.Mean)) then
            Error "the reward has no scale: all returns of the data are the same"
        else
            let words = SeedMeans.selection asked.Of |> Option.map (fun s -> " " + s)
            Ok(numbers, Option.defaultValue "" words)

    let private shown (numbers, selection) =
        Format.decimals 2 (Student.centre numbers) + selection

    /// What says nothing of how training varies, or of how episodes do.
    let private tooFew (numbers: Student.SeedMean array) =
        if numbers.Length = 1 then
            "; a single seed decides nothing"
        else
            "; equal seeds with one episode each decide nothing"

    /// `test low high` of the 95 % interval of the mean over seeds.
    let bounded kind metric (asked: Asked) test =
        match numbersOf metric asked "" with
        | Error why -> undecided why
        | Ok(numbers, selection) ->
            let centre = Student.centre numbers

            let interval =
                match kind, metric with
                | Rollout, CostMetric ->
                    let floor = asked.Of |> List.choose _.Limit |> Statistics.costFloor
                    Student.interval numbers |> Student.above floor
                | _ -> Student.interval numbers

            {
                Verdict =
                    interval
                    |> Option.map (fun ends -> ends ||> test)
                    |> Option.defaultValue Undecided
                Value = Some { Value = centre; Interval = interval }
                Number =
                    shown (numbers, selection)
                    + match interval with
                      | Some ends -> $", 95 %% interval {Format.interval (Format.decimals 2) ends}"
                      | None -> tooFew numbers
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
                | None ->
                    let few = if Array.length (fst a) = 1 then a else b
                    undecided (means + tooFew (fst few))
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
    /// is shown, and decides nothing. `rivals`: the rows that the other arm has.
    let against (mine: Row) (rivals: Row list) (other: Row) judged =
        if mine.Hybrid = other.Hybrid then
            match rivals with
            | [ _ ] -> judged
            | _ -> {
                judged with
                    Number = $"{judged.Number} against {other.Name}"
              }
        else
            {
                judged with
                    Verdict = Undecided
                    Number =
                        $"{judged.Number} against {other.Name}; mixed: one of the two is hybrid, and what is not "
                        + "offline is not compared"
            }
