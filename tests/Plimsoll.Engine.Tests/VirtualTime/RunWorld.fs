/// A world in virtual time, in which one or two runs obey their schedules, and every command is checked against
/// what the world knows by itself.
module Plimsoll.Engine.Tests.ScheduleModel

open System
open System.Collections.Generic
open Plimsoll.Stages
open Plimsoll.Engine
open Plimsoll.Engine.Schedule

/// The words are made only when they are needed: making them is the dearest part of a check.
let inline private require condition ([<InlineIfLambda>] what: unit -> string) =
    if not condition then
        failwith (what ())

let private countOf (counts: Dictionary<int, int>) cell =
    match counts.TryGetValue cell with
    | true, count -> count
    | _ -> 0

let private increase (counts: Dictionary<int, int>) cell = counts[cell] <- countOf counts cell + 1

/// How likely things are in one life. Each life has its own.
type Odds = {
    Failure: double
    /// The class of most failures, so that bounds are reached.
    Favoured: FailureClass
    /// Of a checkpoint to have come further.
    Progress: double
    Divergence: double
    Lost: double
    Duplicate: double
    Partition: double
    /// The longest that news travel, in seconds.
    Delay: double
}

type Happening =
    /// An attempt's stage ends.
    | StageEnds of run: int * Ticket
    /// News reach a run's schedule.
    | Arrives of run: int * Event
    /// The process dies; nothing is heard of it again.
    | Dies of run: int

/// What the runs share: records, leases, and time.
type Lab(random: Random) =
    let queue = PriorityQueue<Happening, struct (double * int)>()
    let mutable order = 0
    let mutable now = 0.0
    /// Leases of the dead, and when they died.
    let dead = Dictionary<int, double>()
    let leases = Dictionary<int, int>()
    let executing = Dictionary<int, HashSet<int>>()
    let apart = HashSet<int>()

    member val Records = Dictionary<int, Ending>()
    member _.Now = now

    member _.After(delay: double, happening: Happening) =
        order <- order + 1
        queue.Enqueue(happening, struct (now + delay, order))

    member _.TryNext(happening: byref<Happening>) =
        let mutable at = struct (0.0, 0)
        let any = queue.TryDequeue(&happening, &at)

        if any then
            let struct (time, _) = at
            now <- max now time

        any

    /// Whether the run may have the cell; a partition lets it believe so wrongly.
    member _.Claim(run, cell, odds: Odds) =
        match leases.TryGetValue cell with
        | true, holder when holder <> run ->
            let expired = dead.ContainsKey holder && now > dead[holder] + 30.0

            if not expired && random.NextDouble() < odds.Partition then
                apart.Add cell |> ignore
                leases[cell] <- run
                true
            elif expired then
                leases[cell] <- run
                true
            else
                false
        | _ ->
            leases[cell] <- run
            true

    member _.Begin(run, cell) =
        let others =
            match executing.TryGetValue cell with
            | true, runs -> runs
            | _ ->
                executing[cell] <- HashSet()
                executing[cell]

        require (others.Count = 0 || apart.Contains cell) (fun () -> $"cell {cell} is executed twice at once")
        require (others.Add run) (fun () -> $"cell {cell} is executed twice by one run")

    member _.End(run, cell) =
        executing[cell].Remove run |> ignore

        match leases.TryGetValue cell with
        | true, holder when holder = run -> leases.Remove cell |> ignore
        | _ -> ()

    member _.Bury run =
        dead[run] <- now

        for runs in executing.Values do
            runs.Remove run |> ignore

/// What one run is given.
type Terms = {
    Number: int
    Graph: CellGraph
    Slots: int
    Limit: int
    OnFailure: OnFailure
    Ended: Ending option[]
    Odds: Odds
}

