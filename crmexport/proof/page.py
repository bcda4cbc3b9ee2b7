"""`report.html`: one page without any outside part, readable on a screen and on paper, in the reader's language."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from crmexport.archive.news import News, in_all
from crmexport.proof.contents import DIFFERS, ON_WINDOWS, contents, place_title
from crmexport.proof.losses import accepted, how_many, is_unknown, losses, no_losses
from crmexport.proof.markup import SHOWN, more, note, paragraphs, section, sentences, table
from crmexport.proof.remarks import remarks
from crmexport.proof.report import Output, Report, Sample
from crmexport.proof.style import CSS
from crmexport.source.standing import called
from crmexport.target.notes import told
from crmexport.text import _, decimal, instant, language, size, spaced

HASH_SHOWN = 16
SHORT = "!"


def page(report: Report) -> str:
    """The whole page. Everything that came from outside is escaped."""
    parts = [
        _banner(report),
        _facts(report),
        section(_("What is missing, and why"), losses(report)),
        section(_("Damage"), sentences([*report.damages, *report.mismatches])),
        section(_("Records that say something else at the source now"), sentences(report.differing)),
        section(_("What was to be exported, and what is here"), _balance_table(report)),
        section(_("What is missing, and was accepted"), accepted(report)),
        section(
            _("What is no loss: the source had deleted it before, or does not offer it"), no_losses(report)
        ),
        section(_("What this source does not give"), _not_given(report)),
        section(_("Files in this folder"), _output_table(report)) if report.outputs else "",
        section(_("Only what is new: left out is what an earlier export has"), _delta_table(report)),
        section(_("What the targets could not take as it was"), _note_table(report)) if report.notes else "",
        section(
            _("Fields that no mapping names (carried along as they are, where nothing else is said)"),
            _field_table(report),
        ),
        section(_("Kinds that no table has: “--to raw” writes them as they came"), _raw_only_table(report)),
        section(
            _("Words and values that the mapping does not understand (carried along as they are)"),
            _word_table(report),
        ),
        _how_to_check() if report.folders else "",
    ]
    title = escape(_("Report of the export"))
    return (
        f'<!doctype html>\n<html lang="{language()}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>\n{CSS}</style>\n</head>\n<body>\n<main>\n{''.join(parts)}</main>\n</body>\n</html>\n"
    )


def _banner(report: Report) -> str:
    good = report.complete
    word = (
        _("Complete")
        if good
        else _("Complete but for what was accepted")
        if report.only_accepted
        else _("Not complete")
    )
    words = paragraphs([_verdict(report), *how_many(report), *remarks(report)])
    kind = "good" if good else "known" if report.only_accepted else "bad"
    mark = "!" if kind == "bad" else "✓"
    return (
        f'<header class="{kind}"><span class="mark">{mark}</span><div><h1>{escape(word)}</h1>'
        f"{words}</div></header>\n"
    )


def _verdict(report: Report) -> str:
    if not report.has_ended:
        return _(
            "The last pull has not ended: what it has not asked for yet, nobody knows. “crmexport pull” goes on with it."
        )
    if report.only_differs:
        return differing(report)
    if report.only_accepted:
        return _(
            "Nothing is missing or damaged but what somebody has looked at and accepted. It is listed below with its reasons."
        )
    if not report.complete and not report.only_parts:
        return _("Something is missing or damaged. Every case is listed below with its reason.")
    if report.outdated or not report.outputs:
        return _("Everything the source announced is held, and every stored byte is intact.")
    return _(
        "Everything the source announced is held, every stored byte is intact, and every written file reads back as meant."
    )


def differing(report: Report) -> str:
    """That records of the sample say something else at the source, and what to do."""
    return _(
        "{number} of {asked} records asked for again say something else at the source, without telling of a change. "
        "“crmexport pull --full” reads everything anew; verify again after it."
    ).format(number=len(report.differing), asked=report.sample.asked if report.sample else 0)


def _facts(report: Report) -> str:
    held = sum(balance.held for balance in report.streams.values())
    sealed = report.run.get("consistent_as_of")
    news = report.run.get("news")
    accounts, persons, until = map(report.source.get, ("accounts", "signed_in_as", "open_until"))
    facts = [
        (_("Source"), f"{report.source['title']}, {report.source['url']}"),
        *([(_("Name of the account"), "; ".join(accounts))] if accounts else []),
        *([(_("Signed in as"), "; ".join(called(one, report.titles) for one in persons))] if persons else []),
        *([(_("The account is open until"), instant(until))] if until else []),
        (_("Pulled"), f"{instant(report.run['started'])} … {instant(report.run['ended'])}"),
        (
            _("True as of"),
            instant(report.run["consistent_as_of"]) if sealed else _("the pull is not finished"),
        ),
        (_("Records held"), spaced(held)),
        *(
            [(_("Since the pull before"), in_all({name: News(**told) for name, told in news.items()}))]
            if news is not None
            else []
        ),
        (_("Files held"), f"{spaced(report.files['held'])} ({size(report.files['bytes'])})"),
        (_("Requests sent"), spaced(report.run.get("requests") or 0)),
        (_("Program"), f"crmexport {report.run.get('program', '')}"),
        (_("Verified"), f"{instant(report.verified['at'])}, crmexport {report.verified['program']}"),
    ]
    if report.unasked:
        facts.append((_("Requests still to make, at least"), unasked(report)))
    asked = str(report.unsampled) if report.unsampled else sampled(report)
    facts.append(
        (_("Random sample at the source"), asked or _("none: the source was not asked again for this report"))
    )
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    return f"<dl>{rows}</dl>\n"


def unasked(report: Report) -> str:
    """How many requests the pull has still to make: in all, and by what they are about."""
    parts = (f"{report.titles.get(name, name)} {spaced(count)}" for name, count in report.unasked.items())
    return f"{spaced(sum(report.unasked.values()))} ({', '.join(parts)})"


def sampled(report: Report) -> str:
    """What the sample says, in words; nothing where there is none."""
    sample, rate = report.sample, report.error_rate
    if sample is None or rate is None:
        return ""
    if not sample.asked:
        return _("no record could be asked for once more")
    wrong = len(sample.different)
    words = _(
        "{wrong} of {compared} differ: the error rate is below {rate} with a confidence of 95 % "
        "({asked} asked again, {changed} changed since, {gone} gone since)"
    )
    told = words.format(
        wrong=wrong,
        compared=sample.same + wrong,
        rate=f"{decimal(rate * 100)} %",
        asked=sample.asked,
        changed=sample.changed,
        gone=sample.gone,
    )
    return "; ".join([told, *_unread(sample)])


def _unread(sample: Sample) -> list[str]:
    return [_("{number} more could not be read").format(number=sample.unread)] if sample.unread else []


def _is_short(row: Sequence[object]) -> bool:
    return row[-1] == SHORT


def _balance_table(report: Report) -> str:
    heads = [_("Kind"), _("Announced"), _("Held"), _("Refused"), _("Deleted before"), _("Unexplained")]
    heads += [_("Deleted since"), _("All there?")]
    rows = []
    for name, balance in report.streams.items():
        title = report.titles.get(name, name)
        announced = "—" if balance.announced is None else spaced(balance.announced)
        refused = _("unknown") if is_unknown(report, name) else spaced(balance.refused)
        figures = map(spaced, (balance.vanished, balance.unexplained, balance.deleted))
        mark = ("✓" if report.has_ended else "…") if balance.is_complete else SHORT
        rows.append(
            [
                f"{title} ({name})" if title != name else name,
                announced,
                spaced(balance.held),
                refused,
                *figures,
                mark,
            ]
        )
    walked = _(
        "A dash: the source does not say how many there are; a list that it offers and of which nothing is refused was walked to its "
        "end. Deleted since: kept in the archive, left out of the files."
    )
    unfinished = _(
        "The pull has not ended: what it has not asked for yet is not counted here. “crmexport pull” goes on with it."
    )
    words = walked if report.has_ended else unfinished
    return table(heads, rows, numeric=range(1, 8), is_bad=_is_short) + note(words)


def _not_given(report: Report) -> str:
    """What no pull can bring. Never announced, so that it makes nothing incomplete; but a person has to know."""
    if not report.not_given:
        return ""
    words = _(
        "The programming interface of the source has no way to these, or they were left out on purpose. Nobody can count "
        "them, so they are not part of the verdict above. What matters to you has to be saved by hand in time."
    )
    rows = [[_(one.title), _(one.reason)] for one in report.not_given]
    return note(words) + table([_("What"), _("Why, and what to do")], rows)


def _output_table(report: Report) -> str:
    rows = [
        [
            output.path,
            "—" if output.rows is None else spaced(output.rows),
            output.sha256[:HASH_SHOWN] + "…",
            _read_back(output),
        ]
        for output in report.outputs
    ]
    listed = table([_("File"), _("Rows"), "SHA-256", _("Read back as meant")], rows, numeric=[1])
    return table([_("Folder or file"), _("What it is")], contents(report)) + listed


def _read_back(output: Output) -> str:
    if not output.verified:
        return _("NO")
    return _("yes") if output.compared else _("as written, not compared")


def _delta_table(report: Report) -> str:
    if not report.deltas:
        return ""
    heads = [_("Target"), _("Since"), _("New"), _("Left out as already there"), _("Changed since"), _("Gone")]
    heads.append(_("New, but of what is left out"))
    rows = [
        [
            one.target,
            instant(one.since),
            *map(spaced, (one.new, one.left_out, one.changed, one.gone, one.apart)),
            one.path,
        ]
        for one in report.deltas
    ]
    return table([*heads, _("Mend by hand what this file names")], rows, numeric=range(2, 7))


def _note_table(report: Report) -> str:
    rows = [
        [path, told(what, report.kinds.get(path, "")), spaced(count)]
        for path, notes in report.notes.items()
        for what, count in notes.items()
        if count
    ]
    return table([_("File"), _("What was done"), _("Times")], rows, numeric=[2])


def _field_table(report: Report) -> str:
    rows = [
        [
            _title(report, field["stream"]),
            field["field"] if field["carried"] else _("{field} (only in “--to raw”)").format(**field),
            _filled(field),
            ", ".join(field["samples"])[:200],
        ]
        for field in report.unmapped
    ]
    return table([_("Kind"), _("Field"), _("Filled"), _("Examples")], rows, numeric=[2]) if rows else ""


def _title(report: Report, stream: str) -> str:
    """The name of a stream; of what lies within its records (`deal.relationLinks`), that and the field."""
    name, dot, within = stream.partition(".")
    return report.titles.get(stream) or report.titles.get(name, name) + (dot and ": ") + within


def _filled(field: Mapping[str, Any]) -> str:
    """A record may hold many values of a list: their number is no part of that of the records."""
    filled = spaced(field["filled"])
    return (
        filled
        if "[]" in field["field"]
        else _("{filled} of {all}").format(filled=filled, all=spaced(field["of"]))
    )


def _raw_only_table(report: Report) -> str:
    rows = [[report.titles.get(name, name), spaced(number)] for name, number in report.raw_only.items()]
    return table([_("Kind"), _("Held")], rows, numeric=[1]) if rows else ""


def _word_table(report: Report) -> str:
    words = [
        [place_title(place), _("unknown word"), word, spaced(count)]
        for place, counts in report.unknown_words.items()
        for word, count in counts.items()
    ]
    values = [
        [place_title(place), _("value that cannot be read"), ", ".join(samples)[:200], "—"]
        for place, samples in report.unreadable.items()
    ]
    rows = words + values
    heads = [_("Field"), _("What it is"), _("Examples"), _("Times")]
    left = note(more(len(rows) - SHOWN))
    return table(heads, rows[:SHOWN], numeric=[3]) + left if rows else ""


def _how_to_check() -> str:
    words = _(
        "Anybody can check these files later: SHA256SUMS lists the fingerprint of each. In this folder, on Linux and Mac: "
        "shasum -a 256 -c SHA256SUMS. On Windows, in PowerShell, where nothing is printed when all is well:"
    )
    return f"{note(words)}<pre>{escape(ON_WINDOWS.replace(DIFFERS, _(DIFFERS)))}</pre>\n"
