"""`crmexport sandbox` serves the company that was asked for and tells how to sign in."""

import importlib.metadata
import inspect
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from crmexport_megaplan.sandbox import MegaplanSandbox, MegaplanV1Sandbox

from crmexport.cli.sandbox import USUAL
from crmexport.errors import ConfigurationError
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.source import Credentials
from tests.cli.conftest import Run

TAKEN = 8080


class FakeSandbox:
    token, login, password = "sandbox-token", "director", "horse"
    made: list[dict[str, Any]] = []

    def __init__(self, **given: Any) -> None:
        self.made.append(given)

    def run_forever(self, port: int, announce: Callable[[str], None]) -> None:
        if port == TAKEN:
            raise ConfigurationError("Port 8080 is taken.")
        self.made[-1]["port"] = port
        announce(f"http://127.0.0.1:{port}")


class FakeRehearsal:
    url = "https://acme.example.test"
    credentials = Credentials(token="rehearsed")

    def answer(self, asked: Asked) -> Answer:
        return Answer(200, asked.target.encode())


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    known = {
        "crmexport.sandboxes": SimpleNamespace(name="megaplan", load=lambda: FakeSandbox),
        "crmexport.rehearsals": SimpleNamespace(name="acme", load=lambda: FakeRehearsal),
    }

    real = importlib.metadata.entry_points

    def points(group: str, name: str | None = None) -> Any:
        if group not in known:  # others may be imported just now, and keep this function
            return real(group=group)
        return [known[group]] if name in (None, known[group].name) else []

    monkeypatch.setattr(importlib.metadata, "entry_points", points)
    monkeypatch.setattr(FakeSandbox, "made", [])
    return FakeSandbox.made


def test_it_is_made_as_asked(run: Run, made: list[dict[str, Any]]) -> None:
    typed = "--cards 50 --tasks 60 --comments 70 --seed 3 --latency-ms 100 --rate 3"
    code, out, _ = run("sandbox", "megaplan", "--port", "8123", *typed.split())
    assert code == 0
    sizes = {"cards": 50, "tasks": 60, "comments": 70, "seed": 3}
    assert made == [{**sizes, "latency_ms": 100, "rate": 3.0, "port": 8123}]
    assert "http://127.0.0.1:8123" in out
    assert "CRMEXPORT_TOKEN=sandbox-token" in out


def test_what_is_not_said_is_left_to_the_sandbox(run: Run, made: list[dict[str, Any]]) -> None:
    assert run("sandbox", "megaplan", "--port", "8123").code == 0
    assert made == [{"port": 8123}]


@pytest.mark.parametrize("kind", [MegaplanSandbox, MegaplanV1Sandbox])
def test_the_help_tells_what_the_sandbox_takes_then(run: Run, kind: type) -> None:
    taken = {name: one.default for name, one in inspect.signature(kind).parameters.items() if name in USUAL}
    assert taken == USUAL
    assert " ".join(run("sandbox", "--help").out.split()).count("If not given: ") == len(USUAL)
    assert "If not given: 2000." in " ".join(run("demo", "--help").out.split())


def test_nothing_is_announced_on_a_port_that_is_taken(run: Run, made: list[dict[str, Any]]) -> None:
    code, out, err = run("sandbox", "megaplan", "--port", str(TAKEN))
    assert (code, out, err) == (2, "", "Port 8080 is taken.\n")


def test_a_connector_without_a_sandbox_plays_its_rehearsal(
    run: Run, made: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[tuple[int, bytes]] = []

    def serve(app: Any, port: int, announce: Callable[[str], None]) -> None:
        served.append((port, app.respond(Asked("GET", "/api/deals", "page=2")).body))
        announce(f"http://127.0.0.1:{port}")

    monkeypatch.setattr("crmexport.sandbox.played.serve_forever", serve)
    code, out, _ = run("sandbox", "acme", "--port", "8123", "--rate", "5")
    assert (code, served) == (0, [(8123, b"/api/deals?page=2")])
    assert "CRMEXPORT_TOKEN=rehearsed" in out
    assert "CRMEXPORT_LOGIN" not in out


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["megplan", "--port", "1"], "There is no sandbox “megplan”. There is: megaplan"),
        (
            ["acme", "--port", "1", "--cards", "5"],
            "“acme” is a small account of one size. Leave out --cards.",
        ),
        (["megaplan", "--port", "x"], "--port takes a whole number"),
        (["megaplan", "--port", "1", "--cards", "-5"], "--cards takes a whole number"),
        (["megaplan", "--port", "99999"], "--port takes a number up to 65535, not 99999."),
        (["megaplan"], "--port is missing"),
    ],
)
def test_a_wrong_word_is_named(run: Run, made: list[dict[str, Any]], typed: list[str], said: str) -> None:
    code, _, err = run("sandbox", *typed)
    assert (code, made) == (2, [])
    assert said in err
