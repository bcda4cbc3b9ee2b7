"""`crmexport pull`: fill the archive; stop and start at will."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmexport.cli import options
from crmexport.cli.awake import awake
from crmexport.cli.progress import duration, watching
from crmexport.cli.saying import last_words
from crmexport.cli.words import as_typed
from crmexport.errors import ExitCode
from crmexport.text import _, instant, spaced

if TYPE_CHECKING:
    from crmexport.pull import PullResult
    from crmexport.source import Connector


def add(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @options.command(
        app,
        "pull",
        _(
            "Pull everything into the archive; later, what changed. Stop it whenever you like: the same command goes on from there."
        ),
        _epilog(),
    )
    def pull(
        source: Annotated[str, options.source()],
        url: Annotated[str, options.url()],
        archive: Annotated[str, options.archive()],
        share: Annotated[str, options.share_option()] = "100%",
        rate: Annotated[str | None, options.rate_option()] = None,
        api: Annotated[str | None, options.api_option()] = None,
        full: Annotated[
            bool,
            typer.Option(
                "--full",
                help=_("Ask for everything again, not only for what changed since the last pull."),
            ),
        ] = False,
        believe_deletions: Annotated[
            bool,
            typer.Option(
                "--believe-deletions",
                help=_("Take records that are not shown any more for deleted, however many they are."),
            ),
        ] = False,
        settings: Annotated[list[str] | None, options.settings_option()] = None,
        as_json: Annotated[
            bool,
            typer.Option("--json", help=_("One JSON event a line on standard output instead of progress.")),
        ] = False,
    ) -> int:
        account = options.connector(source, url, options.with_api(options.pairs(settings), api))
        wishes = {
            "share": options.share(share),
            "rate": options.rate(rate),
            "full": full,
            "believe_deletions": believe_deletions,
        }
        return run(account, archive, wishes, as_json)


def _epilog() -> str:
    return _("Credentials: CRMEXPORT_TOKEN, or CRMEXPORT_LOGIN and CRMEXPORT_PASSWORD, or you are asked.")


def run(connector: "Connector", archive: str, wishes: dict[str, Any], as_json: bool) -> int:
    """Pull as the person wishes, and say what came of it."""
    from crmexport.cli.sign_in import credentials
    from crmexport.pull import look_ahead, pull

    place = options.place(archive)
    look_ahead(place, connector)
    secrets = credentials()
    with awake(), watching(_("Pull"), as_json) as watch:
        result = pull(place, connector, secrets, watch=watch, **wishes)
    last_words(told(result), err=as_json)
    if not as_json and sys.stderr.isatty():
        last_words(_next(archive), err=True)
    return code(result)


def _next(archive: str) -> str:
    """What a person does after a pull; a script knows."""
    command = f"crmexport export --archive {as_typed(archive)} --to excel --out export"
    return _("Next, write files of it, in Excel for example: {command}").format(command=command)


def told(result: "PullResult") -> str:
    """The result as a sentence for a person."""
    from crmexport.archive.news import in_all

    numbers = {
        "records": spaced(sum(result.records.values())),
        "requests": spaced(result.requests),
        "time": duration(result.seconds),
    }
    sentence = _("Held: {records} records; {requests} requests in {time}.").format(**numbers)
    if result.news is not None:
        sentence += " " + _("Since the pull before: {news}.").format(news=in_all(result.news))
    if result.complete:
        return f"{sentence} " + _("Nothing is missing.")
    if result.gaps:
        sentence += " " + _(
            "Not obtained: {gaps}. The report of crmexport verify names each with its reason; the same command tries again."
        ).format(gaps=_gaps(result.gaps, result.new_gaps))
    if result.unexplained:
        sentence += " " + unexplained(result.unexplained, result.titles)
    return f"{sentence} {only_accepted(result.accepted)}" if result.accepted else sentence


def only_accepted(moment: str) -> str:
    """That nobody need look at what is missing, for a person has."""
    return _("Nothing is missing but what was accepted on {moment}.").format(moment=instant(moment))


def _gaps(number: int, new: int | None) -> str:
    """How many there are; where all have been for long, nobody need look again."""
    if new is None:
        return spaced(number)
    return _("{number}, new of these: {new}").format(number=spaced(number), new=spaced(new))


def unexplained(numbers: Mapping[str, int], titles: Mapping[str, str]) -> str:
    """What is announced and neither held nor refused, by stream, and what to do about it."""
    streams = ", ".join(f"{titles.get(name, name)} {spaced(number)}" for name, number in numbers.items())
    return _(
        "The source announces more than it gave: {streams}. Ask for everything again with --full; if that stays so, "
        "ask its support."
    ).format(streams=streams)


def code(result: "PullResult") -> ExitCode:
    """The exit code for `result`: what a person has accepted as missing is no news."""
    return ExitCode.COMPLETE if result.complete or result.accepted else ExitCode.GAPS
