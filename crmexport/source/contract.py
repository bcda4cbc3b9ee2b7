"""What a connector must be able to do: five questions it answers without any I/O."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, ParamSpec, TypeVar

from crmexport.source.account import Account, SignIn
from crmexport.source.exchange import Request, Response, Verdict
from crmexport.source.options import Options
from crmexport.source.reading import Reading, Row
from crmexport.source.standing import Standing
from crmexport.text import _

FILES = "file"
"""The stream under whose name files stand, in archives and in mappings: they come as `FileRef`, not as rows."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One kind of object as the source names it. `title` is marked for translation; dictionaries explain other records.

    The records of a `nameless` stream have no ids of their own: they are known by what they say.
    """

    name: str
    title: str
    dictionary: bool = False
    nameless: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What the source permits: requests a second, requests an hour (None: not limited), calls in one bulk request.

    A limit a day, or of some routes only, has no place here: what is over it is answered by 429 and waited for, for up to a day.
    """

    per_second: float
    per_hour: int | None = None
    bulk_calls: int = 1
    page: int = 100


@dataclass(frozen=True, slots=True)
class ReadRule:
    """A request that only reads: its method, a pattern for its whole path without query, and a look into its body if need be."""

    method: str
    path: re.Pattern[str]
    body: Callable[[str], bool] | None = None

    def allows(self, request: Request) -> bool:
        """Whether `request` is one of these."""
        bare = request.path.partition("?")[0]
        if request.method != self.method or not self.path.fullmatch(bare):
            return False
        return self.body is None or self.body(request.body or "")


@dataclass(frozen=True, slots=True)
class NotGiven:
    """A class of things that may exist in an account, but that its API does not give, or that is left out on purpose.

    `title` and `reason` are marked for translation; the reason says what to do instead, if there is anything.
    """

    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class About:
    """The connector's card: documentation, command line and engine all read from here.

    - `reads`: the requests that only read. Nothing else is ever sent.
    - `swept`: those streams with cards whose every record `sweep` shows.
    - `relisted`: those streams with cards whose every record comes in each pull of changes, because the source cannot tell what changed.
    - `siblings`: the names of connectors for other APIs of the same system, among which `Connector.suited` chooses.
    - `apart`: the options that keep accounts at one address apart, such as the name of a database.
    - `not_given`: told in every report.
    - `revision`: raised with whatever makes a whole pull ask for more than before: a stream, a field, what hangs under a record. For
      records that do not change, pulls of changes would never bring that, so an archive that a lower revision filled is asked for
      everything once more.
    - `kind_members`: members whose text is the source's own word for a kind of object, and nobody's data (`contentType`). The outline
      of an archive tells no values but these.
    """

    name: str
    title: str
    streams: tuple[Stream, ...]
    limits: Limits
    reads: tuple[ReadRule, ...]
    options: type[Options] = Options
    swept: tuple[str, ...] = ()
    relisted: tuple[str, ...] = ()
    siblings: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    not_given: tuple[NotGiven, ...] = ()
    revision: int = 1
    kind_members: tuple[str, ...] = ()

    @property
    def titles(self) -> dict[str, str]:
        """What a person calls each stream, that of files too, in the language in use."""
        titles = {stream.name: _(stream.title) for stream in self.streams}
        return {**titles, FILES: titles.get(FILES, _("Files"))}


