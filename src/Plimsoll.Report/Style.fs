/// The page's looks. Colours follow Okabe and Ito's palette, which colour-blind readers can tell apart;
/// nothing is said by colour alone. No character here needs escaping in HTML or XML.
module internal Plimsoll.Report.Style

let private light =
    """
  --page: #fbfaf6; --card: #ffffff; --ink: #1d2733; --soft: #566270; --faint: #6a7581; --rule: #e0dfd8;
  --accent: #0b5c8a; --best: #e3eff6; --warn: #9a3b12; --warnbg: #fbeee6; --ok: #1d6b4f; --okbg: #e6f2ec;
  --dots: #c3c8ce; --over: #f7e9e2; --limit: #b4441a; --grid: #eceae4;
  --c0: #02528e; --c1: #d65706; --c2: #c0628e; --c3: #1398dd;
  --c4: #0b7142; --c5: #aa8c2f; --c6: #3a424e; --c7: #8164b6;
  --s0: #0b4f7d; --s1: #2f9bd8; --s2: #00875f; --s3: #8a4fa3; --s4: #8a6d00;
  --m0: #2a7fba; --m1: #c9cdd2; --m2: #dd6b20;"""

let private dark =
    """
  --page: #11161c; --card: #181f27; --ink: #e4e8ec; --soft: #a9b4c0; --faint: #8e9aa7; --rule: #2b3540;
  --accent: #7cc0ea; --best: #17354a; --warn: #f2a27a; --warnbg: #3a2419; --ok: #7fd3ae; --okbg: #17352a;
  --dots: #46525f; --over: #2b2220; --limit: #f08a5d; --grid: #242d37;
  --c0: #5abff9; --c1: #ffa35b; --c2: #d9569e; --c3: #ddedff;
  --c4: #47d8a2; --c5: #fac847; --c6: #a4a7c4; --c7: #7e9dfe;
  --s0: #4a9bea; --s1: #a8dcff; --s2: #3fd0a3; --s3: #d3a4ee; --s4: #e6cf5a;
  --m0: #4aa3df; --m1: #55616d; --m2: #f08a45;"""

/// The system's theme until the reader chooses; paper is always light.
let private colours =
    $"""
:root {{ color-scheme: light dark; {light} }}
:root[data-theme=light] {{ color-scheme: light; }}
@media screen {{ :root[data-theme=dark] {{ color-scheme: dark; {dark} }} }}
@media screen and (prefers-color-scheme: dark) {{ :root:not([data-theme]) {{ {dark} }} }}
@media print {{ :root {{ color-scheme: light; --page: #fff; --best: #eef2f5; }} }}
"""

