"""How the page looks. Knows nothing of what is on it."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--ink:#1c2024;--muted:#60646c;--line:#dfe3e6;--page:#fff;--card:#f6f8f9;
--first:#1f6f8b;--track:#e3e8ea;--warm:#b4540a}
@media (prefers-color-scheme:dark){:root{--ink:#e8eaed;--muted:#a0a7ae;--line:#363b40;--page:#16191c;--card:#1f2327;
--first:#63b3cf;--track:#32383d;--warm:#f0a35e}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:62rem;margin:0 auto;padding:2rem 1.25rem 3rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .5rem;overflow-wrap:anywhere}
h2{font-size:1.25rem;margin:2.5rem 0 .5rem}
h3{font-size:1rem;margin:1.5rem 0 .25rem}
.lead,figcaption,footer{color:var(--muted)}
figcaption b{color:var(--ink);display:block}
.headline{list-style:none;margin:1.25rem 0;padding:1rem 1.25rem;background:var(--card);border-left:4px solid var(--first);
font-size:1.125rem}
.headline li+li{margin-top:.5rem}
aside{margin:1rem 0;padding:.5rem 1.25rem;border-left:4px solid var(--warm);background:var(--card)}
aside p{margin:.35rem 0}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;min-width:38rem;font-size:.9375rem}
th{font-weight:600;text-align:left;color:var(--muted);font-size:.8125rem}
th,td{padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:break-word}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;padding-right:1.25rem}
.texts{margin:0;padding-left:1rem;color:var(--muted);font-size:.875rem}
.bar{width:7.5rem;height:.875rem;vertical-align:-.1rem;margin-right:.6rem}
.one{white-space:nowrap}
.track{fill:var(--track)}.fill{fill:var(--first)}
.range{stroke:var(--ink);stroke-width:1.5}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(22rem,100%),1fr));gap:1.5rem;margin-top:2.5rem}
figure{margin:0;padding:1rem;background:var(--card);break-inside:avoid}
.plot{width:100%;height:auto;margin-top:.5rem}
.plot text{fill:var(--muted);font-size:12px}
.grid{stroke:var(--line)}.axis{stroke:var(--muted)}
.ideal{stroke:var(--muted);stroke-dasharray:4 4}
polyline{fill:none;stroke-width:2;stroke-linejoin:round}
polyline.first{stroke:var(--first)}
.dot.first{fill:var(--first);stroke:var(--card);stroke-width:1.5}
.touch{fill:transparent}
footer{margin-top:3rem;font-size:.8125rem;overflow-wrap:anywhere}
@media print{:root{color-scheme:light;--ink:#000;--muted:#444;--line:#ccc;--page:#fff;--card:#fff;--first:#1f6f8b;
--track:#ddd;--warm:#b4540a}body{font-size:10.5pt}main{max-width:none;padding:0}table{min-width:0}tr,figure,.headline{break-inside:avoid}
h2,h3{break-after:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""
