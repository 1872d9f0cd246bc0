/// Looks of the plots alone; colours and what all share are Style's.
module internal Plimsoll.Report.FigureStyle

let css =
    """
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(440px, 1fr)); gap: 14px; margin: 10px 0; }
.beside { display: grid; grid-template-columns: minmax(330px, 2fr) minmax(560px, 3fr); gap: 14px; margin: 10px 0; }
.figures .plot { margin: 8px 0; }
.pair .plot, .beside .plot { margin: 0; height: 100%; }
.wide-plot { overflow-x: auto; }
.wide-plot .plot { min-width: 860px; }
.plot .tx { text-anchor: middle; } .plot .ty { text-anchor: end; }
.plot .row { fill: var(--ink); font-size: 12px; }
.plot .value { fill: var(--ink); }
.plot .gap { fill: var(--warn); font-weight: 600; }
.mark.part { fill: var(--card); stroke: currentColor; stroke-width: 1.6; }
.bar.thin { stroke-width: 1; opacity: 0.75; }
.line, .dots { stroke-linecap: round; }
.matrix text { font-size: 10.5px; fill: var(--ink); text-anchor: middle; }
.plot .matrix .row { font-size: 12px; text-anchor: start; }
.matrix .sure { font-weight: 700; }
.matrix .mixed { font-style: italic; }
.better { fill: var(--m0); } .worse { fill: var(--m2); }
.plot a { border: 0; }
.plot a:hover .line, .plot a:hover .bar { stroke-width: 2.6; } .plot a:hover .row { fill: var(--accent); }
.plot .guide { paint-order: stroke; stroke: var(--card); stroke-width: 3px; stroke-linejoin: round; }
.plot .value { text-anchor: end; }
@media (max-width: 1000px) { .beside { grid-template-columns: 1fr; } }
@media (max-width: 520px) {
  .pair, .beside { grid-template-columns: 100%; overflow-x: auto; }
  .pair .plot { min-width: 500px; } .beside .plot { min-width: 560px; } }
@media print { .pair { grid-template-columns: 1fr 1fr; } .beside { grid-template-columns: 2fr 3fr; }
  .wide-plot { overflow: visible; } .wide-plot .plot { min-width: 0; } }
"""
