"""Todos: events, meetings, calls (Megaplan reference, §8.5)."""

from crmexport.sandbox import nasty
from crmexport.sandbox.company import sentence, title
from crmexport_megaplan.sandbox.dictionaries import tags
from crmexport_megaplan.sandbox.kinds import Kind
from crmexport_megaplan.sandbox.papers import PASSED_OVER
from crmexport_megaplan.sandbox.people import Employees
from crmexport_megaplan.sandbox.values import DAY, Body, day, link, moment

SCHEDULED = 1
FINISHED_FROM = 2  # TodoStatus 2 and above are finished
OF_A_CALL = 3  # the event that came of a call


class Todos(Kind):
    """Todo. Of those that belong to no record some are finished: only the todos of the responsible tell of them."""

    content_type = "Todo"
    stream = "todo"
    first_id = 88
    listed = frozenset({"name", "status", "category", "when", "responsible"})
    unseen = frozenset(
        {"conferenceSettings", "contactInfo", "deals", "issues", "contractors", "history", "transport"}
    )

    def status(self, index: int) -> int:
        """The id of its status."""
        drawn = index % 16 // 8 + 1 if index % 8 == 7 else (1, 2, 3, 2, 4, 1, 5)[index % 7]
        if ("Todo", index) not in self.world.turned:
            return drawn
        return SCHEDULED if drawn >= FINISHED_FROM else FINISHED_FROM

    def is_finished(self, index: int) -> bool:
        """Whether it is over."""
        return self.status(index) >= FINISHED_FROM

    def shortened(self, index: int) -> Body:
        """Its name."""
        return self.named(index, title(index, self.world.draws("Todo", index)))

    def body(self, index: int) -> Body:
        """The whole card."""
        drawn = self.world.draws("Todo", index)
        created = self.created(index)
        finished = self.is_finished(index)
        comments = self.world.comments_of("Todo", index)
        result = (
            link("Comment", str(self.world.first_ids["Comment"] + comments[-1]))
            if comments and finished
            else None
        )
        text = nasty.text(index)
        participants = self._participants(drawn)
        return {
            "contentType": "Todo",
            "id": self.id(index),
            "name": title(index, drawn),
            "status": link("TodoStatus", str(self.status(index))),
            "category": link("TodoCategory", "6" if index % 17 == 3 else str(1 + drawn[5] % 5)),
            "when": self._when(created, drawn),
            "place": link("Place", "1") if drawn[6] % 3 == 0 else None,
            "description": sentence(drawn) if text is None else text,
            "responsible": self.world.pick("Employee", index, Employees.first_id),
            "userCreated": self.world.pick("Employee", drawn[7], Employees.first_id),
            "participants": participants,
            "participantsCount": len(participants),
            **self._relations(index),
            "reminders": [],
            "resultComment": result,
            **self.counted("attaches", "File", self.world.files.of("Todo", index)),
            **tags(drawn[11]),
            "commentsCount": len(comments),
            "hiddenCommentsCount": 0,
            "relationLinks": [],
            "relationLinksCount": 0,
            "schedule": None,
            "isNeedResult": False,
            "timeCreated": moment(created),
            "timeFinished": moment(created + DAY) if finished and drawn[8] & 1 else None,
            "isDropped": False,
            "isOverdue": index % 9 == 1,
            "isTemplate": False,
        }

    def _relations(self, index: int) -> Body:
        """What it stands at; one came of a call."""
        owner = self.world.todo_owner(index)
        found = [link(owner[0], self.world.kinds[owner[0]].id(owner[1]))] if owner else []
        found += (
            [link("CallInfo", self.world.kinds["CallInfo"].id(PASSED_OVER))] if index == OF_A_CALL else []
        )
        return {"relations": found, "relationsCount": len(found)}

    def _when(self, created: int, drawn: tuple[int, ...]) -> Body | None:
        start = created + drawn[9] * 60
        shape = drawn[10] % 6
        if shape == 0:
            return None
        if shape == 1:
            return {"contentType": "IntervalDates", "from": day(start), "to": day(start + drawn[9] % 3 * DAY)}
        if shape == 2:
            return {"contentType": "IntervalDates", "from": day(start)}
        if shape == 3:
            return {"contentType": "IntervalTime", "from": None, "to": moment(start)}
        return {"contentType": "IntervalTime", "from": moment(start), "to": moment(start + 1800)}

    def _participants(self, drawn: tuple[int, ...]) -> list[Body]:
        return [
            {
                "contentType": "Participant",
                "subject": self.world.pick("Employee", drawn[11 + place], Employees.first_id),
                "status": ("accepted", "requested", "rejected")[drawn[11 + place] % 3],
            }
            for place in range(drawn[10] % 3)
        ]
