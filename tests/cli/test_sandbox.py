"""`crmexport sandbox` serves the company that was asked for and tells how to sign in."""

import importlib.metadata
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from crmexport.errors import ConfigurationError
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


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    point = SimpleNamespace(name="megaplan", load=lambda: FakeSandbox)

    def points(group: str, name: str | None = None) -> list[Any]:
        assert group == "crmexport.sandboxes"
        return [point] if name in (None, point.name) else []

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


def test_nothing_is_announced_on_a_port_that_is_taken(run: Run, made: list[dict[str, Any]]) -> None:
    code, out, err = run("sandbox", "megaplan", "--port", str(TAKEN))
    assert (code, out, err) == (2, "", "Port 8080 is taken.\n")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["megplan", "--port", "1"], "There is no sandbox “megplan”. There is: megaplan"),
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
