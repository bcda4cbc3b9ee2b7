"""`crmexport archive show`: what an archive holds, how its pulls ended, and whether it is as fresh as it should be."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmexport.cli import options
from crmexport.cli.progress import duration
from crmexport.cli.pull import only_accepted
from crmexport.cli.saying import echo
from crmexport.errors import ExitCode
from crmexport.text import N_, _, instant, ngettext, size, spaced

if TYPE_CHECKING:
    from crmexport.archive import Archive, Place
    from crmexport.source import Gap

PULLS_SHOWN = 10
OUTCOMES = {
    "complete": N_("complete"),
    "gaps": N_("with gaps"),
    "interrupted": N_("interrupted"),
    "failed": N_("broken off"),
}


def add(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @options.command(
        app,
        "show",
        _(
            "Show what the archive holds and how its pulls ended. Ends with 3 when the last pull is not complete, with 1 when "
            "the archive is older than it may be."
        ),
    )
    def show(
        archive: Annotated[str, options.archive()],
        max_age: Annotated[
            str | None,
            typer.Option(
                "--max-age",
                metavar=_("HOURS"),
                help=_("How old the archive may be: a watch over a backup that has quietly stopped."),
            ),
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help=_("One JSON object for scripts."))] = False,
    ) -> int:
        return run(options.place(archive), options.whole("--max-age", max_age), as_json)


def run(place: "Place", max_age: int | None, as_json: bool) -> int:
    """Show it. Exit code 3 when the last pull is not complete, 1 when the archive is older than `max_age` hours."""
    from crmexport.archive import Archive
    from crmexport.archive.replay import connector_of

    with Archive.open(place) as archive:
        about = connector_of(archive).about
        found = _found(archive) | {"title": about.title}
    echo(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(_lines(found, about.titles)))
    late = _late(found["true_as_of"], max_age)
    if late:
        echo(late, err=True)
        return ExitCode.FAILED
    is_complete = bool(found["pulls"]) and found["pulls"][-1]["outcome"] == "complete"
    return ExitCode.COMPLETE if is_complete or found["accepted"] else ExitCode.GAPS


def _found(archive: "Archive") -> dict[str, Any]:
    """All that is shown, as JSON values."""
    from crmexport.archive.news import as_values, news
    from crmexport.archive.pulls import pulls, true_as_of
    from crmexport.archive.standings import standings

    seen = pulls(archive)
    losses = [gap for gap in archive.gaps() if gap.kind.is_loss]
    moment = true_as_of(archive, seen)
    return {
        "source": archive.source.name,
        "url": archive.source.url,
        **standings(archive.database).as_values(),
        "true_as_of": moment and moment.isoformat(timespec="seconds"),
        "held": archive.counts(),
        "deleted": archive.deleted(),
        "losses": len(losses),
        "accepted": _accepted(archive, losses) if seen and seen[-1].outcome == "gaps" else None,
        "requests_waiting": archive.waiting(),
        "database_bytes": archive.database.size(),
        "news": as_values(news(archive.database, seen[-1].number)) if seen else None,
        "pulls": [one._asdict() for one in seen],
    }


def _accepted(archive: "Archive", losses: "list[Gap]") -> dict[str, Any] | None:
    """When and with what words a person accepted all that is missing; None where anything is missing beside it."""
    from crmexport.archive.accepted import accepted
    from crmexport.archive.equation import unexplained
    from crmexport.archive.extent import extent

    known = accepted(archive.database)
    reach = extent(archive.database, losses)
    is_all = known is not None and known.covers(losses, unexplained(archive), reach)
    return known.as_values() if known is not None and is_all else None


def _lines(found: dict[str, Any], titles: dict[str, str]) -> Iterator[str]:
    """The same for a person."""
    from crmexport.source.standing import called

    held = found["held"]
    yield f"{found['title']}, {found['url']}"
    if found["accounts"]:
        yield _line(_("Name of the account"), "; ".join(found["accounts"]))
    if found["signed_in_as"]:
        yield _line(_("Signed in as"), "; ".join(called(one, titles) for one in found["signed_in_as"]))
    yield _line(_("True as of"), _moment(found["true_as_of"]))
    yield _line(_("Records held"), spaced(sum(held.values())))
    in_order = [*(name for name in titles if name in held), *(name for name in held if name not in titles)]
    yield from (f"  {titles.get(name, name)}: {spaced(held[name])}" for name in in_order)
    if deleted := sum(found["deleted"].values()):
        yield _line(_("Kept, though deleted at the source"), spaced(deleted))
    yield _line(_("Size of the database"), size(found["database_bytes"]))
    yield from _lacking(found)
    yield _line(_("Pulls"), spaced(len(found["pulls"])))
    yield from map(_pull, found["pulls"][-PULLS_SHOWN:])
    yield from _brought(found["news"])


def _line(name: str, value: str) -> str:
    return f"{name}: {value}"


def _moment(told: str | None) -> str:
    if told is None:
        return _("no pull has ended yet")
    if _is_to_come(told):
        return _("{moment}, which is still to come").format(moment=instant(told))
    age = duration(max(0.0, _age(told).total_seconds()))
    return _("{moment}, {age} ago").format(moment=instant(told), age=age)


def _is_to_come(told: str) -> bool:
    """Whether a moment is so far ahead that clocks which differ a little do not explain it."""
    return _age(told) < -timedelta(hours=1)


def _age(told: str) -> timedelta:
    return datetime.now(UTC) - datetime.fromisoformat(told)


def _lacking(found: dict[str, Any]) -> Iterator[str]:
    if losses := found["losses"]:
        yield ngettext(
            "Missing: {number} gap; “crmexport verify” names it.",
            "Missing: {number} gaps; “crmexport verify” names them.",
            losses,
        ).format(number=spaced(losses))
    if accepted := found["accepted"]:
        yield f"{only_accepted(accepted['at'])} {accepted['note']}".rstrip()
    if waiting := found["requests_waiting"]:
        yield _line(_("Requests still to make, at least"), spaced(waiting))


def _pull(one: dict[str, Any]) -> str:
    outcome = _(OUTCOMES[one["outcome"]]) if one["outcome"] else _("goes on, or was killed")
    requests = _("requests: {count}").format(count=spaced(one["requests"]))
    return f"  {instant(one['started'])} … {instant(one['ended'])}  {outcome}; {requests}"


def _brought(told: dict[str, dict[str, int]] | None) -> Iterator[str]:
    from crmexport.archive.news import News, in_all

    if told is not None:
        words = in_all({name: News(**figures) for name, figures in told.items()})
        yield _line(_("Since the pull before"), words)


def _late(told: str | None, max_age: int | None) -> str | None:
    """What to say when the archive is older than it should be, or nobody can tell: then a clock is wrong, that of then or that of now."""
    if max_age is not None and told and _is_to_come(told):
        return _(
            "By the clock of this computer, {moment} is still to come, so nobody can tell how old the archive is. Set the clock right; if "
            "it is, the next pull tells."
        ).format(moment=instant(told))
    if max_age is None or (told and _age(told) <= timedelta(hours=max_age)):
        return None
    if not told:
        return _(
            "No pull into this archive has ended yet. Look at the log of the one that began, or start "
            "“crmexport pull” by hand."
        )
    return _(
        "The archive is older than {hours} h. The pull that should renew it does not run, or does not end: look at its log, "
        "or start “crmexport pull” by hand."
    ).format(hours=max_age)
