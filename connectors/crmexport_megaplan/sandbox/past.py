"""What happened to records, and how deals are linked (Megaplan reference, §8.2, §8.7, §8.8)."""

from collections.abc import Iterator

from crmexport_megaplan.sandbox.kinds import Kind
from crmexport_megaplan.sandbox.people import Employees
from crmexport_megaplan.sandbox.programs import state_id
from crmexport_megaplan.sandbox.values import Body, link, moment

PARENTS = ("Deal", "ContractorCompany", "ContractorHuman", "Task", "Project")
NEIGHBOURS = 9  # of nine deals the first two are linked with each other
WITH_TASK = 11  # every eleventh deal is linked with a task


class Changesets(Kind):
    """Changeset: one for every record that has a history."""

    content_type = "Changeset"
    stream = "history"
    first_id = 900_001
    listed = frozenset({"type", "timeCreated", "author", "entity", "changes"})

    @property
    def count(self) -> int:
        """As many as there are records."""
        return sum(self.world.counts[kind] for kind in PARENTS)

    def created(self, index: int) -> int:
        """A minute after its record."""
        kind, place = self.owner(index)
        return self.world.kinds[kind].created(place) + 60

    def of(self, kind: str, index: int) -> int:
        """The changeset of a record."""
        before = PARENTS[: PARENTS.index(kind)]
        return sum(self.world.counts[other] for other in before) + index

    def owner(self, index: int) -> tuple[str, int]:
        """Whose it is."""
        for kind in PARENTS:
            if index < self.world.counts[kind]:
                return kind, index
            index -= self.world.counts[kind]
        raise IndexError(index)

    def body(self, index: int) -> Body:
        """The whole of it. Its changes have no ids."""
        kind, place = self.owner(index)
        return {
            "contentType": "Changeset",
            "id": self.id(index),
            "type": "create",
            "timeCreated": moment(self.created(index)),
            "author": self.world.pick("Employee", index, Employees.first_id),
            "entity": link(kind, self.world.kinds[kind].id(place)),
            "changes": [_change("name", None, "…"), *self._handed_over(kind, index)],
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


def linked_deals(index: int, deals: int) -> list[int]:
    """The deals that a deal is linked with."""
    place = index % NEIGHBOURS
    other = {0: index + 1, 1: index - 1}.get(place)
    return [] if other is None or other >= deals else [other]


def linked_tasks(index: int, tasks: int) -> list[int]:
    """The tasks that a deal is linked with."""
    return [index] if index % WITH_TASK == 0 and index < tasks else []
