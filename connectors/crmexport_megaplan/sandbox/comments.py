"""Comments, time entries among them, and the history rows that stand between them (Megaplan reference, §8.6)."""

from collections.abc import Iterator

from crmexport.sandbox import nasty
from crmexport.sandbox.company import sentence
from crmexport_megaplan.sandbox.kinds import Kind, deleted
from crmexport_megaplan.sandbox.people import Employees
from crmexport_megaplan.sandbox.values import DAY, Body, interval, link, moment

MOSCOW = 3 * 3600
FIELD_CHANGE_EVERY = 7
BASED_ON_EVERY = 3
LINKED_EVERY = 41


class Comments(Kind):
    """Comment."""

    content_type = "Comment"
    stream = "comment"
    first_id = 50_001
    listed = frozenset(
        {"content", "owner", "attaches", "attachesCount", "timeCreated", "timeUpdated", "workTime"}
    )
    in_short = ("content", "owner", "timeCreated")

    def body(self, index: int) -> Body:
        """The whole comment; every sixth is a time entry, dated at local midnight in Moscow."""
        drawn = self.world.draws("Comment", index)
        created = self.created(index)
        worked = drawn[3] % 6 == 0
        text = nasty.text(index)
        midnight = (created - drawn[4] % 5 * DAY + MOSCOW) // DAY * DAY - MOSCOW
        return {
            "contentType": "Comment",
            "id": self.id(index),
            "content": f"<p>{sentence(drawn)}</p>" if text is None else text,
            "subject": self._subject(index),
            "owner": self._owner(index, drawn),
            **self.counted("attaches", "File", self.world.files.of("Comment", index)),
            "timeCreated": moment(created),
            "timeUpdated": moment(created + 60) if drawn[5] % 10 == 0 else None,
            "workTime": interval((drawn[4] % 480 + 1) * 60) if worked else None,
            "workDate": moment(midnight) if worked else None,
            "completed": drawn[6] % 101 if worked else None,
            "isHidden": index in self.world.hidden_comments(*self.world.comments.owner(index)),
            "isDropped": False,
            "isUnread": False,
            "originalComment": link("Comment", self.id(index - 1)) if drawn[7] % 8 == 0 and index else None,
            "forwardFrom": None,
            "transportMessages": [],
            "likes": [],
            **self._related(index),
        }

    def _related(self, index: int) -> Body:
        """What somebody linked to: a few comments have a link of their own."""
        own = {
            "contentType": "RelationLink",
            "id": str(800_001 + index),
            "relationType": "url",
            "placeholder": "",
            "representation": f"Макет {index}; правки",
            "subject": link("Comment", self.id(index)),
            "origin": f"https://partner.example.test/{index}",
            "target": None,
        }
        found = [own] if index % LINKED_EVERY == 9 else []
        return {"relationLinks": found, "relationLinksCount": len(found)}

    def _owner(self, index: int, drawn: tuple[int, ...]) -> Body | None:
        if index % 211 == 17:
            return None
        if index == 23:
            return deleted("Employee")
        if index % 43 == 5:
            return link("ContractorHuman", self.world.kinds["ContractorHuman"].id(0))
        return self.world.pick("Employee", drawn[8], Employees.first_id)

    def _subject(self, index: int) -> Body:
        """The record under which it stands."""
        kind, owner = self.world.comments.owner(index)
        return link(kind, self.world.kinds[kind].id(owner))

    def rows(self, kind: str, index: int) -> Iterator[tuple[str, int]]:
        """The list of comments of a record, oldest first: (contentType, comment index that the row's id comes from)."""
        for comment in self.world.comments.of(kind, index):
            if comment % BASED_ON_EVERY == 1 and comment % FIELD_CHANGE_EVERY == 2:
                yield "BasedOnHistory", comment
            yield "Comment", comment
            if comment % FIELD_CHANGE_EVERY == 6:
                yield "FieldChange", comment

    def history(self, content_type: str, index: int) -> Body:
        """A row that is no comment; its id may well be that of a comment."""
        base = {"contentType": content_type, "id": self.id(index), "timeCreated": moment(self.created(index))}
        if content_type == "FieldChange":
            return base | {
                "field": "status",
                "oldValue": "assigned",
                "newValue": "accepted",
                "description": "Статус",
            }
        return base | {"unlink": False, "description": "Создано на основании"}
