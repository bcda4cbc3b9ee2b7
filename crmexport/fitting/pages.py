"""Pages for a browser, without any outside part: tables of what the tools of fitting found."""

from collections.abc import Iterable, Sequence
from html import escape

from crmexport.fitting.accounts import Accounts
from crmexport.fitting.preview import Preview, Step
from crmexport.fitting.told import Line, lines, percent, summary
from crmexport.proof.style import CSS
from crmexport.text import _, language, spaced

_MORE = """
main { max-width: 76rem; } h1 { font-size: 1.4rem; margin: 0 0 .5rem; }
tr.kind td:not(:last-child) { font-weight: 600; } tr.kind td { background: var(--back); } tr.lost td:first-child { color: var(--bad); }
code { color: var(--soft); font-size: .85em; }
.bar { display: block; width: 6rem; height: .5rem; border-radius: 4px; background: var(--bad-back); }
.bar i { display: block; height: 100%; border-radius: 4px; background: var(--good); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; font: inherit; }
"""


def page(title: str, parts: Iterable[str]) -> str:
    """A whole page; `parts` are HTML already."""
    return (
        f'<!doctype html>\n<html lang="{language()}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f"<style>\n{CSS}{_MORE}</style>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n"
        f"{''.join(parts)}</main>\n</body>\n</html>\n"
    )


def table(headings: Sequence[str], rows: Iterable[str]) -> str:
    """A table in a section of its own; `rows` are HTML already."""
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    return (
        f"<section><table><thead><tr>{head}</tr></thead><tbody>\n{''.join(rows)}</tbody></table></section>\n"
    )


def coverage_page(accounts: Accounts, target: str) -> str:
    """The coverage of a target, every field of every kind."""
    headings = (_("Field"), _("Values"), _("Reach the target"), "", _("Not in a column of its own, and why"))
    return page(
        _("What of the archive reaches {target}").format(target=target),
        [
            f"<p>{escape(summary(accounts, target))}</p>\n",
            table(headings, (_row(line) for line in lines(accounts))),
        ],
    )


def preview_page(previews: Iterable[Preview], target: str) -> str:
    """Entities on their way, a table for each."""
    parts = (
        f"<h2>{escape(one.title)} <code>{escape(one.table)}</code></h2>\n"
        + table((one.record, one.entity, target), (_step(step) for step in one.steps))
        for one in previews
    )
    return page(_("From the record to the row: {target}").format(target=target), parts)


def _step(step: Step) -> str:
    cells = "".join(f"<td><pre>{escape(text)}</pre></td>" for text in step)
    return f"<tr>{cells}</tr>\n"


def _row(line: Line) -> str:
    kinds = [*(["kind"] if line.is_kind else []), *(["lost"] if line.lost else [])]
    bar = f'<span class="bar"><i style="width:{line.share * 100:.1f}%"></i></span>'
    return (
        f'<tr class="{" ".join(kinds)}"><td>{escape(line.title)} <code>{escape(line.name)}</code></td>'
        f'<td class="n">{spaced(line.values)}</td><td class="n">{spaced(line.reaching)} ({escape(percent(line.share))})</td>'
        f"<td>{bar}</td><td>{escape(line.rest)}</td></tr>\n"
    )