/// One run: a schedule, the attempts that it started, and what has been seen of them.
type RunWorld(lab: Lab, random: Random, terms: Terms) =
    let graph = terms.Graph
    let count = graph.Inputs.Length
    let odds = terms.Odds
    let running = Dictionary<Ticket, Slot list>()
    let executing = HashSet<Ticket>()
    let sleeping = Dictionary<int, Ticket>()
    let finals = Dictionary<int, Ending>()
    let failures = Dictionary<int, Retry.Failure list>()
    let lost = Dictionary<int, int>()
    let steps = Dictionary<int, int>()
    let told = HashSet<Ticket>()
    let mutable failed = 0
    let mutable cancelled = false
    let mutable abandoned = false
    let mutable complete = false
    let mutable alive = true
    let mutable state = Unchecked.defaultof<State>

    let failuresOf cell =
        match failures.TryGetValue cell with
        | true, list -> list
        | _ -> []

    let halted () =
        match terms.OnFailure with
        | Continue -> false
        | StopAfter most -> failed >= most

    /// Attempts that run, of each cell.
    let current = Array.zeroCreate<int> count
    let isRunning cell = current[cell] > 0

    let isReady cell =
        not (finals.ContainsKey cell || sleeping.ContainsKey cell || isRunning cell)
        && graph.Inputs[cell]
           |> List.forall (fun input ->
               match finals.TryGetValue input with
               | true, ending -> ending = Ending.Done
               | _ -> false)

    let ready () = [
        for cell in 0 .. count - 1 do
            if isReady cell then
                cell
    ]

    let rec isBefore by cell =
        graph.Inputs[cell] |> List.exists (fun input -> input = by || isBefore by input)

    /// Failures in one class, the latest first, since checkpoints last came further.
    let inARow cell =
        let rec go best count failures =
            match failures with
            | [] -> count
            | ({ Class = Transient } as failure: Retry.Failure) :: rest ->
                if failure.Reached > best then
                    go failure.Reached 1 rest
                else
                    go best (count + 1) rest
            | _ :: rest -> go best count rest

        go 0L 0 (List.rev (failuresOf cell))

    let countClass cell kind =
        failuresOf cell
        |> List.filter (fun failure -> failure.Class = kind)
        |> List.length

    let checkRetries cell =
        let deterministic =
            failuresOf cell |> List.filter (fun failure -> failure.Class = Deterministic)

        require (inARow cell < 5) (fun () -> $"cell {cell}: a transient failure too many")
        require (countClass cell Resource < 3) (fun () -> $"cell {cell}: a lack of resources too many")

        require (countClass cell Bug + countClass cell Invalid = 0) (fun () ->
            $"cell {cell}: a bug tried again")

        require (countOf lost cell < 3) (fun () -> $"cell {cell}: inputs lost once too often")

        match deterministic with
        | latest :: before :: _ ->
            require (latest.Words <> before.Words) (fun () -> $"cell {cell}: the same words twice")
        | _ -> ()

        require (deterministic.Length < 3) (fun () -> $"cell {cell}: a deterministic failure too many")

    let deliver delay event =
        lab.After(delay, Arrives(terms.Number, event))

        while random.NextDouble() < odds.Duplicate do
            lab.After(delay + random.NextDouble() * 60.0, Arrives(terms.Number, event))

    let soon () = random.NextDouble() * odds.Delay

    let begin' (ticket: Ticket) =
        let cell = ticket.Cell
        let inputs = graph.Inputs[cell]

        if lab.Records.ContainsKey cell then
            let event =
                if lab.Records[cell] = Ending.Done then
                    Finished ticket
                else
                    Event.Diverged ticket

            deliver (soon ()) event
        elif not inputs.IsEmpty && random.NextDouble() < odds.Lost then
            let producers =
                inputs
                |> List.filter (fun _ -> random.NextDouble() < 0.6)
                |> (fun some -> inputs.Head :: some)

            for producer in producers do
                lab.Records.Remove producer |> ignore

            deliver (soon ()) (InputLost(ticket, producers))
        elif lab.Claim(terms.Number, cell, odds) then
            lab.Begin(terms.Number, cell)
            executing.Add ticket |> ignore
            lab.After(random.NextDouble() * 20.0, StageEnds(terms.Number, ticket))
        else
            deliver (soon ()) (Held ticket)

    let conclude cell ending =
        require (not (finals.ContainsKey cell)) (fun () -> $"cell {cell} ends twice")
        require (abandoned || not (isRunning cell)) (fun () -> $"cell {cell} ends while it runs")

        match ending with
        | Ending.Blocked by ->
            require (isBefore by cell) (fun () -> $"cell {cell} is blocked by {by}, which is not before it")
            let cause = finals[by]

            require (cause = Ending.Failed || cause = Ending.Diverged) (fun () ->
                $"cell {cell} is blocked by {by}, which ended as {cause}")
        | Ending.NotStarted -> require (halted ()) (fun () -> $"cell {cell} was not started for no reason")
        | Ending.Cancelled -> require cancelled (fun () -> $"cell {cell} was cancelled by nobody")
        | Ending.NotSelected -> failwith $"cell {cell} is left out in the middle of a run"
        | Ending.Done
        | Ending.Diverged
        | Ending.Failed -> ()

        if ending = Ending.Failed then
            failed <- failed + 1

        sleeping.Remove cell |> ignore
        finals[cell] <- ending

    let start (ticket: Ticket) (lent: Slot list) =
        let cell = ticket.Cell
        let busy = running.Values |> Seq.concat |> Set.ofSeq
        require (not (cancelled || halted ())) (fun () -> $"cell {cell} starts though nothing may")
        require (not lent.IsEmpty && lent.Length <= terms.Limit) (fun () -> "too many slots or none")
        require (List.distinct lent = lent) (fun () -> "a slot is lent twice to one cell")

        require (lent |> List.forall (fun (Cpu cpu) -> cpu < terms.Slots)) (fun () ->
            "a slot that does not exist")

        require (lent |> List.forall (busy.Contains >> not)) (fun () -> "a slot is booked twice")
        require (isReady cell) (fun () -> $"cell {cell} starts though it is not ready")
        require (told.Add ticket) (fun () -> $"ticket {ticket} is given out twice")
        checkRetries cell
        let others = ready () |> List.filter ((<>) cell)

        for other in others do
            require (struct (-graph.Rank[cell], cell) < struct (-graph.Rank[other], other)) (fun () ->
                $"cell {cell} starts before {other}, which is more urgent")

        if countClass cell Resource > 0 then
            require (lent.Length = 1) (fun () ->
                $"cell {cell} failed for want of resources and gets more than one slot")

        if lent.Length > 1 then
            require (others.Length + 1 < terms.Slots - busy.Count) (fun () ->
                "several slots for one cell, and others wait")

        running.Add(ticket, lent)
        current[cell] <- current[cell] + 1
        begin' ticket

    let obey (cause: Ticket option) command =
        require (not complete) (fun () -> "a command after Complete")

        match command with
        | Start(ticket, lent) -> start ticket lent
        | Stop ticket ->
            require (running.ContainsKey ticket) (fun () -> "a stop for what does not run")

            if executing.Contains ticket then
                lab.After(random.NextDouble() * 3.0, StageEnds(terms.Number, ticket))
        | WakeAfter(ticket, delay) ->
            require (Some ticket = cause) (fun () -> "a wake for another cell")
            require (delay >= TimeSpan.Zero && delay.TotalSeconds <= 10.0) (fun () -> $"a wake after {delay}")
            require (sleeping.TryAdd(ticket.Cell, ticket)) (fun () -> "a cell sleeps twice")
            deliver (delay.TotalSeconds + soon ()) (Due ticket)
        | Settle(cell, ending) -> conclude cell ending
        | Complete ->
            require (finals.Count = count) (fun () -> "complete before every cell has ended")
            require (abandoned || running.Count = 0) (fun () -> "complete while a cell runs")
            complete <- true

    let checkState () =
        let lent =
            state.Cells.Values
            |> Seq.collect (function
                | Running(_, slots) -> slots
                | _ -> [])
            |> Set.ofSeq

        require (Set.intersect state.Free lent).IsEmpty (fun () -> "a slot is free and lent")

        if not abandoned then
            require (state.Free.Count + lent.Count = terms.Slots) (fun () -> "a slot is gone")

        require (state.ReadyCount = state.ReadyCells.Count) (fun () -> "the ready cells are miscounted")

        if not complete then
            require (running.Count > 0 || sleeping.Count > 0) (fun () ->
                "nothing runs, nothing wakes, and it is not complete")

        if
            not (cancelled || halted ())
            && running.Values |> Seq.sumBy List.length < terms.Slots
        then
            require (List.isEmpty (ready ())) (fun () -> "a slot idles while a cell is ready")

    /// What an attempt's end means, by chance.
    let outcome (ticket: Ticket) : Event =
        let cell = ticket.Cell
        let chance = random.NextDouble()

        if cancelled && chance < 0.7 then
            Stopped ticket
        elif chance < odds.Failure then
            let kind =
                match random.Next 10 with
                | 0 -> Bug
                | 1 -> Invalid
                | 2 -> Deterministic
                | 3 -> Resource
                | 4 -> Transient
                | _ -> odds.Favoured

            if random.NextDouble() < odds.Progress then
                increase steps cell

            Failed(
                ticket,
                {
                    Class = kind
                    Words = $"words {random.Next 3}"
                    Reached = int64 (countOf steps cell)
                }
            )
        elif chance < odds.Failure + odds.Divergence then
            Event.Diverged ticket
        else
            Finished ticket

    let isCurrent (event: Event) =
        match event with
        | Finished ticket
        | Event.Diverged ticket
        | Failed(ticket, _)
        | InputLost(ticket, _)
        | Held ticket
        | Stopped ticket ->
            if running.ContainsKey ticket && not complete then
                Some ticket
            else
                None
        | Due ticket ->
            match sleeping.TryGetValue ticket.Cell with
            | true, other when other = ticket && not complete -> Some ticket
            | _ -> None
        | CancelAll
        | Abandon -> None

    /// What the world knows by itself of an event that counts.
    let witness event (ticket: Ticket) =
        if running.Remove ticket then
            current[ticket.Cell] <- current[ticket.Cell] - 1

        match event with
        | Failed(_, failure) -> failures[ticket.Cell] <- failure :: failuresOf ticket.Cell
        | Due _ -> sleeping.Remove ticket.Cell |> ignore
        | InputLost(_, producers) when not (cancelled || halted ()) ->
            increase lost ticket.Cell

            if countOf lost ticket.Cell < 3 then
                for producer in producers do
                    match finals.TryGetValue producer with
                    | true, Ending.Done -> finals.Remove producer |> ignore
                    | _ -> ()
        | _ -> ()

    member _.Complete = complete
    member _.Alive = alive
    member _.Finals = finals
    member _.State = state

    member _.Begin() =
        for cell in 0 .. count - 1 do
            match terms.Ended[cell] with
            | Some ending -> finals[cell] <- ending
            | None -> ()

        let first, commands =
            Schedule.start
                graph
                [ for cpu in 0 .. terms.Slots - 1 -> Cpu cpu ]
                terms.Limit
                terms.OnFailure
                terms.Ended

        failed <- finals.Values |> Seq.filter ((=) Ending.Failed) |> Seq.length
        state <- first
        commands |> List.iter (obey None)
        checkState ()

    member _.StageEnds ticket =
        if alive && executing.Remove ticket then
            lab.End(terms.Number, ticket.Cell)
            let event = outcome ticket

            match event with
            | Finished _ -> lab.Records.TryAdd(ticket.Cell, Ending.Done) |> ignore
            | Event.Diverged _ -> lab.Records.TryAdd(ticket.Cell, Ending.Diverged) |> ignore
            | _ -> ()

            deliver (soon ()) event

    member _.Receive(event: Event) =
        if alive then
            let cause = isCurrent event
            cause |> Option.iter (witness event)

            match event with
            | CancelAll -> cancelled <- true
            | Abandon ->
                cancelled <- true
                abandoned <- true
            | _ -> ()

            let next, commands = Schedule.step event state

            match event with
            | CancelAll
            | Abandon -> ()
            | _ when cause.IsNone ->
                require (obj.ReferenceEquals(next, state) && commands.IsEmpty) (fun () ->
                    "old news do something")
            | _ -> ()

            state <- next
            commands |> List.iter (obey cause)
            checkState ()

    member _.Die() =
        alive <- false
        lab.Bury terms.Number

    /// Everything has been heard.
    member _.CheckEnd() =
        if alive then
            require complete (fun () -> "the run never ended")
            require (state.Open = 0) (fun () -> "a cell is lost")

            for KeyValue(cell, ending) in finals do
                require (state.Cells[cell] = Ended ending) (fun () ->
                    $"cell {cell} ended as {ending}, which is not so")

