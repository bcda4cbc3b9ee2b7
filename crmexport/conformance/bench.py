"""Where a connector is tried: pulls into archives of its own, with the real engine, shared among the checks where they can be."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from inspect import getfile
from pathlib import Path
from traceback import extract_tb
from typing import NamedTuple

from crmexport.conformance.check import NO_REHEARSAL, NotApplicableError, UncheckableError
from crmexport.conformance.differences import Difference, differences
from crmexport.conformance.disguise import lists_alone, without_sweep
from crmexport.conformance.entering import answered, entered
from crmexport.conformance.lines import Exchange, IdleClock, Meddle, RehearsalLine
from crmexport.pull import Event, PullResult, pull
from crmexport.sandbox.rehearsal import Habit, Rehearsal, Topic
from crmexport.source import Account, Connector, Credentials, GapKind, Reading, Request, Response, Verdict
from crmexport.source.contract import single_answers

STATE = "CRMEXPORT_STATE"
EXAMPLES = 3


class Answered(NamedTuple):
    """A single request with its answer, as it came in a pull."""

    request: Request
    response: Response


@dataclass(slots=True)
class Played:
    """A pull that was made, or the error in which it ended."""

    folder: Path
    rehearsal: Rehearsal
    line: RehearsalLine
    authored: tuple[type, ...] = ()
    events: list[Event] = field(default_factory=list)
    result: PullResult | None = None
    error: BaseException | None = None

    @property
    def exchanges(self) -> list[Exchange]:
        """All that was sent, in order."""
        return self.line.exchanges

    @property
    def complete(self) -> bool:
        """Whether the engine says that nothing is missing."""
        return self.result is not None and self.result.complete

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        if self.error is not None:
            where = own_line(self.error, *self.authored)
            return f"the pull ended in {type(self.error).__name__}: {self.error}{where}"
        if self.complete:
            return "the pull is complete"
        return f"the pull is not complete: {'; '.join([*self._unexplained(), *self._losses()][:3])}"

    def _unexplained(self) -> Iterator[str]:
        """Counts that are not reached, which no gap explains."""
        for stream, number in (self.result.unexplained if self.result else {}).items():
            yield f"{stream}: {number} more announced than held or named as gaps"

    def _losses(self) -> Iterator[str]:
        """The gaps that stand against it: what was deleted does not."""
        for event in self.events:
            gap = event.values
            if event.kind == "gap" and GapKind(gap["kind"]).is_loss:
                yield f"{gap['stream']} {gap['id']}: {gap['reason']}"


def unmeddled(number: int, request: Request) -> None:
    """Let the rehearsal answer."""


class Bench:
    """One connector on trial. `folder` is for archives and may be thrown away afterwards."""

    def __init__(
        self, kind: type[Connector], rehearsal: type[Rehearsal] | None, folder: Path, *, quick: bool = False
    ) -> None:
        self.kind = kind
        self.about = kind.about
        self.quick = quick
        self._rehearsal = rehearsal
        self._folder = folder
        self._pulls = 0

    def connector(self, kind: type[Connector] | None = None) -> Connector:
        """A new connector, which cannot remember anything."""
        known = self._rehearsal
        return (kind or self.kind)(Account(known.url, known.options) if known else Account(Rehearsal.url))

    @property
    def stage(self) -> type[Rehearsal]:
        """The rehearsals' class. Raises NotApplicableError for a connector without one."""
        if self._rehearsal is None:
            raise NotApplicableError(NO_REHEARSAL)
        return self._rehearsal

    @cached_property
    def ids(self) -> Mapping[str, str]:
        """The id of one record of each stream, as ids of this source look; nothing without a rehearsal."""
        return {fact.stream: fact.id for fact in self._rehearsal().truth()} if self._rehearsal else {}

    @property
    def authored(self) -> tuple[type, ...]:
        """What the author of a connector has written: that, and its rehearsal."""
        return (self.kind, self._rehearsal) if self._rehearsal else (self.kind,)

    def habits(self, topic: Topic) -> Mapping[str, Habit]:
        """The habits of the source about `topic`; only the first of them when there is little time."""
        found = {name: habit for name, habit in self.stage.habits.items() if habit.topic is topic}
        if not found:
            raise NotApplicableError(f"the rehearsal has no habit about {topic.value}")
        return dict(list(found.items())[:1]) if self.quick else found

    def play(
        self,
        rehearsal: Rehearsal | None = None,
        *,
        kind: type[Connector] | None = None,
        meddle: Meddle = unmeddled,
        credentials: Credentials | None = None,
        before: Played | None = None,
        full: bool = False,
    ) -> Played:
        """Make a pull with the real engine; on the archive and the account of `before`, if given.

        Raises UncheckableError when not even the first pull came to an end.
        """
        self.clean  # noqa: B018 - raises
        return self._play(rehearsal, kind, meddle, credentials, before, full)

    def _play(
        self,
        rehearsal: Rehearsal | None = None,
        kind: type[Connector] | None = None,
        meddle: Meddle = unmeddled,
        credentials: Credentials | None = None,
        before: Played | None = None,
        full: bool = False,
    ) -> Played:
        rehearsal = rehearsal or (before.rehearsal if before else self.stage())
        self._pulls += 1
        folder = before.folder if before else self._folder / f"pull-{self._pulls}"
        line = RehearsalLine(rehearsal, folder / "files" / "incoming", meddle)
        played = Played(folder, rehearsal, line, self.authored)
        try:
            with _private(self._folder / f"state-{self._pulls}"):
                played.result = pull(
                    folder,
                    self.connector(kind),
                    credentials or rehearsal.credentials,
                    full=full,
                    line=played.line,
                    clock=IdleClock(),
                    watch=played.events.append,
                )
        except (Exception, KeyboardInterrupt) as error:
            played.error = error
        return played

    @cached_property
    def first(self) -> Played:
        """The first pull of the account as it is likely, however it ended."""
        return self._play()

    @property
    def clean(self) -> Played:
        """The first pull, as something to build upon. Raises UncheckableError when there is no building upon it."""
        if self.first.error is not None:
            raise UncheckableError(self.first.ending)
        return self.first

    @cached_property
    def known(self) -> frozenset[Difference]:
        """What is wrong after the first pull already: other checks complain only of what is wrong besides."""
        return self.differences(self.clean)

    @cached_property
    def bare(self) -> frozenset[Difference]:
        """What is wrong after a pull whose lists are followed by no sweep."""
        return self.differences(self.play(kind=without_sweep(self.kind)))

    @cached_property
    def alone(self) -> Played:
        """A pull of lists alone, without a sweep or a card: what they do not show is lacking, and whatever hangs on that."""
        return self.play(kind=lists_alone(self.kind))

    @cached_property
    def known_alone(self) -> frozenset[Difference]:
        """What is wrong after that."""
        return self.differences(self.alone)

    def differences(self, played: Played) -> frozenset[Difference]:
        """What is held against what is true now."""
        return differences(played.folder, self.connector(), played.rehearsal)

    def lost(self, played: Played, *, alone: bool = False) -> Iterator[str]:
        """What this pull got wrong and the first (or that of lists `alone`) did not. A pull that broke off is one complaint."""
        if played.error is not None:
            yield played.ending
            return
        before, known = (self.alone, self.known_alone) if alone else (self.clean, self.known)
        yield from sorted(str(one) for one in self.differences(played) - known)
        if before.complete and not played.complete:
            yield played.ending

    @cached_property
    def answers(self) -> list[Answered]:
        """The single answers of the first pull, files apart."""
        return self.answers_of(self.clean)

    @property
    def heard(self) -> list[Answered]:
        """The same, however the first pull ended: what it was answered before may tell why."""
        return self.answers_of(self.first)

    def answers_of(self, played: Played) -> list[Answered]:
        """The single answers of this pull, files apart."""
        connector = self.connector()
        found: list[Answered] = []
        for request, _headers, response in played.exchanges:
            if response is None or request.is_file or self.is_sign_in(request):
                continue
            if is_answer(connector, request, response):
                found.extend(Answered(*one) for one in single_answers(connector, request, response))
        return [one for one in found if is_answer(connector, *one)]

    @cached_property
    def examples(self) -> list[Answered]:
        """A few answers of each sort: those that are asked alike and hold records of the same streams. Of cards, too, if none was asked for."""
        connector = self.connector()
        met: Counter[str] = Counter()
        found = []
        for one in [*self.answers, *self._cards()]:
            rows = connector.rows(*one)
            context, streams = sorted(map(str, one.request.context)), {row.stream for row in rows}
            sort = repr((one.request.stream, context, streams, bool(rows)))
            met[sort] += 1
            if met[sort] <= EXAMPLES:
                found.append(one)
        return found

    def _cards(self) -> Iterator[Answered]:
        """The answer to one card of each stream: in a pull, none may be asked for."""
        connector, rehearsal = self.connector(), self.stage()
        grant = entered(rehearsal, connector, rehearsal.credentials)
        for key in self.ids.items():
            card = connector.card(*key)
            if card is not None:
                response = answered(rehearsal, connector, grant, card)
                if is_answer(connector, card, response):
                    yield Answered(card, response)

    @cached_property
    def readings(self) -> list[tuple[Answered, Reading]]:
        """What each answer of the first pull teaches."""
        connector = self.connector()
        return [(one, connector.read(*one)) for one in self.answers]

    @cached_property
    def requests(self) -> list[Request]:
        """All requests that the connector ever made up: sent or not, files and cards included, each once."""
        connector = self.connector()
        made = [
            exchange.request for exchange in self.clean.exchanges if not self.is_sign_in(exchange.request)
        ]
        for _one, reading in self.readings:
            made += [*reading.asks, *(file.request for file in reading.files)]
            made += [card for key in sorted(reading.links) if (card := connector.card(*key))]
        made += [*connector.opening(None), *connector.sweep()]
        return list({request.key: request for request in made}.values())

    @cached_property
    def sign_ins(self) -> frozenset[str]:
        """The keys of the requests that come before all others: those that sign in, which alone may hold a secret, probes, greetings."""
        connector = self.connector()
        sign_in, found = (
            connector.sign_in(),
            {one.key for one in (*connector.probes(), *connector.greetings())},
        )
        for secrets in (self.stage().credentials, self.stage().other_credentials()):
            if secrets is not None and sign_in.ready(secrets) is None:
                found.add(sign_in.request(secrets).key)
        return frozenset(found)

    def is_sign_in(self, request: Request) -> bool:
        """Whether this is what signs in, or looks which API there is, or who is signed in."""
        return request.key in self.sign_ins


