"""What a person, a log or a script sees while work goes on: bars on a terminal, plain lines elsewhere, JSON if asked.

An event has a `kind` and `as_dict()`; of the values in it are used, when there: `done` and `waiting` (requests or rows),
`records` (per stream), `rate` (a second), `eta_seconds`, `seconds`, and `stream`, `title`, `id`, `reason` of a gap.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, TextIO, cast

from crmexport.cli.window import heedless_of_clicks
from crmexport.text import N_, _, as_day, decimal, in_words, instant, spaced, visible

PAUSE = 10.0
"""Seconds between two plain lines."""
GAPS = 20
"""Gaps told one by one."""
LASTING = ("gap", "signed_in", "asks_more", "found")  # lines that stay above the bar
NO_LOSS = ("vanished", "not_given")


class Event(Protocol):
    """Something that happened in a pull, an export or a verification."""

    @property
    def kind(self) -> str:
        """What happened: “progress”, “gap”, “finished” …"""
        ...

    def as_dict(self) -> dict[str, Any]:
        """The event as JSON values."""
        ...


Watch = Callable[[Any], None]


@contextmanager
def watching(title: str, as_json: bool = False) -> Iterator[Watch]:
    """A place to send the events of the work called `title`."""
    if as_json:
        yield JsonLines(sys.stdout)
    elif sys.stderr.isatty():
        with heedless_of_clicks(), _bar(title) as watch:
            yield watch
    else:
        yield PlainLines(title, sys.stderr)


def counted(watch: Watch) -> Callable[[str, int, int | None], None]:
    """A place to send bare counts: what is being done, how many are done, how many there are (None: not known)."""
    return lambda what, done, total: watch(Count(what, done, total))


@dataclass(frozen=True, slots=True)
class Count:
    """So many are done, of so many."""

    what: str
    done: int
    total: int | None
    kind: str = "progress"

    def as_dict(self) -> dict[str, Any]:
        """The event as JSON values."""
        waiting = None if self.total is None else self.total - self.done
        return {"event": self.kind, "what": self.what, "done": self.done, "waiting": waiting}


@dataclass(frozen=True, slots=True)
class Found:
    """Something of which a person shall know before all is read."""

    words: str
    kind: str = "found"

    def as_dict(self) -> dict[str, Any]:
        """The event as JSON values."""
        return {"event": self.kind, "words": self.words}


class Standstill:
    """Remembers for how long nothing will move, and why: figures that stand still say too little to who looks at them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = 0.0
        self._reason: str | None = None

    def note(self, event: Event) -> None:
        """Take notice of an event, if it tells of a wait."""
        if event.kind == "waiting":
            values = event.as_dict()
            self._until = self._clock() + (values.get("seconds") or 0.0)
            self._reason = values.get("reason")

    def told(self) -> str:
        """What is waited for and how long still; nothing when all goes on."""
        left = self._until - self._clock()
        return _waiting({"seconds": left, "reason": self._reason}) if left > 0 else ""


class FirstGaps:
    """Lets the first gaps through; a person reads the rest in the report. What is no loss is no news.

    What the pull before lacked, too, does not crowd out what is new.
    """

    def __init__(self) -> None:
        self._told: Counter[bool] = Counter()

    def told(self, event: Event) -> str | None:
        """The line for `event`, or None when it is not to be told."""
        values = event.as_dict()
        if values.get("kind") in NO_LOSS:
            return None
        is_new = bool(values.get("is_new"))
        self._told[is_new] += 1
        if self._told[is_new] == GAPS + 1:
            return _("more is not obtained; the report will name it all")
        return sentence(event) if self._told[is_new] <= GAPS else None


class JsonLines:
    """One JSON object a line, for scripts."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, event: Event) -> None:
        """Write the event at once."""
        self._stream.write(visible(json.dumps(event.as_dict(), ensure_ascii=False, default=str)) + "\n")
        self._stream.flush()


class PlainLines:
    """A line at most every ten seconds, for logs; what happens once is written when it happens, and nothing more while all waits.

    The first line says when: a log of a year is read by its days.
    """

    def __init__(
        self,
        title: str,
        stream: TextIO,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._title, self._stream, self._clock = title, stream, clock
        self._moment = instant(now().isoformat(timespec="seconds")) + ", "
        self._next = 0.0
        self._gaps = FirstGaps()
        self._standstill = Standstill(clock)

    def __call__(self, event: Event) -> None:
        """Write the event, unless it is progress and the last line is young, or nothing moves."""
        now = self._clock()
        self._standstill.note(event)
        if event.kind == "progress":
            if now < self._next or self._standstill.told():
                return
            self._next = now + PAUSE
        line = self._gaps.told(event) if event.kind == "gap" else sentence(event)
        if line:
            self._stream.write(f"{self._title}: {self._moment}{visible(line)}\n")
            self._stream.flush()
            self._moment = ""


class Leaving:
    """A terminal that may go away while work goes on (`disown`, and the window is closed): from then on nobody is told anything."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal

    def write(self, text: str) -> int:
        """Write it, if there is still somebody to read."""
        with suppress(OSError):
            self._terminal.write(text)
        return len(text)

    def flush(self) -> None:
        """Let all that was written be seen, if there is still somebody to read."""
        with suppress(OSError):
            self._terminal.flush()

    def __getattr__(self, name: str) -> Any:
        """All else is as the terminal has it."""
        return getattr(self._terminal, name)