let private randomGraph (random: Random) =
    let count = random.Next(1, 15)
    let density = random.NextDouble() * 0.3

    let inputs = [|
        for cell in 0 .. count - 1 ->
            [
                for input in 0 .. cell - 1 do
                    if random.NextDouble() < density then
                        input
            ]
    |]

    let seconds = Array.init count (fun _ -> double (random.Next 4))
    CellGraph.weighted inputs seconds (Array.init count (fun cell -> uint64 (random.Next()) + uint64 cell))

/// As a plan would find them: what is cached rests on what is cached, and who leaves out a cell leaves out what
/// follows.
let private knownEndings (random: Random) (graph: CellGraph) =
    let cached, left = random.NextDouble() * 0.5, random.NextDouble() * 0.15
    let ended: Ending option[] = Array.create graph.Inputs.Length None

    for cell in 0 .. graph.Inputs.Length - 1 do
        let inputs = graph.Inputs[cell] |> List.map (fun input -> ended[input])

        if inputs |> List.contains (Some Ending.NotSelected) || random.NextDouble() < left then
            ended[cell] <- Some Ending.NotSelected
        elif inputs |> List.forall ((=) (Some Ending.Done)) && random.NextDouble() < cached then
            ended[cell] <-
                match random.Next 10 with
                | 0 -> Some Ending.Diverged
                | 1 -> Some Ending.Failed
                | _ -> Some Ending.Done

    ended

