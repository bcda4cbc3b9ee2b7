"""Tasks and projects, in one family of ids (Megaplan reference, §8.3)."""

from crmexport.sandbox import nasty
from crmexport.sandbox.company import sentence, title
from crmexport_megaplan.sandbox.customs import SCOPE_FIELDS, Custom, values
from crmexport_megaplan.sandbox.deals import hang
from crmexport_megaplan.sandbox.dictionaries import tags
from crmexport_megaplan.sandbox.kinds import Kind, deleted
from crmexport_megaplan.sandbox.people import Employees
from crmexport_megaplan.sandbox.values import DAY, NOW, Body, day, interval, link, moment, money
from crmexport_megaplan.sandbox.world import OF_TALKS, World

FIRST = 1_000_001
FAMILY = 31  # in the family every 31st is a project, the others are tasks

STATUSES = (
    "accepted",
    "completed",
    "assigned",
    "completed",
    "created",
    "done",
    "completed",
    "delayed",
    "rejected",
    "accepted",
    "cancelled",
    "overdue",
    "completed",
    "expired",
    "completed",
    "completed",
)
MILESTONES = {"task": 1, "project": 1_000_001}  # the first number of each
TALKING = 29  # every 29th task is a negotiation
PICTURED = 1  # the task whose text shows a picture
CLOSED = frozenset({"completed", "rejected", "cancelled"})


