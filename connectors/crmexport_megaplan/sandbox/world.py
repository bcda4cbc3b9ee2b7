"""The invented company as a Megaplan account: how many of everything, which ids, and what belongs to what.

All of it is arithmetic on indices (crmexport.sandbox.shares): nothing is held, everything is found in constant time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from crmexport.sandbox.company import Company
from crmexport.sandbox.shares import Shares
from crmexport_megaplan.sandbox.values import NOW, OPENED, Body, link

if TYPE_CHECKING:
    from crmexport_megaplan.sandbox.kinds import Kind

Owner = tuple[str, int]

COMMENT_PATTERN = (
    0,
    2,
    0,
    1,
    0,
    0,
    3,
    0,
    1,
    0,
    6,
    0,
    0,
    1,
    0,
    2,
    0,
    0,
    1,
    0,
    4,
    0,
    0,
    0,
    1,
    0,
    2,
    0,
    12,
    0,
    1,
)
TODO_PATTERN = (1, 0, 0, 3, 0, 0, 1, 0, 2, 0, 0, 0, 7)
FILE_PATTERN = (0, 1, 0, 3, 0, 1, 0)
PAYER_PATTERN = (1, 1, 0, 2, 1, 1, 0)
INVOICE_PATTERN = (0, 1, 0, 0, 2, 0, 1)

# Files by where they hang, in percent; ".custom" means in a custom field. Deals come first: file 0 and its hostile
# neighbours all hang on deal 0.
FILE_PLACES = (
    ("Deal", 34),
    ("Deal.custom", 14),
    ("ContractorCompany", 8),
    ("ContractorHuman", 5),
    ("Task", 12),
    ("Task.custom", 5),
    ("Project", 3),
    ("Todo", 3),
    ("Comment", 16),
)
# The last files hang where only one other place tells of them: at a version of a document, a call, a negotiation, a person's
# and a company's card, within a text; and the very last nowhere.
OF_DOC, OF_CALL, OF_TALKS, OF_FACE, OF_LOGO, OF_TEXT = range(6)
ORPHANS = 7
REMARKED = ("Offer", "Employee", "ClientChat")
REMARKS = 6  # the last comments stand at products, people and chats
CROWDED = 12  # the most files that deal 0 has before the others get any
CHATTY = 250  # the most comments that task 0 has: more than two pages


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many there are of what a person asks for; everything else follows from the first three, also `files` if not given."""

    cards: int
    tasks: int
    comments: int
    files: int | None = None


class Dealt:
    """Children dealt to owners of several kinds; the first `extra` children go to the very first owner besides."""

    def __init__(
        self, total: int, owners: Sequence[tuple[str, int]], pattern: Sequence[int], extra: int = 0
    ) -> None:
        self.total = total
        self._extra = min(extra, total)
        self._starts: dict[str, int] = {}
        self._kinds = [(kind, number) for kind, number in owners if number]
        offset = 0
        for kind, number in self._kinds:
            self._starts[kind] = offset
            offset += number
        # few owners: the pattern may give none of them anything
        reached = pattern if any(pattern[:offset]) else (1,)
        self._shares = Shares(total - self._extra, offset, reached)

    def of(self, kind: str, index: int) -> range:
        """The children of record `index` of `kind`: a range of child indices."""
        owner = self._starts[kind] + index
        start = 0 if owner == 0 else self._shares.start(owner) + self._extra
        return range(start, self._shares.start(owner + 1) + self._extra)

    def owner(self, child: int) -> Owner:
        """Whose `child` is: (kind, index)."""
        owner = self._shares.owner(child - self._extra) if child >= self._extra else 0
        for kind, number in self._kinds:
            if owner < number:
                return kind, owner
            owner -= number
        raise IndexError(child)


