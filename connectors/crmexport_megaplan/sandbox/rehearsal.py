"""Megaplan's sandbox as the conformance kit plays it: a small account, small pages, and every reading nobody is sure of."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from crmexport.sandbox.exchange import Answer, Asked
from crmexport.sandbox.rehearsal import ABSENT, Fact, Habit, Rehearsal, Topic, Unlike
from crmexport.source import Credentials, Key, Request, Verdict
from crmexport_megaplan.sandbox import faults
from crmexport_megaplan.sandbox.behaviour import Behaviour
from crmexport_megaplan.sandbox.sandbox import MegaplanSandbox

SMALL_PAGES: dict[str, Any] = {"page_cap": 10, "comments_page_cap": 10}

# What the connector does not ask for, on purpose: how a record looks to the reader who asks, what that reader may do with
# it, and copies of what is pulled elsewhere.
NOT_ASKED = frozenset(
    [
        "isFavorite",
        "isUnread",
        "unreadCommentsCount",
        "possibleActions",
        "possibleTransitions",
        "possibleTriggers",
        "visibleFields",
        "editableFields",
        "textDescription",
        "textStatement",
        "shortDescription",
        "comments",
        "lastComment",
        "tasks",
        "tasksCount",
        "subProjects",
        "subProjectsCount",
    ]
)

HABITS: dict[str, tuple[Topic, str, Mapping[str, Any]]] = {
    "inclusive cursor": (
        Topic.CURSOR,
        "a page begins with the row of its cursor",
        {"page_after_inclusive": True},
    ),
    "one row a page": (Topic.CAPS, "pages hold three rows", {"page_cap": 3, "comments_page_cap": 3}),
    "large pages": (Topic.CAPS, "pages hold a hundred rows", {"page_cap": 100, "comments_page_cap": 100}),
    "count of the page": (Topic.COUNTS, "the count is that of the page", {"count_is": "page"}),
    "no count": (Topic.COUNTS, "there is no count", {"count_is": "absent"}),
    "no flag": (Topic.FLAGS, "nothing says whether more follows", {"has_more_flag": False}),
    "no order by id": (Topic.ORDER, "sorting by id is refused", {"sort_by_id": False}),
    "hidden": (
        Topic.HIDDEN,
        "lists hide who has left and what is closed",
        {
            "employee_list_hides_fired": True,
            "contractor_list_hides_dropped": True,
            "deal_list_hides_inactive_programs": True,
            "project_list_hides_closed": True,
            "todo_list_hides_finished": True,
        },
    ),
    "extra fields by card": (
        Topic.HIDDEN,
        "lists know no extra field by its name",
        {"customs_listed": False},
    ),
    "included": (Topic.SHAPE, "linked objects stand beside the rows", {"included": "always"}),
    "spaced": (Topic.SHAPE, "JSON comes with spaces", {"json_form": "spaced"}),
    "escaped": (Topic.SHAPE, "JSON comes with escaped letters", {"json_form": "escaped"}),
    "no bulk": (Topic.BATCHES, "there are no bulk requests", {"bulk": "off"}),
    "small bulk": (Topic.BATCHES, "bulk requests hold seven calls", {"bulk_max": 7}),
    "tokens die": (Topic.TOKENS, "tokens die after nine requests", {"token_requests": 9}),
    "tokens die inside": (
        Topic.TOKENS,
        "tokens die after nine requests, told within an answer of status 200",
        {"token_requests": 9, "expiry": "meta", "error_data": "null"},
    ),
    "redirected files": (Topic.FILES, "files come by a redirect", {"file_redirect": True}),
}


class InventedCompany(Rehearsal):
    """What the rehearsals of both APIs have in common: the company whose sandbox is `box`."""

    box: MegaplanSandbox

    @property
    def _password(self) -> Credentials:
        return Credentials(login=self.box.login, password=self.box.password)

    def other_credentials(self) -> Credentials | None:
        """Login and password."""
        return self._password

    def _fact(self, line: Mapping[str, Any], body: Mapping[str, Any]) -> Fact:
        """A line of the truth as a fact."""
        parent = line.get("parent")
        told = (str(parent[0]), str(parent[1])) if parent else None
        return Fact(line["stream"], line["id"], body, told, line.get("sha256"), line.get("size"))


class MegaplanRehearsal(InventedCompany):
    """Forty cards, forty tasks, eighty comments, in pages of ten."""

    habits: ClassVar[Mapping[str, Habit]] = {
        name: Habit(topic, words) for name, (topic, words, _set) in HABITS.items()
    }
    lasting: ClassVar[frozenset[str]] = frozenset(
        {"history", "statusHistory", "docVersion", "negotiationItem"}
    )

    def __init__(self, habit: str | None = None) -> None:
        """The account; `habit` is a name in `habits`."""
        super().__init__(habit)
        switches = HABITS[habit][2] if habit else {}
        self.box = MegaplanSandbox(40, 40, 80, behaviour=Behaviour(**{**SMALL_PAGES, **switches}))
        self._given: set[str] = set()

    @property
    def credentials(self) -> Credentials:
        """The application token; login and password where tokens are to die."""
        is_mortal = self.box.behaviour.token_requests is not None
        return self._password if is_mortal else Credentials(token=self.box.token)

    def answer(self, asked: Asked) -> Answer:
        """As the site answers."""
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        self._given.update({token} if scheme and token else ())
        return self.box.site(asked)

    def secrets(self) -> Iterable[str]:
        """The tokens that were used so far."""
        return set(self._given)

    def truth(self) -> Iterator[Fact]:
        """Every record and file."""
        yield from (self._fact(line, line["body"]) for line in self.box.truth())

    def expire(self) -> bool:
        """Let the access tokens die."""
        had = self.box.tokens.issued > 0
        self.box.tokens.expire_all()
        return had

    def change(self) -> set[Key]:
        """Rename one record of each of these kinds."""
        streams = ("contractorCompany", "contractorHuman", "deal", "task", "project", "todo", "invoice")
        keys = {(stream, self._ids(stream)[1]) for stream in streams}
        for stream, id in keys:
            self.box.edits.change(stream, id, name=f"Переименовано: {stream} {id}")
        return keys

    def remove(self) -> set[Key]:
        """Delete a contact, a task and a todo."""
        keys = {(stream, self._ids(stream)[5]) for stream in ("contractorHuman", "task", "todo")}
        for stream, id in keys:
            self.box.edits.remove(stream, id)
        return keys

    def restore(self, gone: set[Key]) -> None:
        """Bring them back, as changed just now."""
        for stream, id in gone:
            self.box.edits.restore(stream, id)
            self.box.edits.change(stream, id)

    def writes(self) -> Iterator[Request]:
        """Creating, acting, deleting, and a bulk request that hides a write (Megaplan reference, §10, §13)."""
        yield Request("deal", "/api/v3/deal", "POST", body='{"contentType":"Deal","name":"x"}')
        yield Request("task", "/api/v3/task/1/doAction", "POST", body='{"action":"act_done"}')
        yield Request(
            "comment", "/api/v3/task/1/comments", "POST", body='{"contentType":"Comment","content":"x"}'
        )
        yield Request("file", "/api/file", "POST", body="x")
        call = '{"contentType":"ApiCall","method":"%s","url":"/api/v3/deal/1","body":""}'
        for method in ("POST", "DELETE"):
            body = '{"contentType":"BulkApiCall","calls":[%s]}' % (call % method)
            yield Request("deal", "/api/v3/bulk", "POST", body=body)

    def failures(self) -> Iterator[tuple[str, Answer, frozenset[Verdict]]]:
        """Errors told in `meta` alone (Megaplan reference, §3, §11)."""
        told = {
            401: {Verdict.EXPIRED},
            403: {Verdict.REFUSED},
            404: {Verdict.VANISHED},
            429: {Verdict.THROTTLED},
            500: {Verdict.FAULTY, Verdict.TRANSIENT},
        }
        for status, right in told.items():
            fault = faults.told(status, "told inside", http=200)
            assert fault.instead is not None  # noqa: S101 - it is an answer of its own
            yield f"status {status} within an answer", fault.instead(), frozenset(right)

    def compare(self, stream: str, held: Any, true: Any) -> Iterator[Unlike]:
        """Links by what they point to: how much of the other record came along is the answer's business."""
        return _unlike(held, true, "")

    def _ids(self, stream: str) -> list[str]:
        return [line["id"] for line in self.box.truth() if line["stream"] == stream]


def _unlike(held: Any, true: Any, place: str) -> Iterator[Unlike]:
    if isinstance(held, dict) and isinstance(true, dict):
        for key in true:
            if key in held or place or key not in NOT_ASKED:
                yield from _unlike(held.get(key, ABSENT), true[key], f"{place}.{key}")
    elif isinstance(held, list) and isinstance(true, list) and len(held) == len(true):
        for index, (one, other) in enumerate(zip(held, true, strict=True)):
            yield from _unlike(one, other, f"{place}[{index}]")
    elif type(held) is not type(true) or held != true:
        yield Unlike(place, held, true)
