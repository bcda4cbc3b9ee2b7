"""`crmexport init`: ask for the account, test it, and write `crmexport.toml`."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import typer

from crmexport.cli import options
from crmexport.cli.settings import FILE
from crmexport.errors import ConfigurationError, ExitCode
from crmexport.text import _

Ask = Callable[[str], str]


def add(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @options.command(
        app, "init", _("Ask for your account, test it and write crmexport.toml (no secrets in it).")
    )
    def init() -> int:
        from crmexport.cli.sign_in import question

        if not sys.stdin or not sys.stdin.isatty():
            raise ConfigurationError(
                _("init asks questions: start it at a terminal, or write {file} by hand.").format(file=FILE)
            )
        return run(Path.cwd() / FILE, question)


def run(file: Path, ask: Ask) -> int:
    """Ask, test, write `file`. Never writes over a file that is there."""
    if file.exists():
        raise ConfigurationError(
            _("{file} is there already: change it in an editor, or delete it first.").format(file=file)
        )
    answers = asked(ask)
    _tested(*answers[:2], answers[3])
    file.write_text(written(*answers), encoding="utf-8")
    typer.echo(_("Written: {path}").format(path=file))
    typer.echo(_("Next: crmexport pull"))
    return ExitCode.COMPLETE


def asked(ask: Ask) -> tuple[str, str, str, dict[str, str]]:
    """Source, address, archive folder and the connector's own options."""
    from crmexport.cli.sign_in import account_url
    from crmexport.source import connector_class, connector_names

    source = ask(_("Which CRM do you leave ({names})? ").format(names=", ".join(connector_names()))).lower()
    fields = connector_class(source).about.options.model_fields
    url = account_url(ask(_("The address of your account (such as mycompany.megaplan.ru): ")))
    archive = _without_password(ask(_("The folder for the archive [archive]: ")) or "archive")
    given = {name: ask(f"{_(field.description or name)} ({name}): ") for name, field in fields.items()}
    return source, url, archive, {name: text for name, text in given.items() if text}


def _without_password(archive: str) -> str:
    from crmexport.archive.place import Server

    place = options.place(archive)
    if isinstance(place, Server) and place.secrets:
        raise ConfigurationError(
            _(
                "A password does not belong into crmexport.toml: leave it out of the address of the archive and set PGPASSWORD, "
                "or use the password file ~/.pgpass."
            )
        )
    return archive


def _tested(source: str, url: str, settings: dict[str, str]) -> None:
    """Sign in and count, so that a wrong address or password shows now."""
    from crmexport.cli import plan

    plan.run(source, url, settings, 1.0, None, None)


def written(source: str, url: str, archive: str, settings: dict[str, str]) -> str:
    """The text of the file."""
    lines = ["[pull]", *_pairs({"source": source, "url": url, "archive": archive, "share": "100%"})]
    if settings:
        lines += ["", "[pull.set]", *_pairs(settings)]
    lines += ["", "[export]", 'to = ["excel", "csv"]', 'out = "export"']
    return "\n".join(lines) + "\n"


def _pairs(values: dict[str, str]) -> list[str]:
    """TOML lines: a JSON string is a TOML string too."""
    return [
        f"{json.dumps(key)} = {json.dumps(text, ensure_ascii=False)}"
        if not key.isidentifier()
        else f"{key} = {json.dumps(text, ensure_ascii=False)}"
        for key, text in values.items()
    ]
