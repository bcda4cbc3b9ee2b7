"""The loop of one pass: launch, land, read, keep; then what is linked but not held, or held but not seen; until quiet."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager

from crmexport.archive import Archive
from crmexport.archive.answers import Answers
from crmexport.archive.frontier import Frontier, State, Waiting
from crmexport.archive.given import Family, GivenLists
from crmexport.archive.journal import Kind, Pass
from crmexport.pull.addresses import Addresses
from crmexport.pull.beginning import Beginning
from crmexport.pull.cards import cards, led_on
from crmexport.pull.circles import read_on
from crmexport.pull.closing import Closing
from crmexport.pull.families import Families, whole_lists
from crmexport.pull.fetching import Fetching
from crmexport.pull.flights import Flight, Flights
from crmexport.pull.missing import STATES, gap_of, subject_of
from crmexport.pull.unwrapping import unwrapped
from crmexport.pull.waits import WAITS, next_try
from crmexport.pull.watching import Watching
from crmexport.source import Connector, Gap, GapKind, Key, Reading, Request, Response
from crmexport.source.contract import single_answers
from crmexport.text import _
from crmexport.transport.clock import Clock
from crmexport.transport.coats import Coats
from crmexport.transport.endings import ENOUGH, ended, sign_in_expired, sign_in_refused
from crmexport.transport.failures import (
    AgainError,
    DownError,
    ExpiredError,
    FailureError,
    FaultyError,
    NotReadOnlyError,
    RefusedError,
)
from crmexport.transport.incoming import FileResponse
from crmexport.transport.judge import failure_of, unreadable
from crmexport.transport.linked import LINK

OUTAGE = 5


class Engine:
    """One run of one pass. The thread that calls `run` is the only one that reads and stores."""

    def __init__(
        self,
        pass_: Pass,
        connector: Connector,
        archive: Archive,
        frontier: Frontier,
        answers: Answers,
        coats: Coats,
        clock: Clock,
        watching: Watching,
        beginning: Beginning,
        *,
        believe: bool,
        rereads: bool,
        is_whole: bool,
    ) -> None:
        """`believe` in deletions, however many there are. `rereads`: look again at what no list shows, and at the bytes of files held.

        `is_whole`: ask for what hangs under every record shown, not only under those that are new or different.
        """
        self._connector = connector
        self._archive = archive
        self._frontier = frontier
        self._answers = answers
        self._coats = coats
        self._clock = clock
        self._watching = watching
        self._beginning = beginning
        self._closing = Closing(
            pass_,
            connector,
            archive.database,
            frontier,
            answers,
            self._tell,
            lambda: self._answered,
            lambda: self.given,
            believe=believe,
            rereads=rereads,
        )
        self._addresses = Addresses(connector, frontier, answers)
        self._lists = GivenLists(archive.database)
        self.families = Families(
            is_held=answers.held.any_under,
            was_absent=lambda *family: bool(answers.not_given([family])),
            ever_gave=self._lists.has,
        )
        self._flights = Flights(connector, frontier, coats, self.families)
        self._fetching = Fetching(archive.content, frontier, self._flights.on_their_way, looks=rereads)
        self._believe = believe
        self._is_whole = is_whole
        self._is_late = pass_.kind is not Kind.EVERYTHING
        self._expired: list[str] = []
        self._answered = False
        self._failures = 0

    @property
    def given(self) -> dict[Family, bool]:
        """The families of requests of which anything was answered, and whether they hang under records. Lists, in whatever run."""
        return {**dict.fromkeys(self._lists.known, False), **self.families.given}

    def run(self) -> None:
        """Ask until nothing waits and nothing linked is missing. Stops between two transactions, whatever interrupts it."""
        try:
            while self._step() or self._closing.ask():
                self._watching.tick(lambda: self._frontier.left(self._flights.batches.size))
        finally:
            self._flights.stop()

    def _step(self) -> bool:
        """Launch and land once; False when there is nothing more to ask for now or later."""
        now = self._clock.time()
        for vain in self._flights.launch(now):
            self._in_vain(vain)
        if not len(self._flights):
            return self._idle()
        if self._flights.are_files:
            self._closing.ask_before_files(now)
        for flight, future in self._flights.land(patience=1.0):
            self._take(flight, future)
            self._flights.forget(flight)
        return True

    def _in_vain(self, waiting: list[Waiting]) -> None:
        """Nothing of their family is ever given: the gap that says so stands for these too."""
        with self._archive.database.transaction():
            for one in waiting:
                self._frontier.set_aside(one.id, STATES[self.families.fate(one.request) or GapKind.REFUSED])

    def _idle(self) -> bool:
        """Only deferred requests are left: wait for the first of them.

        None was deferred for longer than the longest wait: what seems so was deferred by a clock that ran ahead and was set back.
        """
        until = self._frontier.next_time()
        if until is None:
            return False
        latest = self._clock.time() + WAITS[-1]
        if until > latest:
            with self._archive.database.transaction():
                self._frontier.bring_forward(latest)
        wait = min(until, latest) - self._clock.time()
        if wait > 0:  # else its time has come since the line was looked at
            self._watching.waiting(wait)
            self._clock.sleep(wait)
        return True

    def _take(self, flight: Flight, future: Future[Response]) -> None:
        try:
            response = future.result()
        except (DownError, NotReadOnlyError) as end:
            raise ended(self._connector.account.url, end) from end
        except FailureError as failure:
            self._failed(flight, failure)
            return
        self._expired, self._answered, self._failures = [], True, 0
        try:
            if isinstance(response, FileResponse):
                self._keep_file(flight, unwrapped(flight.request, response))
            elif LINK in flight.request.context:
                raise ValueError(_("the answer does not tell where the file lies"))
            else:
                self._keep(flight, response)
        except (ValueError, OverflowError) as broken:  # the latter: a number beyond what a database holds
            self._answers.undone()
            self._failed(flight, unreadable(broken))
        else:
            self._flights.batches.taken(len(flight.waiting))

    @contextmanager
    def _counting(self) -> Iterator[None]:
        """The transaction of what came of a request; it also notes how many were sent."""
        with self._archive.database.transaction():
            self._answers.sent(self._coats.ledger.sent)
            yield

    def _keep(self, flight: Flight, response: Response) -> None:
        """Read an answer and keep it with all it taught, in one transaction."""
        readings, failed = self._read(flight, response)
        with self._counting():
            known = {one.id: one.request for one in flight.waiting}
            readings = _cards_last(known, readings)
            astray = [led_on(self._connector, known[id], reading) for id, reading in readings.items()]
            asked = list(known.values())
            by_card = {one.subject for one in asked if one.subject and not one.listed}
            named = {one.subject for one in asked if one.subject}
            changed = self._answers.keep(flight.request, response, list(readings.values()), by_card, named)
            self._follow(list(readings.values()), changed)
            self._beginning.answered()
            self._frontier.answered(one for one in flight.waiting if one.id in readings)
            gave = (known[id] for id, reading in readings.items() if reading.records or reading.files)
            self._lists.note(whole_lists(gave))
            for gap in filter(None, astray):
                self._tell(gap)
            for gap in self._addresses.look((known[id], reading) for id, reading in readings.items()):
                self._tell(gap)
            for waiting, failure in failed:
                self._set_aside(waiting, failure, alone=False, own=True)

    def _read(
        self, flight: Flight, response: Response
    ) -> tuple[dict[int, Reading], list[tuple[Waiting, FailureError]]]:
        """What each single answer teaches, by the number of its request, and which of a batch failed."""
        known = {one.request.key: one for one in flight.waiting}
        readings: dict[int, Reading] = {}
        failed: list[tuple[Waiting, FailureError]] = []
        for request, answer in single_answers(self._connector, flight.request, response):
            waiting = known.pop(request.key, None)
            if waiting is None:
                raise ValueError(_("the batch gives an answer to what was not in it"))
            failure = (
                failure_of(self._connector, request, answer, self._clock.time()) if flight.is_batch else None
            )
            if failure is None:
                reading = self._reading(waiting, request, answer, is_batch=flight.is_batch)
                failure = self._missed(reading)
            if failure is None:
                readings[waiting.id] = reading
            else:
                failed.append((waiting, failure))
        missing = AgainError(_("the source left this one out of a batch"))
        return readings, failed + [(waiting, missing) for waiting in known.values()]

    def _reading(self, waiting: Waiting, request: Request, answer: Response, *, is_batch: bool) -> Reading:
        """What one answer teaches."""
        self.families.answered(request)
        reading = read_on(self._connector, request.replace(late=self._is_late), answer)
        if waiting.request.owed:
            reading = reading.owed(waiting.request.owed)
        if is_batch:  # which may hold thousands of records
            reading = reading.emptied(answer.offset)
        return reading

    def _missed(self, reading: Reading) -> FailureError | None:
        """Where the source does not know what is held of it: it did, and may know it again, with what was changed meanwhile."""
        missed = [words for stream, words in reading.absent.items() if self._answers.held.any_of(stream)]
        return RefusedError(missed[0]) if missed and not self._believe else None

    def _follow(self, readings: list[Reading], changed: set[Key]) -> None:
        """Put what the answers asked for in line; files whose bytes are held are not fetched again."""
        requests = [request for reading in readings for request in reading.requests]
        under = [one for reading in readings for one in reading.under]
        looked_at = changed | self._owed(under)
        requests += [request for record, request in under if self._is_whole or record in looked_at]
        again = [request for record, request in under if record in self._answers.replaced]
        self._frontier.renew(again)
        requests = self._with_shown(readings, requests)
        files = {file.id: file for reading in readings for file in reading.files}
        known = self._answers.files
        self._fetching.ask_anew([files[id].request for id in sorted(known.others)])
        self._frontier.add([*requests, *(self._fetching.wanted(files, known.held) if files else ())])

    def _owed(self, under: Iterable[tuple[Key, Request]]) -> set[Key]:
        """The records under which a whole pass would have looked that did not get the answer which shows them."""
        owed = {record: request.owed for record, request in under if request.owed}
        return self._answers.held.held_after(owed) if owed else set()

    def _with_shown(self, readings: list[Reading], requests: list[Request]) -> list[Request]:
        """These, and the cards of what lists show and is not held so. What has a card asked for already needs no other."""
        present = {key for reading in readings for key in reading.present}
        if not present:
            return requests
        glimpses = {key: seen for reading in readings for key, seen in reading.glimpses.items()}
        held = self._answers.held
        told = [one.replace(listed=True) if _is_card_of(one, present) else one for one in requests]
        own = {one.subject for one in told if one.listed}
        shown = sorted((held.lacking(present) | held.outdated(glimpses)) - own)
        return told + [card.replace(listed=True) for card in cards(self._connector, shown)]

    def _keep_file(self, flight: Flight, response: FileResponse) -> None:
        (waiting,) = flight.waiting
        if self._fetching.was_replaced(flight.request):
            self._failed(flight, AgainError(_("the file was replaced while its bytes came")))
            return
        told = waiting.request.context.get("size")
        wrong = told is not None and told != response.size
        if wrong and waiting.attempts + 1 < len(WAITS):
            reason = _("the source describes {told} bytes, but sends {sent}").format(
                told=told, sent=response.size
            )
            self._failed(flight, FaultyError(reason))
            return
        id = subject_of(waiting.request)[1]
        self._archive.content.take(response.path, response.sha256)
        with self._counting():
            self._answers.file_held(id, response.sha256, response.size)
            self._beginning.answered()
            if wrong:
                self._frontier.set_aside(waiting.id, State.REFUSED)  # the next pull asks again
                words = _("the source describes {told} bytes, but sends {sent}; what it sent is kept")
                reason = words.format(told=told, sent=response.size)
                self._tell(Gap(*subject_of(waiting.request), GapKind.REFUSED, reason))
            else:
                self._frontier.done([waiting.id])

    def _failed(self, flight: Flight, failure: FailureError) -> None:
        """No answer: ask again later, or set aside as a gap. A batch that is refused is taken apart."""
        self._failures += 1
        self._count_expired(flight, failure)
        refused = not isinstance(failure, AgainError)
        if flight.is_batch and (refused or any(one.attempts for one in flight.waiting)):
            self._flights.batches.refused(len(flight.waiting))
        with self._counting():
            for waiting in flight.waiting:
                if not (flight.is_batch and refused):
                    self._set_aside(waiting, failure, alone=not flight.is_batch, own=not flight.is_batch)

    def _count_expired(self, flight: Flight, failure: FailureError) -> None:
        """One route that shows a login page is a fault of the route; several in a row are a sign-in that holds no more."""
        if not isinstance(failure, ExpiredError):
            self._expired = []
            return
        self._expired.append(flight.request.key)
        routes = len(set(self._expired)) if self._answered else len(self._expired)
        if routes >= ENOUGH:
            refused = sign_in_expired if self._answered or self._archive.counts() else sign_in_refused
            raise refused(self._connector.account.url, failure) from failure

    def _set_aside(self, waiting: Waiting, failure: FailureError, *, alone: bool, own: bool) -> None:
        """Defer, or give up with a gap. Belongs into the caller's transaction.

        The failure is the request's `own`, or that of the batch it travelled in, which says nothing of its family.
        """
        is_alone = alone and not waiting.request.is_file  # where files lie there may be trouble of its own
        stays = isinstance(failure, FaultyError) and is_alone and self._failures < OUTAGE
        if self._fetching.comes_nearer(waiting.request):
            waiting.attempts = 0
        again = isinstance(failure, AgainError) and not stays and waiting.attempts < len(WAITS)
        whole = self.families.failed(waiting.request, failure, for_good=not again) if own else None
        if whole:
            self._take_together(self.families.given_up_before(waiting.request), whole)
            self._give_up(waiting, whole)
            return
        if again:
            wait, attempts = next_try(waiting, failure, has_answers=self._answered)
            self._frontier.defer(waiting.id, self._clock.time() + wait, attempts)
            return
        self._give_up(waiting, gap_of(waiting.request, failure))

    def _take_together(self, earlier: Collection[Request], whole: Gap) -> None:
        """What was given up of a family before the whole of it was is no gap of its own any more."""
        self._answers.forget_gaps(map(subject_of, earlier))
        self._frontier.set_again(earlier, STATES[whole.kind])

    def _give_up(self, waiting: Waiting, gap: Gap) -> None:
        """Ask no more, and say what is missing."""
        gone = {"gone": True} if gap.kind is GapKind.VANISHED and waiting.request.is_file else {}
        instead = [
            one
            for one in self._connector.instead(waiting.request)
            if gap.kind is GapKind.VANISHED or not one.context.get("if_gone")
        ]
        ways = [one.replace(owed=waiting.request.owed, context={**one.context, **gone}) for one in instead]
        if any(one.goes_on for one in ways):
            if gap.kind is not GapKind.BROKEN and self._frontier.read_on(waiting.id, ways):
                return
            ways = []
        gap = gap if ways else self._addresses.judged(waiting.request, gap)
        # A file that is fetched another way is not lost: if that fails as well, that request is.
        replaced = bool(ways) and waiting.request.is_file
        self._frontier.set_aside(waiting.id, State.DONE if replaced else STATES[gap.kind])
        is_asked = self._frontier.add(ways) > 0
        if not replaced:
            self._tell(gap)
        elif is_asked:  # else that way was asked in this pass before, and what it told is the last word
            self._answers.gap([gap])

    def _tell(self, gap: Gap) -> None:
        for noted in self._answers.gap([gap]):
            self._watching.gap(noted)


def _cards_last(asked: Mapping[int, Request], readings: Mapping[int, Reading]) -> dict[int, Reading]:
    """The readings of a batch in their order, but those of cards after the others: a list may show a record in part."""
    return dict(sorted(readings.items(), key=lambda one: _holds_subject(asked[one[0]], one[1])))


def _holds_subject(request: Request, reading: Reading) -> bool:
    return request.subject is not None and any(
        (row.stream, row.id) == request.subject for row in reading.records
    )


def _is_card_of(request: Request, keys: Collection[Key]) -> bool:
    """Whether one of these records is asked for, and not what stands under it."""
    subject = request.subject
    return subject is not None and subject in keys and request.stream == subject[0]