let private layout =
    """
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums; }
header, nav, #filter, main { max-width: 1240px; margin: 0 auto; padding-left: 28px; padding-right: 28px; }
main { padding-bottom: 80px; }
h1, h2, h3 { font-family: Charter, "Iowan Old Style", Georgia, "Noto Serif", "DejaVu Serif", serif;
  line-height: 1.2; font-weight: 600; margin: 0; }
h1 { font-size: 34px; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 23px; margin: 52px 0 6px; padding-top: 18px; border-top: 1px solid var(--rule); }
h3 { font-size: 18px; margin: 28px 0 8px; }
h4 { font-size: 14.5px; margin: 20px 0 4px; }
p { margin: 6px 0; max-width: 78ch; }
a { color: inherit; text-decoration: none; border-bottom: 1px dotted var(--faint); }
a:hover, a:focus { color: var(--accent); border-bottom-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
[id] { scroll-margin-top: 64px; }
code, .mono { font: 12px/1.45 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  overflow-wrap: anywhere; }
header { display: flex; gap: 20px; align-items: center; padding-top: 36px; }
header > svg { width: 60px; height: 60px; flex: none; color: var(--accent); }
header > div { flex: 1; min-width: 0; }
.lead, .note { color: var(--soft); }
.note { font-size: 13.5px; max-width: 118ch; }
nav { margin-top: 18px; font-size: 13.5px; display: flex; flex-wrap: wrap; gap: 4px 20px; }
nav a { color: var(--accent); border: 0; }
button, select, input { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--rule);
  border-radius: 5px; padding: 2px 8px; }
input[type=checkbox] { accent-color: var(--accent); }
button { cursor: pointer; }
#theme { flex: none; align-self: flex-start; font-size: 13px; }
#filter { position: sticky; top: 0; z-index: 3; display: flex; flex-wrap: wrap; gap: 6px 18px;
  align-items: center; background: var(--page); border-bottom: 1px solid var(--rule); margin-top: 10px;
  padding-top: 8px; padding-bottom: 8px; font-size: 13.5px; color: var(--soft); }
#filter > * { color: var(--ink); }
#filter label { white-space: nowrap; color: var(--soft); }
#filter select, #filter input { color: var(--ink); max-width: 190px; }
#filter output { color: var(--soft); }
#filter + main h2:first-child, main > section:first-child h2 { margin-top: 18px; border: 0; }
.scroll { overflow-x: auto; }
.scroll.more { mask-image: linear-gradient(to left, transparent, #000 40px); }
.scroll.emptied > table { display: none; }
.scroll.emptied::after { content: "no method that the filter leaves"; color: var(--soft); font-size: 13.5px; }
.leftout { opacity: 0.4; }
.verdict { font-size: 19px; line-height: 1.45; max-width: 72ch; margin: 4px 0 0; }
.answer { display: grid; grid-template-columns: 104px 1fr; gap: 0 18px; margin: 10px 0 0; }
.answer dt { text-align: right; color: var(--soft); padding: 9px 0; white-space: nowrap; }
.answer dt b { color: var(--ink); font-size: 20px; }
.answer dd { margin: 0; padding: 9px 0 9px 18px; border-left: 3px solid var(--accent); max-width: 112ch; }
.answer dd.none { border-left-color: var(--warn); }
.answer dd small { display: block; color: var(--soft); font-size: 13.5px; }
.key { white-space: nowrap; margin-right: 14px; }
.chip { display: inline-block; padding: 0 9px; border-radius: 10px; font-size: 12.5px; font-weight: 600;
  background: var(--rule); color: var(--ink); }
.chip.good { background: var(--okbg); color: var(--ok); }
.chip.bad { background: var(--warnbg); color: var(--warn); }
.claims { list-style: none; padding: 0; margin: 8px 0; }
.claims > li { margin: 10px 0; }
.columns { columns: 2 420px; column-gap: 40px; font-size: 13.5px; padding-left: 18px; }
.columns li { break-inside: avoid; }
.paper { display: none; }
"""