@contextmanager
def _bar(title: str) -> Iterator[Watch]:
    """A bar with what is done, how fast, and when it will be over."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(24),
        TextColumn("{task.fields[told]}", markup=False),
    )
    with Progress(*columns, console=Console(file=cast(TextIO, Leaving(sys.stderr)))) as progress:
        task = progress.add_task(title, total=None, told="")
        gaps, standstill = FirstGaps(), Standstill()

        def watch(event: Event) -> None:
            standstill.note(event)
            if event.kind in LASTING:
                line = gaps.told(event) if event.kind == "gap" else sentence(event)
                if line:
                    progress.console.print(visible(line), markup=False, highlight=False)
                return
            values = event.as_dict()
            done, waiting = values.get("done"), values.get("waiting")
            if done is not None:
                progress.update(task, completed=done, total=done + waiting if waiting is not None else None)
            waits = standstill.told() if event.kind == "progress" else ""
            told = ", ".join(filter(None, (_done(values), waits))) if waits else sentence(event)
            progress.update(task, told=visible(told))

        yield watch
        progress.update(task, **_full(progress, task))


def _full(progress: Any, task: Any) -> dict[str, Any]:
    """A bar that ran to its end without knowing its total is full."""
    known = progress.tasks[task].total
    return {} if known else {"total": 1, "completed": 1}


def sentence(event: Event) -> str:
    """The event as words, in the reader's language."""
    values = event.as_dict()
    return KINDS.get(event.kind, _progress)(values) or event.kind


def _progress(values: dict[str, Any]) -> str:
    """A narrow terminal shows the beginning: how long it takes comes before how fast it goes."""
    parts = [values.get("what", ""), _records(values), _left(values), _done(values), _rate(values)]
    return ", ".join(part for part in parts if part)


def _records(values: dict[str, Any]) -> str:
    records = values.get("records")
    if not records:
        return ""
    number = sum(records.values()) if isinstance(records, dict) else records
    return _("records: {number}").format(number=spaced(number))


def _done(values: dict[str, Any]) -> str:
    done, waiting = values.get("done"), values.get("waiting")
    if done is None or (not done and waiting is None):
        return ""
    if waiting is None:
        return _("done: {done}").format(done=spaced(values["done"]))
    return _("done: {done} of {total}").format(
        done=spaced(values["done"]), total=spaced(values["done"] + values["waiting"])
    )


def _rate(values: dict[str, Any]) -> str:
    return _("{rate} a second").format(rate=decimal(values["rate"])) if values.get("rate") else ""


def _left(values: dict[str, Any]) -> str:
    seconds = values.get("eta_seconds") or 0
    return _("left: {time} or more").format(time=duration(seconds)) if seconds >= 1 else ""


def _waiting(values: dict[str, Any]) -> str:
    seconds = values.get("seconds")
    if seconds is None:
        return _("waiting for the source")
    if values.get("reason"):
        words = _("waiting for the source ({reason}): {time}")
        return words.format(reason=values["reason"], time=duration(seconds))
    return _("waiting for the source: {time}").format(time=duration(seconds))


def _gap(values: dict[str, Any]) -> str:
    names = (values.get("title") or values.get("stream"), in_words(str(values.get("id") or "")))
    what = " ".join(str(name) for name in names if name)
    return _("not obtained: {what}: {reason}").format(
        what=what, reason=values.get("reason") or values.get("text") or "—"
    )


PASSES = {
    "everything": N_("everything that there is"),
    "changes": N_("what changed since"),
    "sweep": N_("which records there are, to see what is gone"),
}


def _pass(values: dict[str, Any]) -> str:
    kind = values.get("kind", "")
    return _("now: {what}").format(what=_(PASSES[kind]) if kind in PASSES else kind)


def _signed_in(values: dict[str, Any]) -> str:
    """Whose account and sign-in it is, until when it holds, and who came before: another person may be shown less."""
    lines = []
    if values.get("account"):
        lines.append(_("account: {name}").format(name=values["account"]))
    if values.get("called_before"):
        words = _("earlier pulls found {names} here: of two companies, each wants an archive of its own")
        lines.append(words.format(names="; ".join(values["called_before"])))
    if values.get("person"):
        lines.append(_("signed in as {person}").format(person=values["person"]))
    if values.get("open_until"):
        lines.append(
            _("the account is open until {day}").format(day=as_day(values["open_until"][: len("2026-12-04")]))
        )
    if values.get("others"):
        words = _("earlier pulls were signed in as {others}: what only they may see will look deleted")
        lines.append(words.format(others="; ".join(values["others"])))
    if values.get("is_new"):
        lines.append(_("this sign-in is new here, so everything is asked for once more"))
    return "; ".join(lines)


def _asks_more(values: dict[str, Any]) -> str:
    if values["why"] == "options":
        return _("the options ask for more than the pull before, so everything is asked for once more")
    return _(
        "this version of crmexport asks for more than the one before, so everything is asked for once more"
    )


KINDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "started": lambda values: ", ".join(filter(None, (_("started"), _records(values)))),
    "asks_more": _asks_more,
    "progress": _progress,
    "signed_in": _signed_in,
    "renewed": lambda values: _("signed in anew"),
    "waiting": _waiting,
    "pass": _pass,
    "gap": _gap,
    "found": lambda values: _("{words} All damages are named at the end.").format(words=values["words"]),
    "finished": lambda values: ", ".join(filter(None, (_("finished"), _records(values)))),
}


def duration(seconds: float) -> str:
    """A length of time in the two units that matter."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return _("{days} d {hours} h").format(days=days, hours=hours)
    if hours:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    if minutes:
        return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)
    if seconds < 1:
        return _("less than a second")
    return _("{seconds} s").format(seconds=rest)