/// One random life of a random experiment, under one run or two.
let live (seed: int) : unit =
    let random = Random seed
    let lab = Lab random
    let graph = randomGraph random
    let ended = knownEndings random graph

    let odds = {
        Failure = random.NextDouble() * (if random.Next 5 = 0 then 1.0 else 0.4)
        Favoured = [| Transient; Resource; Deterministic |][random.Next 3]
        Progress = random.NextDouble() * 0.6
        Divergence = random.NextDouble() * 0.1
        Lost = random.NextDouble() * 0.2
        Duplicate = random.NextDouble() * 0.3
        Partition = random.NextDouble() * 0.2
        Delay = random.NextDouble() * 5.0
    }

    ended
    |> Array.iteri (fun cell ending ->
        match ending with
        | Some Ending.Done -> lab.Records[cell] <- Ending.Done
        | _ -> ())

    let runs = [|
        for number in 0 .. (if random.NextDouble() < 0.4 then 1 else 0) ->
            RunWorld(
                lab,
                random,
                {
                    Number = number
                    Graph = graph
                    Slots = random.Next(1, 6)
                    Limit = random.Next(1, 5)
                    OnFailure =
                        (if random.NextDouble() < 0.7 then
                             Continue
                         else
                             StopAfter(random.Next(1, 4)))
                    Ended = ended
                    Odds = odds
                }
            )
    |]

    for number in 0 .. runs.Length - 1 do
        if random.NextDouble() < 0.2 then
            let at = random.NextDouble() * 100.0
            lab.After(at, Arrives(number, CancelAll))

            if random.NextDouble() < 0.3 then
                lab.After(at + random.NextDouble() * 5.0, Arrives(number, Abandon))

        if random.NextDouble() < 0.1 then
            lab.After(random.NextDouble() * 100.0, Dies number)

    runs |> Array.iter _.Begin()
    let mutable happenings = 0
    let mutable next = Dies 0

    while lab.TryNext &next do
        happenings <- happenings + 1
        require (happenings < 100_000) (fun () -> "it never ends")

        match next with
        | StageEnds(run, ticket) -> runs[run].StageEnds ticket
        | Arrives(run, event) -> runs[run].Receive event
        | Dies run -> runs[run].Die()

    runs |> Array.iter _.CheckEnd()