class Connector(ABC):
    """Knows one CRM: what to ask, how to read what came back. Keeps no state about the pull; does no I/O."""

    about: ClassVar[About]

    def __init__(self, account: Account) -> None:
        self.account = account
        self.options = self.about.options.read(account.options)

    @abstractmethod
    def sign_in(self) -> SignIn:
        """How credentials are obtained and renewed. Called once a run."""

    def probes(self) -> Sequence[Request]:
        """What to ask, before anybody signs in, to learn which API the account speaks; nothing where there is but one.

        Asked one after the other until `suited` can tell, once, when an archive is begun; the archive remembers the choice
        by the connector's name.
        """
        return ()

    def suited(self, answers: Sequence[Response]) -> str | None:
        """The name of the connector for this account: this one, or one of `about.siblings`, by the answers to `probes`.

        Called before the first probe, when it tells what a person has said, and after each; None asks for one more. Answers have
        any status below 500 but 429. Raises SourceError when there is no such system at all, ConfigurationError when what a person
        has said is not there.
        """
        return self.about.name

    def greetings(self) -> Sequence[Request]:
        """What to ask, once a pull, to learn who is signed in and until when the account is open; nothing where no route tells.

        Nothing hangs on the answers: what is refused stays unknown.
        """
        return ()

    def standing(self, answers: Sequence[tuple[Request, Response]]) -> Standing:
        """What the answers to `greetings` tell, of which some may be missing. Raises ValueError for what is no such answer."""
        return Standing()

    @abstractmethod
    def opening(self, since: datetime | None) -> Iterable[Request]:
        """The first requests for everything, or (`since`) for what changed since; in any order.

        A pull asks several times: for everything or the changes, then for what changed meanwhile. `since` reaches back by an hour
        already, so that clocks may differ and an index may lag; reach back further where the source's may by more.
        """

    @abstractmethod
    def rows(self, request: Request, response: Response) -> list[Row]:
        """The records in an answer whose verdict was ANSWER, and nothing else: bare links are filled in from the answer itself.

        Pure: mapping calls it again, years later, on what the archive holds. Spans are within `response.body`. Called
        for single answers only (a bulk answer is split first). Raises ValueError for a body that is not what was asked.
        """

    @abstractmethod
    def read(self, request: Request, response: Response) -> Reading:
        """Everything an answer teaches. Pure and repeat-safe. Raises ValueError for a body that is not what was asked.

        A refusal that can be mended (an unknown field named in the request) is an answer too: it gives the mended request.
        """

    @abstractmethod
    def card(self, stream: str, id: str) -> Request | None:
        """The request for one record by id (it was linked but not listed), or None where the source has no such route.

        It may lead to the record by several steps: where fields have to be asked for by name, ask for their names first, and let
        `read` give the request for the record. Mark such a first step in its path, that it is another question than that of the lists,
        and name the record as the subject of every step.

        An answer that holds another record (one that this was merged into) is not the card: `read` says of what was asked that it has
        vanished, as a gap. Where it neither gives the record nor says so, the record is told as missing.
        """

    def sweep(self) -> Iterable[Request]:
        """The first requests of a walk through the ids of all records, as cheap as may be: `Reading.present` in their answers.

        What moves no mark of change (counters of comments and links) may be shown by the way, as `Reading.glimpses`: where a
        held record says otherwise, it is asked for by card. Also gives the lists' totals anew. What is held of the streams
        `about.swept` and does not show up any more is then asked for by card: where the source says that it is gone, it is
        marked as deleted. Walked at the end of every whole pull, and once a week after a pull of changes: what moves no mark of change
        is missed until then, unless `opening` asks for it. Its questions are others than those of `opening`, by their keys: where what was
        lost of these is asked for once more, it must not stand for what this walks through.
        """
        return ()

    def spread(self, request: Request, places: Sequence[str]) -> Request:
        """A first request of `sweep`, so that what follows from its answer begins a long list behind the records `places` as well.

        To be overridden where each page of a list is known only by the one before it: such a list is what a sweep waits for at its end.
        `places` are ids of held records of the request's stream, in the order of the numbers they are, and whole pages apart. Any of
        them may be gone by now, or stand in another list: what stands between two places must be shown all the same.
        """
        return request

    def is_same(self, stream: str, before: Any, now: Any) -> bool:
        """Whether two decoded bodies of one record say the same, though their bytes differ.

        To be overridden where the same record looks different from answer to answer, or holds values that tick by themselves.
        """
        return bool(before == now)

    def own(self, request: Request, value: Mapping[str, Any]) -> Mapping[str, Any]:
        """What of a record's `value`, in an answer such as that to `request`, changes by an edit of this record alone.

        `verify` holds that against what is held. To be overridden where answers say more: names of linked records, or what the source works
        out at the moment of asking, and no mark of change tells of.
        """
        return value

    def missing_fields(self, stream: str, before: Any, now: Any) -> Iterable[str]:
        """The fields with a value that a record had `before` and has not `now`, though they were asked for.

        For a source that leaves out what whoever signs in may not see: where no record has a field any more, the report names it.
        """
        return ()

    def verdict(self, request: Request, response: Response) -> Verdict:
        """What to do next with this answer. Called on the network thread: look, do not decode.

        The default goes by the HTTP status (STATUS_VERDICTS; any other 4xx is a refusal); override it for a source that puts its
        failures elsewhere, or has statuses of its own. VANISHED is for what the source says is gone, never for what it refuses.
        Where the source answers data alone, a web page (`Response.is_page`) is not its word: see `of_page`.
        """
        return by_status(response.status)

    def instead(self, request: Request) -> Iterable[Request]:
        """What to ask when `request` was given up for good: another way to what hangs on it. Its own gap is noted anyway, but for
        a page that is refused: where others of its list that go on (`Request.goes_on`) are asked instead, nothing of it is lost yet.
        Nor is it of a file: its last way has the last word. Where one before found no such thing, `gone` stands in its context. What
        has `if_gone` in its context is asked only where `request` found no such thing; a later pull asks `request` itself again.
        """
        return ()

    def is_replaced(self, request: Request) -> bool:
        """Whether what `instead` gives brings all that `request` would have led to, so that nothing of it is owed (`Request.owed`)."""
        return any(self.instead(request))

    def combine(self, requests: Sequence[Request]) -> Request:
        """One bulk request for `requests` (each marked `bulk`; at most `limits.bulk_calls`). Its context must let `split` know them."""
        raise NotImplementedError(f"{self.about.name} has no bulk requests")

    def split(self, request: Request, response: Response) -> list[tuple[Request, Response]]:
        """The single requests of a bulk request with their answers, each `offset` telling where its body lies in the whole.

        What the whole answer tells of one of them elsewhere (its status, whether more follows) goes with it: as the status of its
        answer, or in the context of its request, which stays the same question. Many single answers come without the envelope
        that they have alone; such a mark in the context tells `rows` and `read` of it. See `place` in `crmexport.source.slices`.
        """
        raise NotImplementedError(f"{self.about.name} has no bulk requests")

    def is_bulk(self, request: Request) -> bool:
        """Whether `request` came from `combine`."""
        return False

    def source_url(self, stream: str, id: str) -> str | None:
        """Where a person sees this record in the source's own pages, if that can be told."""
        return None


