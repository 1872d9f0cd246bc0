/// The sections of plots over methods, limits and tasks, in the page's order.
module internal Plimsoll.Report.HtmlFigures

open Plimsoll.Report.Markup

type Section = {
    Id: string
    Title: string
    /// A section without content is left out, with its link.
    Draw: Facets -> TaskTable list -> AcrossTasks list -> Node list
}

let private all = [
    {
        Id = "across"
        Title = "Across tasks"
        Draw = fun facets _ across -> AcrossPlot.section facets across
    }
    {
        Id = "profiles"
        Title = "Performance profiles"
        Draw = fun facets _ across -> ProfilePlot.section facets across
    }
    {
        Id = "limits"
        Title = "Cost limits"
        Draw = fun facets tables _ -> LimitPlot.section facets tables
    }
    {
        Id = "sweeps"
        Title = "Sensitivity"
        Draw = fun facets tables _ -> SweepPlot.section facets tables
    }
    {
        Id = "exceedance"
        Title = "Over the limit"
        Draw = fun facets tables _ -> ExceedancePlot.section facets tables
    }
]

/// Identifier, title and content of each section that has any.
let sections (facets: Facets) (tables: TaskTable list) (across: AcrossTasks list) =
    all
    |> List.map (fun s -> s.Id, s.Title, s.Draw facets tables across)
    |> List.filter (fun (_, _, content) -> not content.IsEmpty)
