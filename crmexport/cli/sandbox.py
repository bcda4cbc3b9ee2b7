"""`crmexport sandbox`: an invented company behind an imitation of a CRM's API, on this computer, to rehearse with."""

from typing import Annotated, Any

import typer

from crmexport.cli import options
from crmexport.cli.saying import echo
from crmexport.errors import ConfigurationError, ExitCode
from crmexport.text import _

GROUP = "crmexport.sandboxes"
REHEARSALS = "crmexport.rehearsals"
HIGHEST_PORT = 65535
USUAL = {"cards": 2_000, "tasks": 3_000, "comments": 6_000, "seed": 1}
"""What the sandboxes of Megaplan take where nothing is typed: told in the help, which loads no sandbox to ask it."""


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
        name: Annotated[str, typer.Argument(metavar=_("NAME"), help=_("See: crmexport connectors."))],
        port: Annotated[str, _number("--port", _("The port to listen on."))],
        cards: Annotated[str | None, _sized("cards", _("How many client cards and deals."))] = None,
        tasks: Annotated[str | None, _sized("tasks", _("How many tasks."))] = None,
        comments: Annotated[str | None, _sized("comments", _("How many comments."))] = None,
        seed: Annotated[str | None, _sized("seed", _("The same number gives the same company."))] = None,
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


def _sized(name: str, meaning: str) -> Any:
    return _number(f"--{name}", with_usual(meaning, name))


def with_usual(meaning: str, name: str) -> str:
    """The help of the option `name`: what it means, and which number is taken when it is not typed."""
    usual = _("If not given: {number}.").format(number=USUAL[name])
    return f"{meaning} {usual}"


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
        echo(_("{name} listens on {url}. Stop it with Ctrl+C.").format(name=name, url=url))
        for what, secret in (("TOKEN", served.token), ("LOGIN", served.login), ("PASSWORD", served.password)):
            if secret:
                echo(f"CRMEXPORT_{what}={secret}")

    served.run_forever(port, announce)
    return ExitCode.COMPLETE


def make(name: str, **given: Any) -> Any:
    """The sandbox called `name`, or the rehearsal of a connector that has none. Raises ConfigurationError when there is neither."""
    from importlib.metadata import entry_points

    from crmexport.source.registry import loaded

    for point in entry_points(group=GROUP, name=name):
        return loaded(point)(**given)
    for point in entry_points(group=REHEARSALS, name=name):
        return _played(name, loaded(point), given)
    raise _no_sandbox(name)


def _played(name: str, rehearsal: Any, given: dict[str, Any]) -> Any:
    from crmexport.sandbox.played import PlayedRehearsal

    sizes = [f"--{key}" for key in ("cards", "tasks", "comments", "seed") if key in given]
    if sizes:
        raise ConfigurationError(
            _("The sandbox “{name}” is a small account of one size. Leave out {options}.").format(
                name=name, options=", ".join(sizes)
            )
        )
    return PlayedRehearsal(rehearsal(), **given)


def _no_sandbox(name: str) -> ConfigurationError:
    from importlib.metadata import entry_points

    from crmexport.cli.words import nearest

    known = sorted({point.name for group in (GROUP, REHEARSALS) for point in entry_points(group=group)})
    return ConfigurationError(
        _("There is no sandbox “{name}”. There is: {known}").format(name=name, known=nearest(name, known))
    )