class Issues(Kind):
    """What tasks and projects share."""

    in_short = ("name", "status")
    listed = frozenset(
        {"name", "status", "humanNumber", "owner", "responsible", "isTemplate", "project", "completed"}
    )
    sortable = frozenset({"activity", "statusChangeTime", "name"})
    unseen = frozenset(
        {
            "parents",
            "negotiationExecutors",
            "templateViewers",
            "allFiles",
            "subTasks",
            "issues",
            "workedOffTime",
            "actualSubTasks",
            "allParticipants",
            "subscribers",
            "plannedFinish",
            "deadlineReminders",
            "originalTemplate",
            "templateUsers",
            "scheduleActive",
            "decision",
            "subject",
            "deadlineChangeRequest",
            "kpiStart",
            "kpiPlanned",
            "kpiActual",
            "kpiUnit",
            "kpiPercentage",
        }
    )

    def is_template(self, index: int) -> bool:
        """Whether it is a template: those stand in a list of their own."""
        return index % 97 == 13

    def status(self, index: int) -> str:
        """Its status."""
        return "template" if self.is_template(index) else STATUSES[(index * 5 + index // 16) & 15]

    def is_active(self, index: int) -> bool:
        """Whether the list shows it without any filter."""
        return self.status(index) not in CLOSED

    def activity(self, index: int) -> int:
        """When anything happened to it last."""
        return min(NOW, self.created(index) + (index * 7919 % 977) * 30_000)

    def is_touched(self, index: int) -> bool:
        """Whether its own times show that anything happened to it after it was made."""
        changed = self.world.draws(self.content_type, index)[16]
        return bool(changed) or self.activity(index) != self.created(index)

    def shortened(self, index: int) -> Body:
        """Its name and status."""
        name = title(index, self.world.draws(self.content_type, index))
        return self.named(index, name, status=self.status(index))

    def when(self, index: int, field: str) -> int | None:
        """Short ways to the times that lists sort by."""
        return self.activity(index) if field == "activity" else super().when(index, field)

    def shared(self, index: int, drawn: tuple[int, ...]) -> Body:
        """The fields that both have."""
        kind = self.content_type
        first = Employees.first_id
        comments = self.world.comments_of(kind, index)
        hidden = self.world.hidden_comments(kind, index)
        first_comment = self.world.first_ids["Comment"]
        text = nasty.text(index)
        text = sentence(drawn) if text is None else text
        mention = f'<megaplan:mention to="Employee/{first + drawn[9] % 12}">коллега</megaplan:mention>, '
        return {
            "contentType": kind,
            "id": self.id(index),
            "humanNumber": int(self.id(index)) - 1_000_000,
            "name": title(index, drawn),
            "status": self.status(index),
            "isTemplate": self.is_template(index),
            "isGroup": False,
            "statement": f"<p>{mention if drawn[9] & 1 else ''}{text}</p>{self._picture(index)}",
            "textStatement": text,
            "owner": self.world.pick("Employee", index, first),
            "responsible": self._responsible(index, drawn),
            "userCreated": self.world.pick("Employee", index, first),
            "executors": [self.world.pick("Employee", drawn[10], first)] if drawn[10] % 4 == 0 else [],
            "executorsCount": int(drawn[10] % 4 == 0),
            "auditors": [self.world.pick("Employee", drawn[11], first)] if drawn[11] % 3 == 0 else [],
            "auditorsCount": int(drawn[11] % 3 == 0),
            "participants": [],
            "participantsCount": 0,
            "deadline": self._deadline(index, drawn),
            "completed": drawn[12] % 101,
            **self._times(index, drawn),
            **tags(drawn[13]),
            **self.counted("attaches", "File", self.world.files.of(kind, index)),
            **self.counted("todos", "Todo", self.world.todo_indices(kind, index)),
            **self.world.related(kind, index),
            "possibleActions": [],
            "isFavorite": False,
            "commentsCount": len(comments) - len(hidden),
            "hiddenCommentsCount": len(hidden),
            "unreadCommentsCount": 0,
            "lastComment": link("Comment", str(first_comment + comments[-1])) if comments else None,
            "lastCommentTimeCreated": moment(self.world.created("Comment", comments[-1]))
            if comments
            else None,
        }

    def _picture(self, index: int) -> str:
        """One task shows a picture that is nobody's attachment."""
        if self.content_type != "Task" or index != PICTURED:
            return ""
        told = self.world.kinds["File"].body(self.world.picture)["path"].replace("&", "&amp;")
        return f'<p><img src="{told}" alt=""></p>'

    def _responsible(self, index: int, drawn: tuple[int, ...]) -> Body | None:
        if drawn[8] % 40 == 0:
            return link("ContractorHuman", self.world.kinds["ContractorHuman"].id(0))
        if index == 10:
            return deleted("Employee")
        return self.world.pick("Employee", drawn[8], Employees.first_id) if drawn[8] % 19 else None

    def _deadline(self, index: int, drawn: tuple[int, ...]) -> Body | None:
        at = self.created(index) + drawn[14] * 1_000
        if self.is_template(index):
            return {"contentType": "ShiftDate", "value": drawn[14] % 30, "unit": "day"}
        if index % 103 == 5:
            return day(-2_500_000_000)
        return (None, day(at + 700 * DAY), moment(at), day(at))[drawn[15] & 3]

    def _times(self, index: int, drawn: tuple[int, ...]) -> Body:
        created = self.created(index)
        active = self.is_active(index)
        return {
            "timeCreated": moment(created),
            "activity": moment(self.activity(index)),
            "statusChangeTime": moment(min(NOW, created + drawn[16] * 200)),
            "actualStart": moment(created + 3600) if drawn[16] & 1 else None,
            "actualFinish": None if active else moment(min(NOW, created + drawn[16] * 200)),
            "duration": interval(drawn[17] % 40 * 3600) if drawn[17] & 1 else None,
            "plannedWork": interval(drawn[18] % 480 * 60) if drawn[18] & 1 else None,
            "actualWork": interval(drawn[18] % 500 * 60),
            "workedOffTimeTotal": interval(drawn[18] % 500 * 60),
        }

    def milestones(self, index: int, drawn: tuple[int, ...], number: int) -> Body:
        """So many of them."""
        found = [
            {
                "contentType": "Milestone",
                "id": str(MILESTONES[self.stream] + index * 2 + place),
                "name": f"Веха {place + 1}; срок",
                "description": "",
                "type": ("report", "reminder")[place],
                "date": day(self.created(index) + (place + 1) * DAY),
                "completed": bool(drawn[12] & 1),
                "owner": self.world.pick("Employee", index, Employees.first_id),
                "responsible": self.world.pick("Employee", drawn[10], Employees.first_id),
            }
            for place in range(number)
        ]
        return {"milestones": found, "milestonesCount": len(found)}


class Tasks(Issues):
    """Task."""

    content_type = "Task"
    stream = "task"
    first_id = FIRST

    def member(self, index: int) -> int:
        """The place in the family of all issues."""
        return index + index // (FAMILY - 1) + 1

    def id(self, index: int) -> str:
        """Tasks and projects share one row of ids."""
        return str(FIRST + self.member(index))

    def index(self, id: str) -> int | None:
        """Which task has this id."""
        if not (id.isascii() and id.isdigit()) or int(id) < FIRST:
            return None
        rounds, place = divmod(int(id) - FIRST, FAMILY)
        found = rounds * (FAMILY - 1) + place - 1
        return found if place and found < self.count else None

    def customs(self, index: int) -> tuple[Custom, ...]:
        """One set for all tasks."""
        return SCOPE_FIELDS["task"]

    def body(self, index: int) -> Body:
        """The whole card."""
        drawn = self.world.draws("Task", index)
        project = deleted("Project") if index == 20 else None
        if in_project(index):
            project = link("Project", self.world.kinds["Project"].id(index // 30))
        fields = self.customs(index)
        return {
            **self.shared(index, drawn),
            "isUrgent": index % 9 == 0,
            **self._talks(index),
            **self._judged(index, drawn),
            "project": project,
            "parent": self._parent(index, project),
            "subTasksCount": int(index % 6 == 0),
            "previousTasks": [deleted("Task")] if index == 30 else [],
            "previousTasksCount": int(index == 30),
            **self.milestones(index, drawn, 2 if index % 20 == 9 else 0),
            "contractor": self._contractor(index, drawn),
            **self.world.operations("Task", index),
            **self._deals(index, drawn),
            **hang(values(fields, index, drawn), fields, self, index),
        }

    def _talks(self, index: int) -> Body:
        """A negotiation has items."""
        is_talk = index % TALKING == 0
        return {
            "isNegotiation": is_talk,
            "subject": "<p>Предмет</p>" if is_talk else None,
            "negotiationItems": [negotiated(self.world, index)] if is_talk else [],
            "negotiationItemsCount": int(is_talk),
        }

    def _judged(self, index: int, drawn: tuple[int, ...]) -> Body:
        """How it was done, and whether it comes again."""
        schedule = {"contentType": "Schedule", "period": "week", "days": [1, 4]} if index % 40 == 6 else None
        return {
            "finalRating": drawn[12] % 6 if drawn[12] & 1 else None,
            "bonuses": money(drawn[12]) if index % 25 == 1 else None,
            "fine": None,
            "kpi": None,
            "schedule": schedule,
            "deadlineChangeRequest": None,
        }

    def _parent(self, index: int, project: Body | None) -> Body | None:
        return link("Task", self.id(index - 1)) if index % 6 == 1 else project

    def _contractor(self, index: int, drawn: tuple[int, ...]) -> Body | None:
        companies = self.world.kinds["ContractorCompany"]
        return (
            link("ContractorCompany", companies.id(drawn[20] % companies.count))
            if drawn[20] % 3 == 0
            else None
        )

    def _deals(self, index: int, drawn: tuple[int, ...]) -> Body:
        deals = [self.world.pick("Deal", drawn[21], 28_001)] if drawn[21] % 3 == 0 else []
        if index == 40:
            deals = [deleted("Deal")]
        return {"deals": deals, "dealsCount": len(deals)}


class Projects(Issues):
    """Project."""

    content_type = "Project"
    stream = "project"
    first_id = FIRST

    def member(self, index: int) -> int:
        """The place in the family of all issues."""
        return index * FAMILY

    def id(self, index: int) -> str:
        """Tasks and projects share one row of ids."""
        return str(FIRST + index * FAMILY)

    def index(self, id: str) -> int | None:
        """Which project has this id."""
        if not (id.isascii() and id.isdigit()) or int(id) < FIRST:
            return None
        found, place = divmod(int(id) - FIRST, FAMILY)
        return found if place == 0 and found < self.count else None

    def customs(self, index: int) -> tuple[Custom, ...]:
        """One set for all projects."""
        return SCOPE_FIELDS["project"]

    def body(self, index: int) -> Body:
        """The whole card."""
        drawn = self.world.draws("Project", index)
        tasks = tasks_in(index, self.world.counts["Task"])
        parent = link("Project", self.id(index // 10)) if index % 10 == 9 else None
        return {
            **self.shared(index, drawn),
            "parent": parent,
            **self.milestones(index, drawn, int(index % 3 == 1)),
            "financeOperations": [],
            "financeOperationsCount": 0,
            "contractor": None,
            "deals": [],
            "dealsCount": 0,
            "tasks": [link("Task", self.world.kinds["Task"].id(task)) for task in tasks[:5]],
            "tasksCount": len(tasks),
            "subProjects": [],
            "subProjectsCount": 0,
            **values(self.customs(index), index, drawn),
        }


def in_project(task: int) -> bool:
    """Whether a task stands in a project, which then is number `task` // 30."""
    return task % 5 != 4 and task != 20


def tasks_in(project: int, tasks: int) -> list[int]:
    """The tasks of a project, of so many tasks in all."""
    return [task for task in range(project * 30, min(project * 30 + 30, tasks)) if in_project(task)]


def negotiated(world: World, task: int) -> Body:
    """What is negotiated in a task: an item with a version, which holds a file in the first one."""
    file = world.orphan(OF_TALKS) if task == 0 else None
    return {
        "contentType": "NegotiationItem",
        "id": str(task + 1),
        "name": "Договор",
        "versions": [{"contentType": "NegotiationItemVersion", "id": str(task + 1), "attache": file}],
        "versionsCount": 1,
    }
