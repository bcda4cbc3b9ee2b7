"""`crmexport pull`: fill the archive; stop and start at will."""

from typing import TYPE_CHECKING, Annotated

import typer

from crmexport.cli import options
from crmexport.cli.progress import duration, spaced, watching
from crmexport.errors import ExitCode
from crmexport.text import _

if TYPE_CHECKING:
    from crmexport.pull import PullResult


def add(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @options.command(
        app,
        "pull",
        _(
            "Pull everything into the archive. Stop it whenever you like: the same command goes on from there."
        ),
        _epilog(),
    )
    def pull(
        source: Annotated[str, options.source()],
        url: Annotated[str, options.url()],
        archive: Annotated[str, options.archive()],
        share: Annotated[str, options.share_option()] = "100%",
        rate: Annotated[str | None, options.rate_option()] = None,
        settings: Annotated[list[str] | None, options.settings_option()] = None,
        as_json: Annotated[
            bool,
            typer.Option("--json", help=_("One JSON event a line on standard output instead of progress.")),
        ] = False,
    ) -> int:
        return run(
            source, url, archive, options.pairs(settings), options.share(share), options.rate(rate), as_json
        )


def _epilog() -> str:
    return _("Credentials: CRMEXPORT_TOKEN, or CRMEXPORT_LOGIN and CRMEXPORT_PASSWORD, or you are asked.")


def run(
    source: str,
    url: str,
    archive: str,
    settings: dict[str, str],
    share: float,
    rate: float | None,
    as_json: bool,
) -> int:
    """Pull and say what came of it."""
    from crmexport.cli.sign_in import credentials
    from crmexport.pull import pull

    connector = options.connector(source, url, settings)
    secrets = credentials()
    with watching(_("Pull"), as_json) as watch:
        result = pull(options.folder(archive), connector, secrets, share=share, rate=rate, watch=watch)
    typer.echo(told(result), err=as_json)
    return code(result)


def told(result: "PullResult") -> str:
    """The result as a sentence for a person."""
    numbers = {
        "records": spaced(sum(result.records.values())),
        "requests": spaced(result.requests),
        "time": duration(result.seconds),
    }
    sentence = _("Held: {records} records; {requests} requests in {time}.").format(**numbers)
    if result.complete:
        return f"{sentence} " + _("Nothing is missing.")
    return f"{sentence} " + _(
        "Not obtained: {gaps}. The report of crmexport verify names each with its reason; the same command tries again."
    ).format(gaps=result.gaps)


def code(result: "PullResult") -> ExitCode:
    """The exit code for `result`."""
    return ExitCode.COMPLETE if result.complete else ExitCode.GAPS
