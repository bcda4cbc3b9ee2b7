"""`crmexport connector check`: does a connector keep its promises? For those who write one, and for those who rely on it."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from crmexport.cli import options
from crmexport.cli.saying import echo
from crmexport.errors import ExitCode
from crmexport.text import _, ngettext

if TYPE_CHECKING:
    from crmexport.conformance import Outcome, Result


def add(app: typer.Typer) -> None:
    """Add the command to `app`."""
    group = options.group(app, "connector", _("Look after connectors."))

    @options.command(
        group,
        "check",
        _(
            "Check a connector against its own sandbox: whether it loses nothing, keeps secrets, writes nothing. Example: "
            "crmexport connector check megaplan"
        ),
    )
    def check(
        name: Annotated[str, typer.Argument(metavar=_("NAME"), help=_("See: crmexport connectors."))],
        quick: Annotated[
            bool, typer.Option("--quick", help=_("Leave out the checks that take many pulls."))
        ] = False,
        as_json: Annotated[
            bool, typer.Option("--json", help=_("One JSON object a line: each check and its outcome."))
        ] = False,
    ) -> int:
        return run(name, quick, as_json)


def run(name: str, quick: bool, as_json: bool) -> int:
    """Check, telling each result as it comes; exit code 1 when a check has failed."""
    from crmexport.conformance import Outcome, checked, rehearsal_class
    from crmexport.source import connector_class

    kind, rehearsal = connector_class(name), rehearsal_class(name)
    if rehearsal is None:
        echo(_without_rehearsal(name), err=True)
    results = checked(kind, rehearsal, quick=quick)
    counts: Counter[Outcome] = Counter()
    for line in _as_json(results, counts) if as_json else _as_words(results, counts):
        echo(line)
    echo(_summary(name, counts), err=as_json)
    return ExitCode.FAILED if counts[Outcome.FAILED] else ExitCode.COMPLETE


def _without_rehearsal(name: str) -> str:
    return _(
        "There is no rehearsal for {name}: only what it declares of itself can be checked. How to give it one is told in "
        "docs/connectors.md."
    ).format(name=name)


def _as_json(results: "Iterable[Result]", counts: "Counter[Outcome]") -> Iterator[str]:
    for check, outcome, words in results:
        counts[outcome] += 1
        told = {"check": check.name, "group": check.group, "outcome": outcome.value, "words": words}
        yield json.dumps({**told, "meaning": check.meaning}, ensure_ascii=False)


def _as_words(results: "Iterable[Result]", counts: "Counter[Outcome]") -> Iterator[str]:
    """A line for every check under the heading of its group, and why, where it did not pass."""
    from crmexport.conformance.check import NO_REHEARSAL

    marks = _marks()
    group = said = ""
    for check, outcome, words in results:
        counts[outcome] += 1
        if words == NO_REHEARSAL:
            continue  # said once, at the beginning
        if check.group != group:
            group = check.group
            yield f"\n{group}"
        yield f"  {marks[outcome.value]:<15} {check.title}"
        if outcome.value == "failed":
            yield f"      {check.meaning}"
        is_unchecked = outcome.value == "unchecked"
        if not is_unchecked or words != said:  # where the first pull fails, it is the reason of nearly all
            yield from (f"      {line}" for line in words.splitlines())
        if is_unchecked:
            said = words


def _marks() -> dict[str, str]:
    return {
        "passed": _("passed"),
        "failed": _("FAILED"),
        "not applicable": _("not applicable"),
        "unchecked": _("not checked"),
    }


def _summary(name: str, counts: "Counter[Outcome]") -> str:
    """How many of each, and what that means."""
    from crmexport.conformance import Outcome

    marks = _marks()
    told = ", ".join(f"{marks[one.value]}: {counts[one]}" for one in Outcome if counts[one])
    failed = counts[Outcome.FAILED]
    if not failed and counts[Outcome.NOT_APPLICABLE] > counts[Outcome.PASSED]:
        return "\n" + _("Of {name}, little could be checked ({counts}).").format(name=name, counts=told)
    if not failed:
        return "\n" + _("{name} keeps its promises ({counts}).").format(name=name, counts=told)
    return "\n" + ngettext(
        "{name} breaks {number} promise ({counts}).", "{name} breaks {number} promises ({counts}).", failed
    ).format(name=name, number=failed, counts=told)