let private tables =
    """
table { border-collapse: collapse; font-size: 14px; }
.scores { width: 100%; background: var(--card); border: 1px solid var(--rule); border-radius: 6px;
  border-collapse: separate; border-spacing: 0; }
.scores th { font-weight: 500; color: var(--soft); font-size: 12.5px; text-align: right; padding: 4px 9px; }
.scores thead th[scope=colgroup] { font-size: 14px; color: var(--ink); text-align: center; padding-top: 10px; }
.scores thead tr:last-child th, .scores thead th[rowspan] { border-bottom: 1px solid var(--rule);
  padding-bottom: 8px; vertical-align: bottom; }
.scores thead tr:first-child th:first-child { text-align: left; }
.scores tbody th, .scores tfoot th { text-align: left; color: var(--ink); font-size: 14px; font-weight: 600;
  white-space: nowrap; position: sticky; left: 0; background: var(--card); z-index: 1; }
.scores td { text-align: right; padding: 6px 9px; vertical-align: top; white-space: nowrap;
  font-size: 13.5px; }
.scores tbody tr + tr td, .scores tbody tr + tr th, .scores tfoot td, .scores tfoot th {
  border-top: 1px solid var(--rule); }
.scores th.first, .scores td.first { border-left: 1px solid var(--rule); }
.scores tbody th { vertical-align: top; padding-top: 6px; }
.scores .over, .scores .none { color: var(--faint); }
.scores .safe { font-weight: 700; }
.scores .safe .small, .scores .safe .gap { font-weight: 400; }
.scores .best { background: var(--best); }
.scores .small { display: block; font-size: 12px; color: var(--soft); line-height: 1.35; }
.scores .over .small { color: var(--faint); }
.scores .gap, .scores .over .gap { color: var(--warn); white-space: normal; }
.scores td a { border-bottom-color: var(--rule); }
.scores.full tbody tr:hover th, .wide tbody tr:hover th, .map tbody tr:hover th { color: var(--accent); }
.scores .reference th { white-space: normal; font-size: 13px; max-width: 150px; }
.scores .reference th, .scores .reference td { color: var(--soft); font-weight: 400; font-style: italic; }
.bests td, .bests th[scope=col].first { text-align: left; font-weight: 400; white-space: normal; }
.bests td b { white-space: nowrap; }
.wide td { font-size: 13px; padding: 6px 7px; }
.wide thead th { padding-left: 7px; padding-right: 7px; }
.map { width: auto; }
.map td { text-align: center; min-width: 46px; padding: 4px 6px; }
.map td, .map tbody th { vertical-align: middle; }
.map td a { border: 0; }
.map .keeps { background: var(--okbg); color: var(--ok); font-weight: 700; }
.map .barelykeeps { color: var(--ok); font-weight: 700; }
.map .over { background: var(--warnbg); color: var(--warn); }
.map .barelyover { color: var(--warn); }
.map thead tr:last-child th { text-align: center; padding: 4px 6px 6px; }
.map td.right { text-align: right; padding: 4px 9px; }
.map .gap { display: block; font-size: 10.5px; line-height: 1.1; font-weight: 400; }
.sort { all: unset; cursor: pointer; }
.sort:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.sort:hover { color: var(--accent); }
.sort::after { content: " ↕"; color: var(--faint); font-size: 10px; }
[aria-sort=ascending] .sort::after { content: " ▲"; color: var(--accent); }
[aria-sort=descending] .sort::after { content: " ▼"; color: var(--accent); }
.swatch { width: 15px; height: 15px; vertical-align: -2px; margin-right: 7px; overflow: visible; }
.swatch.wide { width: 28px; height: 10px; vertical-align: 1px; }
.plain { width: 100%; }
.plain th { text-align: left; font-weight: 500; color: var(--soft); font-size: 12.5px; }
.plain tbody th { color: var(--ink); font-size: 14px; white-space: nowrap; }
.plain th, .plain td { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
.plain td.right, .plain th.right { text-align: right; white-space: nowrap; }
.plain small, .plain .small { font-size: 12.5px; color: var(--soft); }
.groups { width: auto; min-width: 520px; }
.grouphead th { padding-top: 16px; font-size: 14px; color: var(--ink); }
.groups tbody td { padding-top: 2px; padding-bottom: 2px; }
.cells { table-layout: fixed; font-size: 13px; }
.cells td:nth-child(2) { width: 36%; font: 10.5px/1.45 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  overflow-wrap: anywhere; }
.cells small { display: block; }
.cells i { font-style: normal; color: var(--soft); }
.cells th:nth-child(2) { width: 36%; }
.cells td:nth-child(3), .cells code { font-size: 11.5px; }
.families { padding-left: 18px; border-left: 2px solid var(--rule); }
.families > details { margin: 4px 0; }
tr:target, tbody:target, li:target, span:target { background: var(--best); outline: 4px solid var(--best); }
.meter { display: block; width: 100%; height: 10px; margin-top: 6px; fill: var(--c0); }
.below { display: block; color: var(--soft); font-size: 12px; }
.comparison th[scope=row] { color: var(--ink); font-size: 14px; font-weight: 600; white-space: nowrap; }
.warnings { font-size: 12.5px; color: var(--warn); max-width: 230px; }
.meterbox { width: 38%; }
details { margin: 8px 0; }
summary { cursor: pointer; padding: 3px 0; }
summary::marker { color: var(--faint); }
pre { background: var(--card); border: 1px solid var(--rule); border-radius: 6px; padding: 14px 18px;
  overflow-x: auto; font: 12.5px/1.5 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
"""

