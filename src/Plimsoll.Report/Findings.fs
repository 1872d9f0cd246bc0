/// What a plot shows, in words and numbers, for those who do not see it.
module internal Plimsoll.Report.Findings

open System

/// Names said of many, so that the text can be listened to.
let private said = 3

/// `highest a 0.81, then b 0.79 and c 0.75; lowest z 0.10 of 15`. Values that are no numbers are counted.
let ranking (number: double -> string) (values: (string * double) list) =
    let known, unknown =
        values |> List.partition (fun (_, value) -> Double.IsFinite value)

    let phrase (name: string, value: double) = $"{name} {number value}"

    let absent =
        if unknown.IsEmpty then
            ""
        else
            "; without a value: " + Format.list (unknown |> List.map fst)

    match known |> List.sortByDescending snd with
    | [] -> "no value" + absent
    | [ only ] -> phrase only + absent
    | first :: others ->
        let last = List.last others
        let between = others |> List.truncate (min said others.Length - 1)

        let middle =
            if between.IsEmpty then
                ""
            else
                ", then " + Format.list (between |> List.map phrase)

        $"highest {phrase first}{middle}; lowest {phrase last}" + absent

/// `9 of 15 within it: a, b and c`, or the others where they are fewer.
let within (limit: double) (values: (string * double) list) =
    let known = values |> List.filter (fun (_, value) -> Double.IsFinite value)
    let kept, over = known |> List.partition (snd >> Statistics.isWithin limit)
    let names (part: (string * double) list) = Format.list (part |> List.map fst)
    let head = $"{kept.Length} of {known.Length} within the limit"

    if known.IsEmpty then
        "no value"
    elif over.IsEmpty then
        head
    elif kept.IsEmpty then
        head
    elif kept.Length <= over.Length then
        head + ": " + names kept
    else
        head + ", over it: " + names over
