"""The parts of the page about what is not held: how much, what and why, and what to do about it."""

from collections.abc import Iterator
from math import inf

from crmexport.proof.markup import SHOWN, more, note, paragraphs, table
from crmexport.proof.missing import NAMELESS, grouped, named
from crmexport.proof.report import Report
from crmexport.source import Gap, GapKind
from crmexport.text import N_, _, instant, spaced

NAMES_SHOWN = 20
KINDS_SHOWN = 5

KINDS = {
    GapKind.REFUSED: N_("refused by the source"),
    GapKind.VANISHED: N_("deleted at the source before"),
    GapKind.BROKEN: N_("every try failed"),
    GapKind.NOT_GIVEN: N_("the source does not offer it"),
}


def how_many(report: Report) -> list[str]:
    """Of which kinds records are missing, and how many, in a sentence: the most first. Nothing where none are known to be."""
    if report.only_accepted or not report.has_ended:
        return []
    short = {name: _lacking(report, name) for name, one in report.streams.items() if not one.is_complete}
    most = sorted(short, key=lambda name: -(short[name] or inf))
    unknown = _("how many, nobody knows")
    told = [
        f"{report.titles.get(name, name)}: {spaced(number) if (number := short[name]) else unknown}"
        for name in most[:KINDS_SHOWN]
    ]
    left = len(most) - len(told)
    rest = [_("other kinds: {number}").format(number=spaced(left))] if left else []
    return [_("Missing, wholly or in part. {kinds}.").format(kinds="; ".join([*told, *rest]))] if most else []


def _lacking(report: Report, name: str) -> int | None:
    """How many records of a kind are missing; None where a list was refused and nothing says how many stand in it."""
    number = report.streams[name].refused + report.streams[name].unexplained
    lost = [gap.id for gap in report.losses if gap.stream == name]
    return None if number <= len(lost) and any(_is_list(report, id) for id in lost) else number


def is_unknown(report: Report, name: str) -> bool:
    """Whether nobody knows how many records of a kind are missing: a list was refused, and counts as one."""
    return _lacking(report, name) is None


def _is_list(report: Report, id: str) -> bool:
    """Whether a gap is of a list: all of it, what hangs under one record (deal/7), or a part that has a name (sent).

    Not of a record, a part of one (7/rows), or a file, which may be known by its address (/SdfFileM/File/7.png).
    """
    return not id or id.isalpha() or id.partition("/")[0] in report.titles


def losses(report: Report) -> str:
    """What is missing and was not accepted, with what to do about it."""
    missing = [gap for gap in report.losses if not report.has_accepted(gap)]
    return (
        paragraphs(_advice(report, missing)) + gap_table(report, missing) + "".join(map(note, _short(report)))
    )


def no_losses(report: Report) -> str:
    """What the source itself had deleted before, or has no way to give."""
    return gap_table(report, [gap for gap in report.gaps if not gap.kind.is_loss])


def _advice(report: Report, missing: list[Gap]) -> Iterator[str]:
    """What to do, as far as a person can."""
    kinds = {gap.kind for gap in missing}
    if GapKind.REFUSED in kinds:
        yield _(
            "What to do where the source refused: sign in as an administrator or as somebody who sees these records, run “crmexport "
            "pull”, and verify again."
        )
    if GapKind.BROKEN in kinds:
        yield _(
            "What to do where every try failed: run “crmexport pull” on another day. If it stays so, send the numbers to the support "
            "of your CRM while you are still its customer."
        )
    if (
        report.has_ended
        and not report.only_accepted
        and any(one.unexplained for one in report.streams.values())
    ):
        yield _(
            "What to do where records are unexplained: run “crmexport pull --full” and verify again. If it stays so, ask the support of "
            "your CRM."
        )


def _short(report: Report) -> Iterator[str]:
    """Where to look for what is unexplained."""
    for name, balance in report.streams.items():
        if balance.short_at:
            words = _("{kind}: fewer than announced came, for example, under these records: {where}.")
            where = ", ".join(named(one, report.titles) for one in balance.short_at)
            yield words.format(kind=report.titles.get(name, name), where=where)


def accepted(report: Report) -> str:
    """What a person has accepted as missing: when, with what words, and each of it all the same."""
    known = report.accepted
    if known is None:
        return ""
    words = _("Accepted on {moment}. {note}").format(moment=instant(known.at), note=known.note)
    never = [
        _("Announced and never given: {kind} {number}.").format(
            kind=report.titles.get(name, name), number=spaced(number)
        )
        for name, number in known.unexplained.items()
        if number
    ]
    gaps = gap_table(report, list(filter(report.has_accepted, report.gaps)))
    return note(" ".join([words.strip(), *never])) + gaps


def gap_table(report: Report, gaps: list[Gap]) -> str:
    """A row for each reason; nothing where there are no gaps."""
    groups = grouped(gaps, report.titles)
    rows = [
        [
            report.titles.get(one.stream, one.stream),
            spaced(len(one.whose)) if one.whose != [NAMELESS] else NAMELESS,
            _(KINDS[one.kind]),
            one.reason,
            _some(one.whose),
        ]
        for one in groups[:SHOWN]
    ]
    heads = [_("Kind"), _("How many"), _("What happened"), _("In the source's words")]
    listed = table([*heads, _("Numbers at the source")], rows, numeric=[1]) if rows else ""
    return listed + note(more(len(groups) - SHOWN))


def _some(names: list[str]) -> str:
    return " ".join(filter(None, (", ".join(names[:NAMES_SHOWN]), more(len(names) - NAMES_SHOWN))))
