"""How the report looks: calm on a screen, plain on paper, dark where the reader's system is dark."""

CSS = """
:root { --ink: #1d2430; --soft: #667085; --line: #e3e7ee; --paper: #fff; --back: #f4f6f9;
  --good: #0f7b4a; --good-back: #e7f6ee; --bad: #b42318; --bad-back: #fdecea; --known: #93610b; --known-back: #fdf5e1; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ef; --soft: #98a2b3; --line: #2c3442; --paper: #171c26; --back: #0f131a;
    --good: #55d39b; --good-back: #12301f; --bad: #ff8a7a; --bad-back: #3a1714; --known: #e8b85c; --known-back: #33280f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
header { display: flex; gap: 1.25rem; align-items: center; padding: 1.25rem 1.5rem; border-radius: 12px; }
header h1 { margin: 0; font-size: 1.6rem; } header p { margin: .3rem 0 0; color: var(--ink); }
.good { background: var(--good-back); } .good h1, .good .mark { color: var(--good); }
.known { background: var(--known-back); } .known h1, .known .mark { color: var(--known); }
.bad { background: var(--bad-back); } .bad h1, .bad .mark { color: var(--bad); }
.mark { font-size: 2.6rem; font-weight: 700; line-height: 1; width: 3rem; text-align: center; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.5rem; margin: 1.5rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 12px;
  padding: 1rem 1.5rem 1.25rem; margin: 1.25rem 0; }
h2 { font-size: 1.05rem; margin: .25rem 0 .75rem; break-after: avoid; } li, p { overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; }
th { text-align: left; font-weight: 600; color: var(--soft); } thead { display: table-header-group; }
th, td { padding: .38rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td { overflow-wrap: anywhere; } td:not(.n) { min-width: 8rem; }
.short td { color: var(--bad); font-weight: 600; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th.n { white-space: normal; }
tbody tr:last-child td { border-bottom: 0; } tr { break-inside: avoid; }
pre { font-size: .85rem; white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; }
table + table { margin-top: 1.5rem; }
.note { color: var(--soft); font-size: .88rem; margin: .75rem 0 0; }
@media screen { section { overflow-x: auto; } }
@media screen and (max-width: 40rem) { main { margin: .75rem auto; padding: 0 .6rem; }
  header { padding: 1rem; gap: .6rem; } .mark { font-size: 2rem; width: 2rem; } section { padding: .75rem; }
  dl { grid-template-columns: 1fr; gap: 0; margin: 1rem; } dd { margin-bottom: .6rem; }
  td:not(.n, :first-child) { min-width: 12rem; } }
@media print { body { background: #fff; font-size: 11pt; } main { margin: 0; max-width: none; }
  section { border: 0; padding: 0; } table { font-size: 9pt; } th, td { padding: .25rem .35rem; } header { border: 1px solid var(--line); } }
"""