def own_line(error: BaseException, *authored: type) -> str:
    """The author's own line in which it was raised, or from which what raised it was called: of these classes' files."""
    folders = [Path(getfile(one)).parent for one in authored]
    steps = [step for step in extract_tb(error.__traceback__) if {*folders} & {*Path(step.filename).parents}]
    return (
        f" ({Path(steps[-1].filename).name}, line {steps[-1].lineno}, in {steps[-1].name})" if steps else ""
    )


def is_answer(connector: Connector, request: Request, response: Response) -> bool:
    """Whether the connector takes this for an answer."""
    return connector.verdict(request, response) is Verdict.ANSWER


def once(number: int, act: Callable[[], object]) -> Meddle:
    """Do something once, before the request with this number."""

    def meddle(at: int, request: Request) -> None:
        if at == number:
            act()

    return meddle


def once_asked(key: str, act: Callable[[], object]) -> Meddle:
    """Do something once, before the first request with this key: in which place it comes, threads decide."""
    left = [key]

    def meddle(_at: int, request: Request) -> None:
        if request.key in left:
            left.clear()
            act()

    return meddle


@contextmanager
def _private(folder: Path) -> Iterator[None]:
    """Keep sign-ins of rehearsals away from those of the person."""
    before = os.environ.get(STATE)
    os.environ[STATE] = str(folder)
    try:
        yield
    finally:
        os.environ.pop(STATE)
        if before is not None:
            os.environ[STATE] = before
