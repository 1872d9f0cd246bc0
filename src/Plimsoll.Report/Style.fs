/// The page's looks. Colours follow Okabe and Ito's palette, which colour-blind readers can tell apart;
/// nothing is said by colour alone. No character here needs escaping in HTML or XML.
module internal Plimsoll.Report.Style

let private colours =
    """
:root { color-scheme: light dark;
  --page: #fbfaf6; --card: #ffffff; --ink: #1d2733; --soft: #5a6675; --faint: #8b95a1; --rule: #e0dfd8;
  --accent: #0b5c8a; --best: #e3eff6; --warn: #9a3b12; --warnbg: #fbeee6; --ok: #1d6b4f; --okbg: #e6f2ec;
  --dots: #c3c8ce; --over: #f7e9e2; --limit: #b4441a; --grid: #eceae4;
  --c0: #02528e; --c1: #d65706; --c2: #c0628e; --c3: #1398dd;
  --c4: #0b7142; --c5: #aa8c2f; --c6: #3a424e; --c7: #8164b6;
  --s0: #0b4f7d; --s1: #2f9bd8; --s2: #00875f; --s3: #8a4fa3; --s4: #8a6d00;
  --m0: #2a7fba; --m1: #c9cdd2; --m2: #dd6b20; }
@media screen and (prefers-color-scheme: dark) { :root {
  --page: #11161c; --card: #181f27; --ink: #e4e8ec; --soft: #a3aebb; --faint: #76828f; --rule: #2b3540;
  --accent: #7cc0ea; --best: #17354a; --warn: #f2a27a; --warnbg: #3a2419; --ok: #7fd3ae; --okbg: #17352a;
  --dots: #46525f; --over: #2b2220; --limit: #f08a5d; --grid: #242d37;
  --c0: #5abff9; --c1: #ffa35b; --c2: #d9569e; --c3: #ddedff;
  --c4: #47d8a2; --c5: #fac847; --c6: #a4a7c4; --c7: #7e9dfe;
  --s0: #4a9bea; --s1: #a8dcff; --s2: #3fd0a3; --s3: #d3a4ee; --s4: #e6cf5a;
  --m0: #4aa3df; --m1: #55616d; --m2: #f08a45; } }
"""

let private layout =
    """
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums; }
main { max-width: 1240px; margin: 0 auto; padding: 36px 28px 80px; }
h1, h2, h3 { font-family: Charter, "Iowan Old Style", Georgia, "Noto Serif", "DejaVu Serif", serif;
  line-height: 1.2; font-weight: 600; margin: 0; }
h1 { font-size: 34px; letter-spacing: -0.01em; }
h2 { font-size: 23px; margin: 52px 0 6px; padding-top: 18px; border-top: 1px solid var(--rule); }
h3 { font-size: 18px; margin: 28px 0 8px; }
h4 { font-size: 14.5px; margin: 20px 0 4px; }
p { margin: 6px 0; max-width: 78ch; }
a { color: inherit; text-decoration: none; border-bottom: 1px dotted var(--faint); }
a:hover, a:focus { color: var(--accent); border-bottom-color: var(--accent); }
code, .mono { font: 12px/1.45 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  overflow-wrap: anywhere; }
header { display: flex; gap: 20px; align-items: center; }
header svg { width: 60px; height: 60px; flex: none; color: var(--accent); }
.lead, .note { color: var(--soft); }
.note { font-size: 13.5px; max-width: 118ch; }
nav { margin: 18px 0 0; font-size: 13.5px; display: flex; flex-wrap: wrap; gap: 4px 20px; }
nav a { color: var(--accent); border: 0; }
.scroll { overflow-x: auto; }
.answer { display: grid; grid-template-columns: 104px 1fr; gap: 0 18px; margin: 10px 0 0; }
.answer dt { text-align: right; color: var(--soft); padding: 9px 0; white-space: nowrap; }
.answer dt b { color: var(--ink); font-size: 20px; }
.answer dd { margin: 0; padding: 9px 0 9px 18px; border-left: 3px solid var(--accent); max-width: 112ch; }
.answer dd.none { border-left-color: var(--warn); }
.answer dd small { display: block; color: var(--soft); font-size: 13.5px; }
.chip { display: inline-block; padding: 0 9px; border-radius: 10px; font-size: 12.5px; font-weight: 600;
  background: var(--rule); color: var(--ink); }
.chip.good { background: var(--okbg); color: var(--ok); }
.chip.bad { background: var(--warnbg); color: var(--warn); }
.claims { list-style: none; padding: 0; margin: 8px 0; }
.claims li { margin: 10px 0; }
"""

let private tables =
    """
table { border-collapse: collapse; font-size: 14px; }
.scores { width: 100%; background: var(--card); border: 1px solid var(--rule); border-radius: 6px;
  border-collapse: separate; border-spacing: 0; }
.scores th { font-weight: 500; color: var(--soft); font-size: 12.5px; text-align: right; padding: 4px 9px; }
.scores thead tr:first-child th { font-size: 14px; color: var(--ink); text-align: center; padding-top: 10px; }
.scores thead tr:last-child th { border-bottom: 1px solid var(--rule); padding-bottom: 8px; }
.scores tbody th { text-align: left; color: var(--ink); font-size: 14.5px; font-weight: 600;
  white-space: nowrap; }
.scores td { text-align: right; padding: 8px 9px; vertical-align: top; white-space: nowrap;
  font-size: 13.5px; }
.scores tbody tr + tr td, .scores tbody tr + tr th { border-top: 1px solid var(--rule); }
.scores th.first, .scores td.first { border-left: 1px solid var(--rule); }
.scores tbody th { vertical-align: top; padding-top: 8px; }
.scores .over { color: var(--faint); }
.scores .safe .big { font-weight: 700; }
.scores .best { background: var(--best); }
.scores .small { display: block; font-size: 12px; color: var(--soft); line-height: 1.35; }
.scores .over .small { color: var(--faint); }
.scores .gap { color: var(--warn); font-weight: 600; white-space: normal; }
.scores tbody .reference th { white-space: normal; font-size: 13.5px; width: 130px; }
.scores .reference th, .scores .reference td { color: var(--soft); font-weight: 400; font-style: italic; }
.swatch { width: 15px; height: 15px; vertical-align: -2px; margin-right: 7px; overflow: visible; }
.swatch.wide { width: 28px; height: 10px; vertical-align: 1px; }
.plain { width: 100%; }
.plain th { text-align: left; font-weight: 500; color: var(--soft); font-size: 12.5px; }
.plain th, .plain td { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
.plain td.right, .plain th.right { text-align: right; white-space: nowrap; }
tr:target, .group:target { background: var(--best); outline: 6px solid var(--best); }
.meter { display: block; height: 10px; margin-top: 6px; background: var(--c0); border-radius: 2px;
  min-width: 1px; }
.meterbox { width: 38%; }
details { margin: 8px 0; }
summary { cursor: pointer; padding: 3px 0; }
summary::marker { color: var(--faint); }
details .group { margin: 10px 0 22px; }
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
@media print { body { background: #fff; font-size: 11px; } main { padding: 0; max-width: none; }
  nav { display: none; }
  .panels { grid-template-columns: repeat(3, 1fr); } h2 { break-after: avoid; }
  .plot, tr { break-inside: avoid; } .scroll { overflow: visible; } * { print-color-adjust: exact; }
  .scores { font-size: 10px; } .scores td, .scores th { padding: 3px 5px; } }
"""

let css = colours + layout + tables + plots
