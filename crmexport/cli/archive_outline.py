"""`crmexport archive outline`: what the answers look like, without a value, for whoever mends the connector."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from crmexport import __version__
from crmexport.cli import options
from crmexport.cli.progress import counted, watching
from crmexport.cli.saying import echo
from crmexport.errors import ExitCode
from crmexport.text import _

if TYPE_CHECKING:
    from crmexport.archive import Place
    from crmexport.archive.outline import Outline


def add(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @options.command(
        app,
        "outline",
        _(
            "Tell what the answers of your CRM look like, without one value of your data: names of fields, types, how often. "
            "For whoever mends the connector, when your account is not as it expects. The source is not asked, and nothing is sent."
        ),
    )
    def outline(
        archive: Annotated[str, options.archive()],
        unlike: Annotated[
            str | None,
            typer.Option(
                "--unlike",
                metavar=_("DIR"),
                help=_("Leave out all that is so in this other archive, too: one of a sandbox, say."),
            ),
        ] = None,
        out: Annotated[
            str | None,
            typer.Option(
                "--out", metavar=_("FILE"), help=_("Write it to this new file instead of the screen.")
            ),
        ] = None,
    ) -> int:
        return run(options.place(archive), options.place(unlike) if unlike else None, out)


def run(place: "Place", unlike: "Place | None", out: str | None) -> int:
    """Print the outline, or write it to a new file."""
    from crmexport.fitting.opening import written
    from crmexport.fitting.people import fresh

    path = fresh(options.folder(out)) if out else None
    text = "".join(f"{line}\n" for line in _lines(place, unlike))
    if path is None:
        echo(text, nl=False)
    else:
        echo(
            _(
                "Written: {path}. There is no value of your data in it; look through it before you send it."
            ).format(path=written(path, text))
        )
    return ExitCode.COMPLETE


def _lines(place: "Place", unlike: "Place | None") -> Iterator[str]:
    from crmexport.archive import Archive
    from crmexport.archive.outline import lines, outline
    from crmexport.archive.replay import connector_of

    def outlined(one: "Place") -> "Outline":
        with Archive.open(one) as archive, watching(_("Outline")) as watch:
            connector = connector_of(archive)
            return outline(archive, connector, counted(watch))

    known = outlined(unlike) if unlike else None
    found = outlined(place)
    yield f"crmexport {__version__}"
    yield from lines(found, known)