let private plots =
    """
.legend { display: flex; flex-wrap: wrap; gap: 4px 22px; font-size: 13.5px; margin: 8px 0; }
.legend .box { display: inline-block; width: 12px; height: 12px; border-radius: 2px; margin-right: 7px; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(330px, 1fr)); gap: 14px; }
.plot { width: 100%; height: auto; display: block; background: var(--card); border: 1px solid var(--rule);
  border-radius: 6px; padding: 8px; }
.plot text { font-size: 11px; fill: var(--soft); }
.plot .title { font-size: 12.5px; font-weight: 600; fill: var(--ink); }
.plot .guide { fill: var(--limit); }
.grid { stroke: var(--grid); fill: none; }
.axis { stroke: var(--faint); fill: none; }
.limit { stroke: var(--limit); stroke-width: 1.5; stroke-dasharray: 5 3; fill: none; }
.plot .over { fill: var(--over); }
.dots { stroke: var(--dots); stroke-width: 2.4; stroke-linecap: round; fill: none; }
.mark { fill: currentColor; stroke: var(--card); stroke-width: 1; }
.seed { fill: currentColor; opacity: 0.55; }
.bar { stroke: currentColor; stroke-width: 1.4; fill: none; }
.line { stroke: currentColor; stroke-width: 1.6; fill: none; stroke-linejoin: round; }
.band { fill: currentColor; opacity: 0.16; }
.c0 { color: var(--c0); } .c1 { color: var(--c1); } .c2 { color: var(--c2); } .c3 { color: var(--c3); }
.c4 { color: var(--c4); } .c5 { color: var(--c5); } .c6 { color: var(--c6); } .c7 { color: var(--c7); }
.s0 { color: var(--s0); } .s1 { color: var(--s1); } .s2 { color: var(--s2); } .s3 { color: var(--s3); }
.s4 { color: var(--s4); }
.m0 { fill: var(--m0); background: var(--m0); } .m1 { fill: var(--m1); background: var(--m1); }
.m2 { fill: var(--m2); background: var(--m2); }
"""

/// A narrow window, and paper: folds that matter are open, what only a screen can do is gone.
let private narrowAndPrint =
    """
@media (max-width: 640px) {
  header, nav, #filter, main { padding-left: 14px; padding-right: 14px; }
  header { gap: 12px; padding-top: 18px; } header > svg { width: 40px; height: 40px; } h1 { font-size: 26px; }
  #filter { position: static; } .verdict { font-size: 17px; }
  .answer { grid-template-columns: 1fr; } .answer dt { text-align: left; padding: 9px 0 0; }
  .scores tbody th, .scores tfoot th { min-width: 108px; max-width: 124px; white-space: normal;
    overflow-wrap: break-word; }
  .key { white-space: normal; }
  .bests td { min-width: 150px; }
  .panels { grid-template-columns: 1fr; } }
@media print {
  @page { size: A4 landscape; margin: 12mm; }
  body { background: #fff; font-size: 10.5px; }
  header, nav, #filter, main { max-width: none; padding-left: 0; padding-right: 0; }
  header { padding-top: 0; } nav, #filter, #theme { display: none !important; }
  main { padding-bottom: 0; } .verdict { font-size: 14px; } .note, .columns, .lead { font-size: 10px; }
  h1 { font-size: 24px; } h2 { font-size: 18px; margin-top: 22px; } h3 { font-size: 14px; margin-top: 14px; }
  h2, h3, h4, summary { break-after: avoid; } p, .columns li, tr, .plot, dd { break-inside: avoid; }
  .chip { font-size: 9.5px; } .swatch { width: 10px; height: 10px; vertical-align: -1px; margin-right: 5px; }
  .answer dt, .answer dd { padding-top: 3px; padding-bottom: 3px; } .answer dt b { font-size: 12px; }
  .answer dd small { font-size: 9px; } h4 { font-size: 11px; margin-top: 8px; }
  .claims > li { margin: 5px 0; } .columns { margin: 2px 0; } .map .gap { font-size: 8px; }
  thead { display: table-header-group; } tfoot { display: table-row-group; }
  table, .scores td, .scores tbody th, .scores .reference th, .plain tbody th, .plain small { font-size: 9.5px; }
  #table details.prints { break-before: page; } .columns { max-width: none; }
  .scores .small, .plain .small, .scores th { font-size: 8.5px; }
  .scores td, .scores th, .plain td, .plain th { padding: 2px 5px; }
  .scores thead th[scope=colgroup] { font-size: 10px; padding-top: 4px; }
  .beyond td, .beyond thead th { padding-left: 3px; padding-right: 3px; }
  .scores.beyond td, .scores.beyond tbody th, .scores.beyond th { font-size: 8.5px; }
  .scores tbody th, .scores tfoot th { position: static; } .map td { min-width: 30px; }
  .scroll { overflow: visible; } .scroll.more { mask-image: none; } .sort::after { content: none; }
  .part { break-inside: avoid; } .panels { grid-template-columns: repeat(3, 1fr); }
  details.prints::details-content { content-visibility: visible; display: block; height: auto; }
  details.prints > summary { list-style: none; }
  pre { white-space: pre-wrap; font-size: 8.5px; } .paper { display: block; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""

let css = colours + layout + tables + plots + FigureStyle.css + narrowAndPrint
