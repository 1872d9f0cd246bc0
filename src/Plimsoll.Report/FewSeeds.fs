/// How often bootstraps over few seeds hold what they are to hold in 95 of 100 cases.
module internal Plimsoll.Report.FewSeeds

/// Of the mean's interval across tasks, in percent, simulated with normal scores (1,500 experiments each, so to
/// about 1 point): by the number of seeds at each task, for 1, 4 and 8 tasks. The manual has the same table.
let coverage: (int * int list) list = [
    2, [ 50; 75; 79 ]
    3, [ 75; 84; 87 ]
    4, [ 79; 88; 90 ]
    5, [ 84; 91; 91 ]
    10, [ 90; 93; 93 ]
]

/// The numbers of tasks that the columns of `coverage` are for.
let tasks = [ 1; 4; 8 ]

/// Said beside intervals where some place has so few seeds, by the nearest smaller number in the table. None for
/// a single seed, which has no interval, and from ten on.
let warning (seeds: int) : string option =
    if seeds < 2 || seeds >= 10 then
        None
    else
        let simulated, shares =
            coverage |> List.findBack (fun (number, _) -> number <= seeds)

        let least = if simulated < seeds then "at least " else ""

        Some(
            $"Few seeds ({seeds} at some place): bootstraps called 95 %% hold {least}about {shares[0]} %% with "
            + $"one task, {shares[1]} %% with four."
        )
