/// What the page's numbers mean.
module internal Plimsoll.Report.HtmlReading

open Plimsoll.Report.Markup

let private terms = [
    "reward",
    [
        "(R - r_min) / (r_max - r_min) (DSRL), with the range of returns recorded with the data:"
        "DSRL's table for its files, else the data's own extremes. It may leave 0 to 1."
    ]
    "cost",
    [
        "(C + e) / (limit + e), where e is 1 if the limit is 0 and else 0 (DSRL)."
        "Safe means at most 1."
    ]
    "±", [ "The sample standard deviation of the seeds' means." ]
    "[low, high]",
    [
        "95\u00A0% interval of the mean that another set of seeds and episodes would have: Student's, over the seeds'"
        "means. Of a single seed only its episodes can be resampled, and the interval knows nothing of another seed."
    ]
    "within",
    [
        "Share of episodes with cost at most the limit, and below it its 95\u00A0% Wilson interval."
    ]
    "where within",
    [
        "Mean reward of the episodes within the limit alone. Which ones those are is part of the result:"
        "few and lucky ones make no method better."
    ]
    "average", [ "Mean over the limits of the numbers at each limit, as DSRL reports." ]
    "all tasks",
    [
        "Mean over tasks of the tasks' mean rewards, with the 95\u00A0% interval of a bootstrap over the seeds within"
        "each task (Agarwal et al. 2021); in how many of the tasks and limits the mean cost keeps the limit."
    ]
    "(✓) (✗)",
    [
        "The 95\u00A0% interval of the mean cost reaches to the other side of the limit: other seeds may turn it. So may"
        "they where there is no interval over seeds: a single seed says nothing of another."
    ]
    "claims",
    [
        "Answered by Student's interval over the seeds' means, or Welch's test between two arms; never surer than the"
        "noise of the episodes allows. A claim with missing or diverged seeds is never called supported."
    ]
    "records",
    [
        "Every number leads to the policies that it is from, and each of them to its record: the parts of its key"
        "(stage, parameters, inputs, seed, code), the digest of its artifact, attempts, machine, time, and the"
        "command that makes it again."
    ]
]

let draw = [
    el "dl" [ "class", "answer" ] [
        for term, meaning in terms do
            el "dt" [] [ text term ]
            el "dd" [] [ text (String.concat " " meaning) ]
    ]
]
