/// "Did you mean": the nearest of the words that would have been right.
module Plimsoll.Language.Suggest

open System

/// Number of insertions, deletions, replacements and swaps of neighbours that turn one word into the other
/// (optimal string alignment). Quadratic in time, linear in memory.
let distance (left: string) (right: string) : int =
    let width = right.Length + 1
    let mutable beforeLast = Array.zeroCreate<int> width
    let mutable last = Array.init width id
    let mutable current = Array.zeroCreate<int> width

    for i in 1 .. left.Length do
        current[0] <- i

        for j in 1 .. right.Length do
            let replaced = last[j - 1] + (if left[i - 1] = right[j - 1] then 0 else 1)
            let best = min replaced (1 + min last[j] current[j - 1])

            let swapped =
                i > 1 && j > 1 && left[i - 1] = right[j - 2] && left[i - 2] = right[j - 1]

            current[j] <- if swapped then min best (beforeLast[j - 2] + 1) else best

        let recycled = beforeLast
        beforeLast <- last
        last <- current
        current <- recycled

    last[right.Length]

/// Case, hyphens and underscores are the commonest slips, so they count for nothing.
let private plain (word: string) =
    word.ToLowerInvariant().Replace('_', '-')

/// How far a candidate is from a word. A parameter named without its node is near.
let private far (word: string) (candidate: string) =
    if candidate.EndsWith("." + word, StringComparison.Ordinal) then
        0
    else
        distance (plain word) (plain candidate)

/// The nearest candidate, if it is near enough to be meant; the first of equals.
let nearest (word: string) (candidates: string seq) : string option =
    let allowed = 1 + word.Length / 4

    if word = "" || word.Length > 64 || Seq.contains word candidates then
        None
    else
        candidates
        |> Seq.map (fun candidate -> far word candidate, candidate)
        |> Seq.filter (fun (far, candidate) -> far <= allowed && far < candidate.Length)
        |> Seq.sortBy fst
        |> Seq.tryHead
        |> Option.map snd
