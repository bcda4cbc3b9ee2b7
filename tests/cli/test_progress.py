"""Progress is a line now and then for logs, an event a line for scripts, and words in the reader's language."""

import errno
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from crmexport.cli import progress
from crmexport.text import use_language


class Happened:
    def __init__(self, happened: str, /, **values: Any) -> None:
        self.kind, self._values = happened, values

    def as_dict(self) -> dict[str, Any]:
        return {"event": self.kind, **self._values}


FULL = Happened(
    "progress",
    done=1200,
    waiting=300,
    records={"deal": 12000, "task": 345},
    files=3,
    rate=2.94,
    eta_seconds=102,
)


def test_a_script_gets_every_event_as_json() -> None:
    stream = io.StringIO()
    watch = progress.JsonLines(stream)
    watch(FULL)
    watch(Happened("gap", stream="deal", id="5", reason="нет прав"))
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [event["event"] for event in events] == ["progress", "gap"]
    assert events[0]["records"] == {"deal": 12000, "task": 345}
    assert "нет прав" in stream.getvalue()


def test_a_log_gets_a_line_every_ten_seconds() -> None:
    now = [100.0]
    stream = io.StringIO()
    watch = progress.PlainLines("Pull", stream, lambda: now[0])
    for second in range(0, 21):
        now[0] = 100.0 + second
        watch(Happened("progress", done=second, waiting=0))
    assert [line.split("done: ")[1].split(" of")[0] for line in stream.getvalue().splitlines()] == [
        "0",
        "10",
        "20",
    ]


def test_a_log_says_once_what_is_waited_for() -> None:
    now = [100.0]
    stream = io.StringIO()
    watch = progress.PlainLines("Pull", stream, lambda: now[0])
    watch(Happened("waiting", seconds=2590.0, reason="3000 requests an hour are permitted"))
    for second in range(0, 2620, 10):
        now[0] = 100.0 + second
        watch(Happened("progress", done=3000, waiting=9000))
    lines = stream.getvalue().splitlines()
    assert lines[0].endswith("waiting for the source (3000 requests an hour are permitted): 43 min 10 s")
    assert len(lines) == 4, "and goes on when it is over"


def test_a_bar_tells_how_long_it_will_stand_still() -> None:
    now = [100.0]
    standstill = progress.Standstill(lambda: now[0])
    assert standstill.told() == ""
    standstill.note(Happened("waiting", seconds=600.0, reason="503"))
    now[0] += 480
    standstill.note(Happened("progress", done=1, waiting=2))
    assert standstill.told() == "waiting for the source (503): 2 min 0 s"
    now[0] += 120
    assert standstill.told() == ""


def test_the_first_line_of_a_log_says_when() -> None:
    stream = io.StringIO()
    moment = datetime(2026, 11, 28, 2, 0, 1, 5, tzinfo=UTC)
    watch = progress.PlainLines("Pull", stream, lambda: 100.0, lambda: moment)
    watch(Happened("started", records={}))
    watch(Happened("finished", records={"deal": 1}))
    assert stream.getvalue().splitlines() == [
        "Pull: 2026-11-28 02:00:01 UTC, started",
        "Pull: finished, records: 1",
    ]


def test_what_happens_once_is_not_held_back() -> None:
    stream = io.StringIO()
    watch = progress.PlainLines("Pull", stream, lambda: 100.0)
    watch(FULL)
    watch(Happened("gap", stream="deal", title="Deals", id="5", reason="no right"))
    watch(Happened("finished", records={"deal": 1}))
    assert stream.getvalue().splitlines()[1:] == [
        "Pull: not obtained: Deals 5: no right",
        "Pull: finished, records: 1",
    ]


def test_only_the_first_gaps_are_told_one_by_one() -> None:
    stream = io.StringIO()
    watch = progress.PlainLines("Pull", stream, lambda: 100.0)
    for number in range(100):
        watch(Happened("gap", stream="deal", id=str(number), kind="refused", reason="no right"))
    lines = stream.getvalue().splitlines()
    assert len(lines) == 21
    assert lines[-1] == "Pull: more is not obtained; the report will name it all"


def test_old_gaps_do_not_crowd_out_a_new_one() -> None:
    stream = io.StringIO()
    watch = progress.PlainLines("Pull", stream, lambda: 100.0)
    for number in range(100):
        watch(Happened("gap", stream="deal", id=str(number), kind="refused", reason="no right", is_new=False))
    watch(Happened("gap", stream="deal", id="new", kind="refused", reason="no right", is_new=True))
    assert stream.getvalue().splitlines()[-1] == "Pull: not obtained: deal new: no right"


def test_what_the_source_had_deleted_is_no_news() -> None:
    stream = io.StringIO()
    progress.PlainLines("Pull", stream, lambda: 100.0)(
        Happened("gap", stream="deal", id="1", kind="vanished", reason="404")
    )
    assert stream.getvalue() == ""


def test_progress_tells_how_much_how_fast_and_how_long() -> None:
    said = "records: 12\u00a0345, left: 1 min 42 s or more, done: 1\u00a0200 of 1\u00a0500, 2.9 a second"
    assert progress.sentence(FULL) == said


def test_of_less_than_a_second_nobody_waits() -> None:
    """«Осталось не меньше меньше секунды» is no sentence."""
    nearly = Happened("progress", done=12, waiting=1, rate=2.94, eta_seconds=0.4)
    assert progress.sentence(nearly) == "done: 12 of 13, 2.9 a second"


def test_in_russian_a_rate_has_a_comma() -> None:
    use_language("ru")
    try:
        assert "2,9 в секунду" in progress.sentence(FULL)
    finally:
        use_language("en")


def test_an_event_of_a_kind_unknown_here_is_still_told() -> None:
    assert progress.sentence(Happened("sealing")) == "sealing"
    assert progress.sentence(Happened("sealing", done=3)) == "done: 3"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "less than a second"),
        (7.2, "7 s"),
        (59.6, "1 min 0 s"),
        (3600, "1 h 0 min"),
        (90_000, "1 d 1 h"),
        (125, "2 min 5 s"),
    ],
)
def test_durations(seconds: float, said: str) -> None:
    assert progress.duration(seconds) == said


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> Terminal:
    """What a person looks at, so many columns wide."""
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", str(columns))
    return screen


def test_work_goes_on_when_the_terminal_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(Terminal):
        def write(self, text: str) -> int:
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("sys.stderr", Gone())
    with progress.watching("Pull") as watch:
        watch(FULL)
        watch(Happened("gap", stream="deal", id="5", reason="no"))


def test_a_narrow_terminal_shows_how_long_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a big account all does not fit into 80 columns: what is cut off is how fast it goes."""

    screen = terminal(monkeypatch, columns=80)
    big = {"done": 12_345, "waiting": 108_000, "records": 1_123_456, "rate": 6.94, "eta_seconds": 15_600}
    use_language("ru")
    try:
        with progress.watching("Выгрузка") as watch:
            watch(Happened("progress", **big))
    finally:
        use_language("en")
    assert "осталось не меньше 4 ч 20 мин," in screen.getvalue()


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = terminal(monkeypatch, columns=160)
    with progress.watching("Pull") as watch:
        watch(FULL)
        watch(Happened("gap", stream="deal", id="[5]", reason="no [b]right"))
    assert "left: 1 min 42 s or more" in screen.getvalue()
    assert "deal [5]: no [b]right" in screen.getvalue()
