"""What happened to records, and how deals are linked (Megaplan reference, §8.2, §8.7, §8.8)."""

from collections.abc import Iterator
from functools import cached_property

from crmexport_megaplan.sandbox.kinds import Kind
from crmexport_megaplan.sandbox.people import Employees
from crmexport_megaplan.sandbox.programs import state_id
from crmexport_megaplan.sandbox.values import Body, link, moment

PARENTS = ("Deal", "ContractorCompany", "ContractorHuman", "Task", "Project")
NEIGHBOURS = 9  # of nine deals the first two are linked with each other
RELATED = ("Deal", "Task")
MOST_RELATIONS, PREVIEW = 7, 5
WITH_TASK = 11  # every eleventh deal is linked with a task


class Changesets(Kind):
    """Changeset: one for every record that has a history, and a second one for every tenth."""

    content_type = "Changeset"
    stream = "history"
    first_id = 900_001
    listed = frozenset({"type", "timeCreated", "author", "entity", "changes", "changesCount"})

    @property
    def count(self) -> int:
        """Twice as many as there are records, though not every record has two."""
        return 2 * self._firsts

    @cached_property
    def _firsts(self) -> int:
        return sum(self.world.counts[kind] for kind in PARENTS)

    def created(self, index: int) -> int:
        """A minute after its record, or two."""
        kind, place = self.owner(index)
        return self.world.kinds[kind].created(place) + (60 if index < self._firsts else 120)

    def rows(self, kind: str, index: int) -> list[int]:
        """The changesets of a record, the oldest first."""
        before = PARENTS[: PARENTS.index(kind)]
        first = sum(self.world.counts[other] for other in before) + index
        return [first, first + self._firsts] if index % 10 == 0 else [first]

    def owner(self, index: int) -> tuple[str, int]:
        """Whose it is."""
        index %= self._firsts
        for kind in PARENTS:
            if index < self.world.counts[kind]:
                return kind, index
            index -= self.world.counts[kind]
        raise IndexError(index)

    def body(self, index: int) -> Body:
        """The whole of it. Its changes have no ids."""
        kind, place = self.owner(index)
        changes = [_change("name", None, "…"), *self._handed_over(kind, index)]
        return {
            "contentType": "Changeset",
            "id": self.id(index),
            "type": "create" if index < self._firsts else "edit",
            "timeCreated": moment(self.created(index)),
            "author": self.world.pick("Employee", index, Employees.first_id),
            "entity": link(kind, self.world.kinds[kind].id(place)),
            "changes": changes,
            "changesCount": len(changes),
        }

    def _handed_over(self, kind: str, index: int) -> Iterator[Body]:
        """Every third deal and task has gone from one employee to another."""
        field = {"Deal": "manager", "Task": "responsible"}.get(kind)
        if field and index % 3 == 0:
            before, after = (
                self.world.pick("Employee", number, Employees.first_id) for number in (index + 1, index)
            )
            yield _change(field, before, after)


def _change(field: str, before: Body | None, after: Body | str) -> Body:
    return {"contentType": "FieldChange", "field": field, "oldValue": before, "newValue": after}


class StatusHistories(Kind):
    """DealStatusHistory: one for every deal."""

    content_type = "DealStatusHistory"
    stream = "statusHistory"
    first_id = 1

    @property
    def count(self) -> int:
        """As many as deals."""
        return self.world.counts["Deal"]

    def created(self, index: int) -> int:
        """With its deal."""
        return self.world.kinds["Deal"].created(index)

    listed = frozenset(
        {"fromStatus", "toStatus", "fromStatusUpdated", "toStatusUpdated", "fromStatusUser", "toStatusUser"}
    )

    def body(self, index: int) -> Body:
        """The whole of it."""
        user = self.world.pick("Employee", index, Employees.first_id)
        program = link("ProgramState", state_id(0, 1))
        return {
            "contentType": "DealStatusHistory",
            "id": self.id(index),
            "fromStatus": link("ProgramState", state_id(0, 0)),
            "toStatus": program,
            "fromStatusUpdated": moment(self.created(index)),
            "toStatusUpdated": moment(self.created(index) + 600),
            "fromStatusUser": user,
            "toStatusUser": user,
        }


class RelationLinks(Kind):
    """RelationLink: a few deals and tasks have one, and one deal has more than its card shows."""

    content_type = "RelationLink"
    stream = "relationLink"
    first_id = 300_001
    listed = frozenset({"relationType", "placeholder", "representation", "origin", "target", "subject"})

    @property
    def count(self) -> int:
        """So many places for them there are."""
        return MOST_RELATIONS * sum(self.world.counts[kind] for kind in RELATED)

    def created(self, index: int) -> int:
        """All at the beginning."""
        return index

    def of(self, kind: str, index: int) -> list[int]:
        """Those of a record."""
        if kind not in RELATED or index % 25 != 3:
            return []
        owner = index + (self.world.counts[RELATED[0]] if kind == RELATED[1] else 0)
        number = MOST_RELATIONS if (kind, index) == (RELATED[0], 3) else 1
        return [owner * MOST_RELATIONS + place for place in range(number)]

    def hung(self, kind: str, index: int) -> Body:
        """The array of a record, with its counter."""
        found = self.of(kind, index)
        return {
            "relationLinks": [self.body(one) for one in found[:PREVIEW]],
            "relationLinksCount": len(found),
        }

    def body(self, index: int) -> Body:
        """The whole of it: an address elsewhere, or another deal."""
        owner, place = divmod(index, MOST_RELATIONS)
        deals = self.world.counts[RELATED[0]]
        kind, of = (RELATED[0], owner) if owner < deals else (RELATED[1], owner - deals)
        address = f"https://partner.example.test/{place}" if place % 2 == 0 else None
        return {
            "contentType": "RelationLink",
            "id": self.id(index),
            "relationType": "url" if address else "deal",
            "placeholder": address or "",
            "representation": f'<a href="{address}" target="_blank">Страница {place}; партнёр</a>'
            if address
            else "",
            "subject": link(kind, self.world.kinds[kind].id(of)),
            "origin": address,
            "target": None if address else link("Deal", self.world.kinds["Deal"].id(0)),
        }


def linked_deals(index: int, deals: int) -> list[int]:
    """The deals that a deal is linked with."""
    place = index % NEIGHBOURS
    other = {0: index + 1, 1: index - 1}.get(place)
    return [] if other is None or other >= deals else [other]


def linked_tasks(index: int, tasks: int) -> list[int]:
    """The tasks that a deal is linked with."""
    return [index] if index % WITH_TASK == 0 and index < tasks else []