class CommentPlaces:
    """Comments by the record they stand under: dealt out, but for the last few, one for each of the first products, people and chats."""

    def __init__(self, total: int, owners: Sequence[tuple[str, int]]) -> None:
        remarks = REMARKS if total > 10 * REMARKS else 0
        self._first = total - remarks
        self._dealt = Dealt(self._first, owners, COMMENT_PATTERN, min(CHATTY, self._first // 4))
        self._remarks = range(self._first, total)

    def of(self, kind: str, index: int) -> range:
        """The comments of a record."""
        if kind not in REMARKED:
            return self._dealt.of(kind, index)
        place = self._first + index * len(REMARKED) + REMARKED.index(kind)
        return range(place, place + 1) if place in self._remarks else range(0)

    def owner(self, comment: int) -> Owner:
        """Whose `comment` is: (kind, index)."""
        if comment not in self._remarks:
            return self._dealt.owner(comment)
        index, place = divmod(comment - self._first, len(REMARKED))
        return REMARKED[place], index


class World(Company):
    """Counts, ids and belongings in the account. Kinds are named by Megaplan's contentType."""

    kinds: "dict[str, Kind]"
    first_ids: dict[str, int]

    def __init__(self, sizes: Sizes, seed: int = 1, *, shortens: bool = False) -> None:
        """`shortens`: some clients are shown in part only."""
        super().__init__(seed)
        self._shortens = shortens
        self.schemed: dict[int, int] = {}  # deals that went over to another scheme since
        # events finished, or begun again, and people who left, or came back, since
        self.turned: set[Owner] = set()
        self.sizes = sizes
        people = sizes.cards * 3 // 5
        rest = people % 12
        self.contractors = people
        self.counts = {
            "Employee": min(300, max(12, (sizes.cards + sizes.tasks) // 250)),
            "ContractorCompany": people // 12 * 7 + min(rest, 7),
            "ContractorHuman": people // 12 * 5 + max(0, rest - 7),
            "Deal": sizes.cards - people,
            "Task": sizes.tasks,
            "Project": max(1, -(-sizes.tasks // 30)),
            "Comment": sizes.comments,
            "Todo": max(24, (sizes.cards + sizes.tasks) // 5),
            "Payer": people * 2 // 3,
            "Invoice": (sizes.cards - people) // 4,
            "File": (sizes.files or max(27, (sizes.cards + sizes.tasks + sizes.comments) // 40)) + ORPHANS,
        }
        deals = self.counts["Deal"]
        self.counts |= {
            "Offer": max(7, sizes.cards // 40),
            "Warehouse": 2,
            "Consignment": sizes.cards // 100,
            "ConsignmentRow": sizes.cards // 100 * 2,
            "FinOperation": -(-deals // 5) + -(-sizes.tasks // 50) + 2,
        }
        self.counts["Department"] = 4 + self.counts["Employee"] // 25

    def created(self, kind: str, index: int) -> int:
        """When record `index` was created: rising with the index, two by two at the same second."""
        return OPENED + (index & ~1) * (NOW - OPENED - 86_400) // self.counts[kind]

    def pick(self, kind: str, drawn: int, id: int) -> Body:
        """A link to the record of `kind` that a draw points to; `id` is the id of its first record."""
        return link(kind, str(id + drawn % self.counts[kind]))

    def orphan(self, place: int) -> Body:
        """One of the last files, by where it hangs."""
        return link("File", str(self.first_ids["File"] + self.counts["File"] - ORPHANS + place))

    @property
    def picture(self) -> int:
        """The file that a text shows and nothing else tells of."""
        return self.counts["File"] - ORPHANS + OF_TEXT

    def sees_all(self, index: int) -> bool:
        """Whether the reader's rights show the whole of contractor `index`; else a shortened record comes, without counters."""
        return not self._shortens or index % 11 != 9

    def is_there(self, kind: str, index: int) -> bool:
        """Whether nobody has removed the record."""
        raise NotImplementedError

    def links(self, index: int) -> dict[str, list[int]]:
        """The deals and tasks that a deal is linked with, by kind."""
        raise NotImplementedError

    def operations(self, kind: str, index: int) -> Body:
        """The financial operations that hang on a deal or a task, as an array with its counter."""
        raise NotImplementedError

    def related(self, kind: str, index: int) -> Body:
        """The relation links of a record, as an array with its counter."""
        raise NotImplementedError

    def hidden_comments(self, kind: str, index: int) -> list[int]:
        """The comments of a record that not everybody is shown: the last one of some deals, all of some tasks."""
        if kind == "Task" and index % 13 == 2:
            return self.comments_of(kind, index)
        if kind != "Deal" or index % 7 != 3:
            return []
        found = self.comments_of(kind, index)
        return found[-1:] if len(found) > 1 else []

    def _owners(self, *kinds: str) -> list[tuple[str, int]]:
        return [(kind, self.counts[kind]) for kind in kinds]

    @cached_property
    def comments(self) -> CommentPlaces:
        """Comments by the record they stand under."""
        owners = self._owners("Task", "Deal", "ContractorCompany", "ContractorHuman", "Project", "Todo")
        return CommentPlaces(self.counts["Comment"], owners)

    def comments_of(self, kind: str, index: int) -> list[int]:
        """The comments of a record, without those that somebody has removed."""
        return [one for one in self.comments.of(kind, index) if self.is_there("Comment", one)]

    @cached_property
    def todos(self) -> Dealt:
        """Todos that belong to a record: seven of eight (see `todo_place`)."""
        owners = self._owners("Deal", "ContractorCompany", "ContractorHuman", "Task", "Project")
        return Dealt(self.counts["Todo"] - self.counts["Todo"] // 8, owners, TODO_PATTERN)

    def todo_indices(self, kind: str, index: int) -> list[int]:
        """The todos of a record. Every eighth todo (7, 15 …) belongs to nobody."""
        return [bound + bound // 7 for bound in self.todos.of(kind, index)]

    def todo_owner(self, todo: int) -> Owner | None:
        """Whose `todo` is, or None."""
        return None if todo % 8 == 7 else self.todos.owner(todo - todo // 8)

    @cached_property
    def payers(self) -> Dealt:
        """Payers by contractor."""
        return Dealt(
            self.counts["Payer"], self._owners("ContractorCompany", "ContractorHuman"), PAYER_PATTERN
        )

    @cached_property
    def invoices(self) -> Dealt:
        """Invoices by deal."""
        return Dealt(self.counts["Invoice"], self._owners("Deal"), INVOICE_PATTERN)

    @cached_property
    def files(self) -> "Files":
        """Files by where they hang."""
        return Files(self.counts)


class Files:
    """Which file hangs where: each place has its own run of file indices."""

    def __init__(self, counts: dict[str, int]) -> None:
        total = counts["File"] - ORPHANS
        self._runs: dict[str, tuple[int, Dealt]] = {}
        left, start = total, 0
        for place, percent in reversed(FILE_PLACES):
            owners = counts[place.partition(".")[0]]
            number = (
                0 if not owners else left if place == "Deal" else min(left, max(1, total * percent // 100))
            )
            extra = CROWDED if place == "Deal" else 0
            self._runs[place] = (number, Dealt(number, [(place, owners)], FILE_PATTERN, extra))
            left -= number
        for place, _ in FILE_PLACES:
            number, dealt = self._runs[place]
            self._runs[place] = (start, dealt)
            start += number

    def of(self, place: str, index: int) -> range:
        """The files at `place` of record `index`."""
        start, dealt = self._runs[place]
        if not dealt.total:
            return range(0)
        own = dealt.of(place, index)
        return range(own.start + start, own.stop + start)

    def owner(self, file: int) -> Owner | None:
        """The place and the record where `file` hangs; None for the last few."""
        for place, _ in FILE_PLACES:
            start, dealt = self._runs[place]
            if file < start + dealt.total:
                return dealt.owner(file - start)
        return None
