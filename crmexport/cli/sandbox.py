"""`crmexport sandbox`: an invented company behind an imitation of a CRM's API, on this computer, to rehearse with."""

from typing import Annotated, Any

import typer

from crmexport.cli import options
from crmexport.errors import ConfigurationError, ExitCode
from crmexport.text import _

GROUP = "crmexport.sandboxes"
HIGHEST_PORT = 65535


def add(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @options.command(
        app,
        "sandbox",
        _(
            "Imitate a CRM with an invented company on this computer, for rehearsals. Example: crmexport sandbox megaplan --port 8000"
        ),
    )
    def sandbox(
        name: Annotated[str, typer.Argument(metavar=_("NAME"), hidden=True)],
        port: Annotated[str, _number("--port", _("The port to listen on."))],
        cards: Annotated[str | None, _number("--cards", _("How many client cards and deals."))] = None,
        tasks: Annotated[str | None, _number("--tasks", _("How many tasks."))] = None,
        comments: Annotated[str | None, _number("--comments", _("How many comments."))] = None,
        seed: Annotated[str | None, _number("--seed", _("The same number gives the same company."))] = None,
        latency_ms: Annotated[
            str | None, _number("--latency-ms", _("Milliseconds before every answer."))
        ] = None,
        rate: Annotated[str | None, _number("--rate", _("How many requests a second to permit."))] = None,
    ) -> int:
        sizes = {"cards": cards, "tasks": tasks, "comments": comments, "seed": seed, "latency_ms": latency_ms}
        given = {
            key: options.whole(f"--{key.replace('_', '-')}", text)
            for key, text in sizes.items()
            if text is not None
        }
        limit = options.rate(rate)
        return run(name, _port(port), given | ({"rate": limit} if limit else {}))


def _number(option: str, meaning: str) -> Any:
    return typer.Option(option, metavar=_("NUMBER"), help=meaning)


def _port(text: str) -> int:
    port = options.whole("--port", text) or 0
    if port > HIGHEST_PORT:
        raise ConfigurationError(
            _("--port takes a number up to {highest}, not {port}.").format(highest=HIGHEST_PORT, port=port)
        )
    return port


def run(name: str, port: int, given: dict[str, Any]) -> int:
    """Serve until stopped, and tell how to reach it as soon as the port is taken."""
    served = make(name, **given)

    def announce(url: str) -> None:
        typer.echo(_("{name} listens on {url}. Stop it with Ctrl+C.").format(name=name, url=url))
        typer.echo(f"CRMEXPORT_TOKEN={served.token}")
        typer.echo(f"CRMEXPORT_LOGIN={served.login}\nCRMEXPORT_PASSWORD={served.password}")

    served.run_forever(port, announce)
    return ExitCode.COMPLETE


def make(name: str, **given: Any) -> Any:
    """The sandbox called `name`. Raises ConfigurationError when there is none."""
    from importlib.metadata import entry_points

    for point in entry_points(group=GROUP, name=name):
        return point.load()(**given)
    raise _no_sandbox(name)


def _no_sandbox(name: str) -> ConfigurationError:
    from importlib.metadata import entry_points

    from crmexport.cli.words import nearest

    known = [point.name for point in entry_points(group=GROUP)]
    return ConfigurationError(
        _("There is no sandbox “{name}”. There is: {known}").format(name=name, known=nearest(name, known))
    )