STATUS_VERDICTS = {
    401: Verdict.EXPIRED,
    403: Verdict.REFUSED,
    404: Verdict.VANISHED,
    405: Verdict.REFUSED,
    408: Verdict.TRANSIENT,
    410: Verdict.VANISHED,
    422: Verdict.ANSWER,
    425: Verdict.TRANSIENT,
    429: Verdict.THROTTLED,
    500: Verdict.FAULTY,
    502: Verdict.TRANSIENT,
    503: Verdict.TRANSIENT,
    504: Verdict.TRANSIENT,
}


def by_status(status: int) -> Verdict:
    """The verdict that an HTTP status alone gives. A redirect is nobody's refusal: something stands before the API, for now."""
    if 200 <= status < 300:
        return Verdict.ANSWER
    return STATUS_VERDICTS.get(status, Verdict.REFUSED if 400 <= status < 500 else Verdict.TRANSIENT)


def of_page(status: int) -> Verdict:
    """The verdict on a web page where data were asked for: what it says, no API says of what was asked.

    It comes from a web server, a firewall or a source under repair, so neither a refusal nor a deletion is believed.
    """
    verdict = by_status(status)
    if verdict is Verdict.ANSWER:
        return Verdict.TRANSIENT
    return Verdict.FAULTY if verdict in (Verdict.REFUSED, Verdict.VANISHED) else verdict


_FAULTS = (TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
Told = ParamSpec("Told")
Understood = TypeVar("Understood")


def understood(how: Callable[Told, Understood], *told: Told.args, **more: Told.kwargs) -> Understood:
    """What a connector makes of an answer, by its `read`, `rows`, `verdict` … Raises ValueError for whatever else that raises.

    A connector that stumbles over one answer must end neither the pull nor an export: all the other answers are to be had.
    """
    try:
        return how(*told, **more)
    except _FAULTS as fault:
        raise ValueError(f"{type(fault).__name__}: {fault}") from fault


def single_answers(
    connector: Connector, request: Request, response: Response
) -> list[tuple[Request, Response]]:
    """The answer itself, or the answers within a bulk answer. Raises ValueError where it cannot be split."""
    if connector.is_bulk(request):
        return understood(connector.split, request, response)
    return [(request, response)]


def readings_in(connector: Connector, request: Request, response: Response) -> list[tuple[Request, Reading]]:
    """All that a stored answer, single or bulk, teaches: each single request with its reading, spans in the whole stored body."""
    return [
        (inner, understood(connector.read, inner, answer).shifted(answer.offset))
        for inner, answer in single_answers(connector, request, response)
        if understood(connector.verdict, inner, answer) is Verdict.ANSWER
    ]


def rows_in(connector: Connector, request: Request, response: Response) -> list[Row]:
    """All records in a stored answer, single or bulk, with spans in the whole stored body."""
    found: list[Row] = []
    for inner, answer in single_answers(connector, request, response):
        if understood(connector.verdict, inner, answer) is Verdict.ANSWER:
            found += [row.moved(answer.offset) for row in understood(connector.rows, inner, answer)]
    return found
