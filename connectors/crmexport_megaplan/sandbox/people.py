"""Employees and departments (Megaplan reference, §8.4)."""

from crmexport.sandbox import words
from crmexport.sandbox.company import inn, person, phone
from crmexport_megaplan.sandbox.customs import SCOPE_FIELDS, Custom, values
from crmexport_megaplan.sandbox.kinds import Kind, deleted
from crmexport_megaplan.sandbox.values import DAY, NOW, Body, birthday, day, link, moment
from crmexport_megaplan.sandbox.world import OF_FACE


def contact(channel: str, value: str, comment: str, is_main: bool) -> Body:
    """A ContactInfo: a telephone, an e-mail address …"""
    return {
        "contentType": "ContactInfo",
        "type": channel,
        "value": value,
        "comment": comment,
        "isMain": is_main,
        "subject": None,
    }


class Employees(Kind):
    """People of the company. Every sixth has been fired; employee 0 is the director whose token is used."""

    content_type = "Employee"
    stream = "employee"
    first_id = 1_000_001
    listed = frozenset({"name", "firstName", "middleName", "lastName", "position", "department", "isWorking"})
    in_short = ("name", "position")
    unseen = frozenset(
        {
            "photo",
            "vacancies",
            "behaviour",
            "children",
            "activity",
            "aboutMe",
            "address",
            "extraChiefs",
            "mainVacancy",
            "emailFooter",
            "megaMail",
            "smoking",
            "drinking",
        }
    )

    def is_fired(self, index: int) -> bool:
        """Whether employee `index` works no more."""
        return (index % 6 == 5) != (("Employee", index) in self.world.turned)

    def is_away(self, index: int) -> bool:
        """Whether employee `index` is ill."""
        return index % 6 == 4

    def _vacation(self, index: int) -> Body | None:
        if index % 6 != 1:
            return None
        start = NOW + index * DAY
        return {
            "contentType": "Vacation",
            "type": "Ежегодный отпуск",
            "firstDay": day(start),
            "lastDay": day(start + 13 * DAY),
        }

    def customs(self, index: int) -> tuple[Custom, ...]:
        """One set for all."""
        return SCOPE_FIELDS["employee"]

    def body(self, index: int) -> Body:
        """The whole card."""
        drawn = self.world.draws("Employee", index)
        who = person(drawn)
        fired = self.is_fired(index)
        mail = f"user{index}@example.test"
        year = None if index % 3 == 0 else 1890 if index == 4 else 1960 + drawn[6] % 45
        contacts = [contact("email", mail, "", True), contact("phone", phone(index, 1), "моб.", False)]
        created = self.created(index)
        return {
            "contentType": "Employee",
            "id": self.id(index),
            "uid": 1_000_021 + index * 2,
            "name": who.full,
            "firstName": who.first,
            "middleName": who.middle if index % 4 else "",
            "lastName": who.last,
            "position": words.POSITIONS[drawn[5] % len(words.POSITIONS)] if index else "Директор",
            "department": None
            if index % 11 == 10
            else self.world.pick("Department", index, Departments.first_id),
            "extraDepartments": [],
            "extraDepartmentsCount": 0,
            "gender": who.gender,
            "birthday": None if index % 5 == 2 else birthday(year, 1 + drawn[7] % 12, 1 + drawn[8] % 28),
            "inn": inn(index, natural=True) if index % 2 else "",
            "contactInfo": contacts,
            "contactInfoCount": len(contacts),
            "isWorking": not fired,
            "fireInProgress": False,
            "canLogin": not fired,
            "login": mail,
            "status": link("EmployeeStatus", "2" if fired else "3" if self.is_away(index) else "1"),
            "nearestVacation": self._vacation(index),
            "appearanceDay": day(created) if index % 2 else moment(_midnight(created)),
            "fireDay": day(created + 90_000_000) if fired else None,
            "description": "Люблю порядок; и горы 🏔" if index % 7 == 2 else "",
            "passportData": f"0000 {index:06d}" if index % 3 == 1 else "",
            "lastOnline": moment(created + 100_000_000),
            "avatar": self.world.orphan(OF_FACE) if index == 0 else None,
            "commentsCount": len(self.world.comments_of("Employee", index)),
            "timeCreated": moment(created),
            **values(self.customs(index), index, drawn),
        }


def _midnight(moment: int) -> int:
    """When a day began in Moscow: some days are told by the moment at which they do."""
    return moment // DAY * DAY - 3 * 3600


class Departments(Kind):
    """Departments, one within another; each names its people."""

    content_type = "Department"
    stream = "department"
    first_id = 1_000_001
    listed = frozenset({"name", "parent", "description"})

    def body(self, index: int) -> Body:
        """The whole card."""
        people = range(index, self.world.counts["Employee"], self.count)
        childs = [child for child in range(index * 3 + 1, index * 3 + 4) if child < self.count]
        number = f" {index // len(words.DEPARTMENTS) + 1}" if index >= len(words.DEPARTMENTS) else ""
        return {
            "contentType": "Department",
            "orderPos": index,
            "id": self.id(index),
            "name": words.DEPARTMENTS[index % len(words.DEPARTMENTS)] + number,
            "parent": link("Department", self.id((index - 1) // 3)) if index else None,
            "childs": [link("Department", self.id(child)) for child in childs],
            "childsCount": len(childs),
            "description": "" if index % 2 else "Отдел\nс описанием",
            "vacancies": [self._vacancy(who, who == index) for who in people if who % 11 != 10],
        }

    def _vacancy(self, who: int, is_head: bool) -> Body:
        employee = deleted("Employee") if who == 9 else link("Employee", str(Employees.first_id + who))
        return {"contentType": "Vacancy", "employee": employee, "position": None, "isHead": is_head}


_UNSEEN = {"Employee": (5, 4), "ContractorCompany": (11, 5), "Deal": (7, 3), "Task": (9, 4)}


def is_seen(kind: str, index: int) -> bool:
    """Whether a reader of restricted rights is shown record `index` of a kind: of those above, one of so many is not."""
    every, place = _UNSEEN.get(kind, (0, 0))
    return not every or index % every != place
