/// Episodes of a policy, as text and as JSON.
module Plimsoll.Cli.RolloutView

open System.Globalization
open Plimsoll.Data
open Plimsoll.Learning.Rollouts
open Plimsoll.Report

type Rolled = {
    Task: string
    /// As it was named on the command line.
    Policy: string
    /// Of the file's bytes.
    Digest: string
    Seed: int64
    Episodes: Episode list
    /// What returns are normalised with, where somebody has published it.
    Reference: ReturnRange option
    CostLimits: double list
    /// The native files behind the simulator.
    Engine: string list
}

let private fixed' digits (value: double) =
    value.ToString("F" + string digits, CultureInfo.InvariantCulture)

let private of' (rolled: Rolled) (value: Episode -> double) =
    rolled.Episodes |> List.map value |> Array.ofList

let private measures: (string * string * (Episode -> double)) list = [
    "return", "", _.Return
    "cost", "", _.Cost
    "length", "steps", (fun episode -> double episode.Length)
]

let private reward (rolled: Rolled) (reference: ReturnRange) =
    of' rolled _.Return
    |> Statistics.mean
    |> Statistics.normaliseReward reference.Least reference.Most

let private cost (rolled: Rolled) limit =
    of' rolled _.Cost |> Statistics.mean |> Statistics.normaliseCost limit

let private within (rolled: Rolled) limit =
    rolled.Episodes
    |> List.filter (fun episode -> Statistics.isWithin limit episode.Cost)
    |> List.length

let private columns = [
    "episode", Display.Right
    "seed", Display.Right
    "return", Display.Right
    "cost", Display.Right
    "length", Display.Right
    "ended", Display.Left
]

let private row number (episode: Episode) = [
    string number
    string episode.Seed
    fixed' 3 episode.Return
    Display.metric episode.Cost
    string episode.Length
    (if episode.Terminated then
         "by itself"
     else
         "by the time limit")
]

let private summary (rolled: Rolled) = [
    for name, unit', value in measures do
        let values = of' rolled value

        let error =
            match Statistics.standardError values with
            | Some error -> $"± {fixed' 3 error}"
            | None -> ""

        [ name; fixed' 3 (Statistics.mean values); error; unit' ]
]

let text (rolled: Rolled) : string =
    let count = Display.plural rolled.Episodes.Length "episode"

    String.concat "\n" [
        yield! rolled.Episodes |> List.mapi row |> Display.table columns
        yield ""
        yield $"{rolled.Policy} in {rolled.Task}, {count}; mean ± standard error:"

        yield!
            summary rolled
            |> Display.table [ "", Display.Left; "", Display.Right; "", Display.Left; "", Display.Left ]
            |> List.skip 1
            |> List.map (fun line -> "  " + line)

        yield ""

        match rolled.Reference with
        | Some reference ->
            yield
                $"normalised return  {fixed' 4 (reward rolled reference)}  (0 at {Display.metric reference.Least}, "
                + $"1 at {Display.metric reference.Most}: {reference.From})"
        | None -> yield $"normalised return  none: nobody has published a range of returns for {rolled.Task}"

        for limit in rolled.CostLimits do
            let safe =
                if Statistics.keepsLimit (cost rolled limit) then
                    "safe"
                else
                    "over"

            let inside = $"{within rolled limit} of {count} within it"

            yield
                $"normalised cost    {fixed' 4 (cost rolled limit)}  {safe} at the limit {Display.metric limit}; {inside}"
    ]

let json (rolled: Rolled) : string =
    Json.text (fun writer ->
        writer.WriteString("task", rolled.Task)
        writer.WriteString("policy", rolled.Policy)
        writer.WriteString("policy-digest", rolled.Digest)
        writer.WriteNumber("seed", rolled.Seed)
        Json.strings writer "libraries" rolled.Engine

        for name, _, value in measures do
            let values = of' rolled value

            Json.inObject writer name (fun () ->
                Json.number writer "mean" (Statistics.mean values)

                Statistics.standardError values
                |> Option.iter (Json.number writer "standard-error"))

        rolled.Reference
        |> Option.iter (fun reference ->
            Json.inObject writer "normalised-return" (fun () ->
                Json.number writer "mean" (reward rolled reference)
                Json.number writer "least" reference.Least
                Json.number writer "most" reference.Most
                writer.WriteString("from", reference.From)))

        Json.objects writer "normalised-cost" rolled.CostLimits (fun limit ->
            Json.number writer "limit" limit
            Json.number writer "mean" (cost rolled limit)
            writer.WriteNumber("episodes-within", within rolled limit))

        Json.objects writer "episodes" rolled.Episodes (fun episode ->
            writer.WriteNumber("seed", episode.Seed)
            Json.number writer "return" episode.Return
            Json.number writer "cost" episode.Cost
            writer.WriteNumber("length", episode.Length)
            writer.WriteBoolean("terminated", episode.Terminated)))
