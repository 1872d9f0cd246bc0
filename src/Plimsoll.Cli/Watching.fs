/// `status`: how far an experiment is, and what its latest run does; `--follow` goes on until that ends.
module Plimsoll.Cli.Watching

open System
open System.IO
open System.Threading
open Argu
open Plimsoll.Engine
open Plimsoll.Store
open Plimsoll.Cli.Arguments
open Plimsoll.Cli.Loading

/// Between two looks at a log.
let private pause = TimeSpan.FromMilliseconds 500.0

/// The latest run of an experiment; of the store, where none is named.
let private latest (store: Store) (experiment: string option) =
    match store.Runs() with
    | Error error -> Error(Surroundings(StoreError.text error))
    | Ok runs ->
        runs
        |> List.tryPick (fun run ->
            let entries = RunHistory.read run

            match experiment with
            | Some _ when RunHistory.experiment entries <> experiment -> None
            | _ when entries.IsEmpty -> None
            | _ -> Some(run, entries))
        |> Ok

let private storeLines (root: string) (status: StoreStatus option) : string list =
    let holding count noun bytes =
        "  " + Display.plural count noun + ", " + Display.bytes bytes

    match status with
    | None -> [ $"store {root}: none yet; the first run makes it" ]
    | Some status -> [
        yield $"store {root}"
        yield holding status.Artifacts "artifact" status.ArtifactBytes
        yield "  " + Display.plural status.Records "record"
        if status.Quarantined > 0 then
            yield holding status.Quarantined "damaged file" status.QuarantinedBytes
        if status.Temporary > 0 then
            yield holding status.Temporary "unfinished file" status.TemporaryBytes
      ]

let private planLines (plan: Plan) : string list =
    let finished =
        plan.Cells |> List.filter (fun (_, state) -> state.Record.IsSome) |> List.length

    [
        yield $"{plan.Experiment.Name}: {finished} of {plan.Cells.Length} cells finished"
        yield ""
        yield! PlanView.counted "arm" PlanView.arm plan.Cells
        yield ""
    ]

let private writeStore (writer: Text.Json.Utf8JsonWriter) (root: string) (status: StoreStatus option) =
    Json.inObject writer "store" (fun () ->
        writer.WriteString("path", root)
        writer.WriteBoolean("exists", status.IsSome)

        match status with
        | None -> ()
        | Some status ->
            writer.WriteNumber("records", status.Records)
            writer.WriteNumber("artifacts", status.Artifacts)
            writer.WriteNumber("artifact-bytes", status.ArtifactBytes)
            writer.WriteNumber("record-bytes", status.RecordBytes)
            writer.WriteNumber("quarantined", status.Quarantined)
            writer.WriteNumber("quarantined-bytes", status.QuarantinedBytes)
            writer.WriteNumber("temporary", status.Temporary)
            writer.WriteNumber("temporary-bytes", status.TemporaryBytes))

let private once json root (store: Store option) (plan: Plan option) found =
    let now = DateTimeOffset.UtcNow

    let status =
        match store with
        | None -> Ok None
        | Some store ->
            store.Status()
            |> Result.map Some
            |> Result.mapError (fun error -> Surroundings(StoreError.text error))

    let seen =
        match store, found with
        | Some store, Some(run, entries) ->
            Some(run, RunHistory.standing store run entries, RunView.snapshot entries)
        | _ -> None

    status
    |> Result.map (fun status ->
        if json then
            Json.text (fun writer ->
                plan |> Option.iter (PlanView.writePlan writer)

                match seen with
                | Some(run, standing, snapshot) ->
                    Json.inObject writer "latest-run" (fun () ->
                        RunView.write writer now run standing snapshot)
                | None -> ()

                writeStore writer root status)
        else
            String.concat "\n" [
                match plan with
                | Some plan -> yield! planLines plan
                | None -> ()

                match seen with
                | Some(run, standing, snapshot) ->
                    yield! RunView.lines now run standing snapshot
                    yield ""
                | None -> ()

                yield! storeLines root status
            ])

