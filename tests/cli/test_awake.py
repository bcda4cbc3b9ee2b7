"""While a pull goes on the computer stays awake; what it says to that never costs a pull."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import wakepy

from crmexport.cli.awake import awake


class Desktop:
    """Stands for the system: notes when it is asked; may fail at either end."""

    def __init__(self, fails: str = "") -> None:
        self.heard: list[str] = []
        self._fails = fails

    @contextmanager
    def running(self, on_fail: str) -> Iterator[None]:
        assert on_fail == "pass", "it must not warn in the middle of a bar"
        if self._fails == "before":
            raise RuntimeError
        self.heard.append("stay awake")
        yield
        self.heard.append("sleep as you like")
        if self._fails == "after":
            raise RuntimeError


@pytest.fixture
def desktop(request: Any, monkeypatch: pytest.MonkeyPatch) -> Desktop:
    desktop = Desktop(getattr(request, "param", ""))
    monkeypatch.setattr(wakepy.keep, "running", desktop.running)
    return desktop


def test_it_stays_awake_just_as_long(desktop: Desktop) -> None:
    with awake():
        assert desktop.heard == ["stay awake"]
    assert desktop.heard == ["stay awake", "sleep as you like"]


@pytest.mark.parametrize("desktop", ["before", "after"], indirect=True)
def test_a_system_that_does_not_like_it_costs_nothing(desktop: Desktop) -> None:
    done = False
    with awake():
        done = True
    assert done


@pytest.mark.parametrize("desktop", ["", "before", "after"], indirect=True)
def test_what_fails_meanwhile_is_not_swallowed(desktop: Desktop) -> None:
    with pytest.raises(KeyboardInterrupt), awake():
        raise KeyboardInterrupt


def test_a_pull_asks_for_it(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    import crmexport.pull
    from crmexport.cli import pull
    from crmexport.pull.events import PullResult

    def pulled(*_given: Any, **_wishes: Any) -> PullResult:
        assert desktop.heard == ["stay awake"]
        return PullResult(complete=True, records={}, gaps=0, requests=0, seconds=1.0)

    monkeypatch.setenv("CRMEXPORT_TOKEN", "secret")
    monkeypatch.setattr(crmexport.pull, "pull", pulled)
    assert pull.run(None, "a", {}, as_json=True) == 0  # type: ignore[arg-type]
    assert desktop.heard[-1] == "sleep as you like"
