"""`crmexport demo`: the whole journey on this computer, with an invented company."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmexport.cli import export, options, plan, pull, sandbox, verify
from crmexport.cli.progress import watching
from crmexport.cli.saying import echo
from crmexport.errors import ConfigurationError, ExitCode
from crmexport.text import _, language

if TYPE_CHECKING:
    from crmexport.source import Connector, Credentials

MARK = ".crmexport-demo"
TARGETS = ("excel", "csv", "bitrix24")


def add(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @options.command(
        app,
        "demo",
        _(
            "The whole journey with an invented company on this computer: pull, Excel, CSV and Bitrix24 files, report."
        ),
    )
    def demo(
        cards: Annotated[
            str | None,
            typer.Option(
                "--cards",
                metavar=_("NUMBER"),
                help=sandbox.with_usual(_("How many client cards and deals the company has."), "cards"),
            ),
        ] = None,
        out: Annotated[str, options.out(_("The folder to write into."))] = "demo",
    ) -> int:
        number = options.whole("--cards", cards, least=1)
        return run(options.folder(out), sizes(number) if number else {})


def run(out: Path, given: dict[str, Any]) -> int:
    """Serve the sandbox in this process, and make the journey against it."""
    served = sandbox.make("megaplan", **given)
    prepared(out)
    with served.running() as url:
        taken_over(out, url)
        return journey(options.connector("megaplan", url, {}), _credentials(served), out)


def sizes(cards: int) -> dict[str, int]:
    """A company of `cards` clients and deals with as many tasks and comments as companies of that size have."""
    return {"cards": cards, "tasks": max(cards, cards * 3 // 2), "comments": cards * 3}


def prepared(out: Path) -> None:
    """An empty place for the archive. Only an archive that an earlier demo made is deleted.

    Raises ConfigurationError when the folder holds an archive or an export of somebody's, OutputError when nothing may be written there.
    """
    from crmexport.disk import remove
    from crmexport.target.card import CARD
    from crmexport.target.folder import telling_disk_failures

    archive, mark = out / "archive", out / MARK
    with telling_disk_failures(out):
        if not mark.exists() and (archive.exists() or (out / CARD).exists()):
            raise ConfigurationError(
                _(
                    "{folder} holds an archive or an export that no demo made. Choose another folder: --out DIR"
                ).format(folder=out)
            )
        if archive.exists():
            remove(archive)
        out.mkdir(parents=True, exist_ok=True)
        mark.write_text("", encoding="utf-8")


def taken_over(out: Path, url: str) -> None:
    """Let the export that an earlier demo made in `out` be one of the imitation at `url`: that of before was at another port, and two
    accounts in one folder are refused. An export of anybody's account stays what it is.

    Raises OutputError when its `export.json` is damaged, or cannot be written.
    """
    from urllib.parse import urlsplit

    from crmexport.cli.sign_in import is_loopback
    from crmexport.target.card import card, rewrite_card
    from crmexport.target.folder import telling_disk_failures

    known = card(out)
    if known and is_loopback(urlsplit(known["source"]["url"]).hostname or ""):
        with telling_disk_failures(out):
            rewrite_card(out, known | {"source": known["source"] | {"url": url}})


def _credentials(served: Any) -> "Credentials":
    from crmexport.source import Credentials

    return Credentials(token=served.token)


def journey(connector: "Connector", credentials: "Credentials", out: Path) -> int:
    """Plan, pull, export, verify; say what came of it."""
    from crmexport.pull.plan import plan as estimate

    archive = out / "archive"
    _step(1, _("plan: how much is there?"))
    echo(plan.told(estimate(connector, credentials, rate=0)))
    _step(2, _("pull: everything into the archive"))
    code = _pulled(archive, connector, credentials)
    _step(3, _("export: Excel, CSV and the import files of Bitrix24"))
    echo("\n".join(export.told(export.run(archive, TARGETS, out, export.Shape(language())), out)))
    _step(4, _("verify: is it all there?"))
    report = verify.run(archive, out, language(), credentials, rate=0)
    echo(verify.told(report))
    verify.check_sampled(report)
    echo(farewell(out))
    return code if report.complete else ExitCode.GAPS


def _step(number: int, title: str) -> None:
    echo("\n" + _("Step {number} of 4, {title}").format(number=number, title=title))


def _pulled(archive: Path, connector: "Connector", credentials: "Credentials") -> int:
    from crmexport.pull import pull as pull_all

    with watching(_("Pull")) as watch:
        result = pull_all(archive, connector, credentials, rate=0, watch=watch)
    echo(pull.told(result))
    return pull.code(result)


COMMANDS = (
    "crmexport pull --source megaplan --url https://mycompany.megaplan.ru --archive archive",
    "crmexport export --archive archive --to excel --to csv --to bitrix24 --out export",
    "crmexport verify --archive archive --out export",
)


def farewell(out: Path) -> str:
    """Where everything is, and the three commands for a real account."""
    lines = [
        _("Everything is in {folder}.").format(folder=out.resolve()),
        "",
        _("For your own account:"),
        *COMMANDS,
    ]
    return "\n" + "\n".join(lines)