/// What is worth a line while a run is followed.
let private eventText (entry: RunHistory.Entry) : string option =
    let label = entry.Text "label" |> Option.defaultValue ""

    let what name =
        entry.Text name |> Option.defaultValue ""

    let seconds =
        entry.Number "seconds"
        |> Option.map (fun s -> "  " + Display.seconds s)
        |> Option.defaultValue ""

    match entry.Event with
    | "started" -> Some $"start    {label}"
    | "finished" -> Some $"done     {label}{seconds}"
    | "diverged" ->
        let step = entry.Number "step" |> Option.defaultValue 0.0
        let why = what "what"
        Some $"diverged {label} at step {int64 step}: {why}"
    | "failed" ->
        let first = (what "what").Split('\n')[0]
        Some $"FAILED   {label}: {first}"
    | "retrying" ->
        let first = (what "what").Split('\n')[0]
        Some $"retry    {label}: {first}"
    | "progress" ->
        match entry.Number "step", entry.Number "steps" with
        | Some step, Some steps when steps > 0.0 ->
            Some $"{int (100.0 * step / steps), 3} %%    {label}  {Display.metrics entry.Metrics}"
        | _ -> None
    | "waiting" ->
        let first = (what "what").Split('\n')[0]
        Some $"waiting  {first}"
    | "halted" ->
        let why = what "what"
        Some $"HALTED   {why}"
    | "damage" ->
        let path, why = what "path", what "why"
        Some $"DAMAGE   {path}: {why}"
    | _ -> None

let private clock (began: DateTimeOffset) (time: DateTimeOffset) =
    let elapsed = time - began
    Display.clock (if elapsed < TimeSpan.Zero then TimeSpan.Zero else elapsed)

/// Tells new entries of a run until it has ended or its process is gone.
let private follow json (store: Store) (run: RunFolder) =
    let tell began (entry: RunHistory.Entry) =
        if json then
            Console.Out.WriteLine(entry.Body.GetRawText())
        else
            eventText entry
            |> Option.iter (fun text -> Console.Out.WriteLine $"[{clock began entry.Time}] {text}")

    let rec go told =
        let entries = RunHistory.read run

        let began =
            entries |> List.tryHead |> Option.map _.Time |> Option.defaultValue run.Started

        entries |> List.skip (min told entries.Length) |> List.iter (tell began)
        Console.Out.Flush()

        match RunHistory.standing store run entries with
        | RunHistory.Live ->
            Thread.Sleep pause
            go entries.Length
        | standing -> standing, RunView.snapshot entries

    let standing, snapshot = go 0

    if not json then
        RunView.lines DateTimeOffset.UtcNow run standing snapshot
        |> List.iter Console.Out.WriteLine

    if standing = RunHistory.Dead then
        ExitCode.cellsFailed
    else
        ExitCode.ok

let status (arguments: ParseResults<StatusArguments>) : Result<int, Trouble> =
    let json = arguments.Contains StatusArguments.Json

    let loaded =
        match arguments.TryGetResult StatusArguments.File with
        | Some file -> load file |> Result.map Some
        | None -> Ok None

    loaded
    >>= fun loaded ->
        storeToRead (arguments.TryGetResult StatusArguments.Store)
        >>= fun root -> openIfThere root |> Result.map (fun store -> root, store)
        >>= fun (root, store) ->
            let experiment = loaded |> Option.map _.Experiment

            let found =
                match store with
                | Some store -> latest store (experiment |> Option.map _.Name)
                | None -> Ok None

            found
            >>= fun found ->
                match arguments.Contains StatusArguments.Follow, store, found with
                | true, Some store, Some(run, _) -> Ok(follow json store run)
                | true, _, _ ->
                    Troubles.refused
                        "there is no run to follow"
                        root
                        "nothing has run with this store, or not this experiment"
                        "start one with `plimsoll run`, or name its store with --store"
                | _ ->
                    let plan =
                        experiment
                        |> Option.map (fun experiment ->
                            let plan, damages = planOf (RunOptions.ofExperiment experiment) experiment store
                            warn damages
                            plan)

                    once json root store plan found
                    |> Result.map (fun text ->
                        Console.Out.WriteLine text
                        ExitCode.ok)
