/// The sections of plots over methods, limits and tasks, in the page's order.
module internal Plimsoll.Report.HtmlFigures

open Plimsoll.Report.Markup

type Section = {
    Id: string
    Title: string
    /// A section without content is left out, with its link.
    Draw: (string -> int) -> TaskTable list -> AcrossTasks list -> Node list
}

let private all = [
    {
        Id = "across"
        Title = "Across tasks"
        Draw = fun styleOf _ across -> AcrossPlot.section styleOf across
    }
    {
        Id = "profiles"
        Title = "Performance profiles"
        Draw = fun styleOf _ across -> ProfilePlot.section styleOf across
    }
    {
        Id = "limits"
        Title = "Cost limits"
        Draw = fun styleOf tables _ -> LimitPlot.section styleOf tables
    }
    {
        Id = "sweeps"
        Title = "Sensitivity"
        Draw = fun _ tables _ -> SweepPlot.section tables
    }
    {
        Id = "exceedance"
        Title = "Over the limit"
        Draw = fun styleOf tables _ -> ExceedancePlot.section styleOf tables
    }
]

/// Identifier, title and content of each section that has any.
let sections (tables: TaskTable list) (across: AcrossTasks list) =
    let styleOf = Figures.styles tables

    all
    |> List.map (fun s -> s.Id, s.Title, s.Draw styleOf tables across)
    |> List.filter (fun (_, _, content) -> not content.IsEmpty)
