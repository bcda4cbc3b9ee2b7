"""Deals with their positions, and invoices (Megaplan reference, §8.2)."""

from crmexport.sandbox import nasty, words
from crmexport.sandbox.company import sentence
from crmexport_megaplan.sandbox.customs import PROGRAM_FIELDS, Custom, values
from crmexport_megaplan.sandbox.dictionaries import tags
from crmexport_megaplan.sandbox.kinds import Kind, deleted
from crmexport_megaplan.sandbox.people import Employees
from crmexport_megaplan.sandbox.programs import SCHEMES, STATES, state_id
from crmexport_megaplan.sandbox.values import DAY, NOW, Body, day, link, moment, money

PROGRAM_OF = (0, 1, 0, 2, 3, 0, 1, 4)  # every fourth deal lies in a retired scheme


class Deals(Kind):
    """Deal."""

    content_type = "Deal"
    stream = "deal"
    first_id = 28_001
    listed = frozenset(
        {
            "number",
            "name",
            "program",
            "state",
            "contractor",
            "manager",
            "price",
            "result",
            "timeCreated",
            "timeUpdated",
        }
    )
    in_short = ("name", "number")
    sortable = frozenset({"timeUpdated", "name"})
    unseen = frozenset(
        {
            "forecast",  # which the description knows only under a switch
            "linkedDeals",
            "fixCurrencyDate",
            "consignment",
            "linkedTasks",
            "allLinks",
            "allFiles",
            "allParticipants",
            "subscribers",
            "actualLinkedTasks",
            "basedOnLinkedDeals",
            "interactions",
            "history",
            "profit",
            "nearTodo",
            "participants",
            "statusHistory",
        }
    )

    def field_names(self) -> frozenset[str]:
        """Those of every scheme, even where no deal lies in it."""
        return super().field_names() | {field.name for own in PROGRAM_FIELDS.values() for field in own}

    def program(self, index: int) -> int:
        """The index of the deal's program."""
        return self.world.schemed.get(index, PROGRAM_OF[index & 7])

    def state(self, index: int) -> int:
        """Which of its program's states it is in."""
        return (index * 7 + index // 5) % len(STATES)

    def is_active(self, index: int) -> bool:
        """Whether it is neither won nor lost."""
        return STATES[self.state(index)][1] == "active"

    def contractor(self, index: int) -> Body | None:
        """Who buys. Every tenth deal names a dropped company, in turn, so that each of those is linked from somewhere."""
        kinds = self.world.kinds
        companies, humans = kinds["ContractorCompany"], kinds["ContractorHuman"]
        if index % 10 == 3:
            dropped = max(1, (companies.count + 33) // 41)
            return link(
                "ContractorCompany", companies.id(min(companies.count - 1, index // 10 % dropped * 41 + 7))
            )
        if index % 10 == 6:
            return link("ContractorHuman", humans.id(index * 31 % humans.count))
        if index % 10 == 9:
            return None if index % 20 == 9 else deleted("ContractorCompany") if index < 100 else None
        return link("ContractorCompany", companies.id(index * 17 % companies.count))

    def customs(self, index: int) -> tuple[Custom, ...]:
        """The set of its program."""
        return PROGRAM_FIELDS[SCHEMES[self.program(index)].id]

    def updated(self, index: int) -> int:
        """When it was changed last."""
        return min(NOW, self.created(index) + self._passed(index) * 600)

    def _passed(self, index: int) -> int:
        """How long after it was made anything happened to it; every fourth lies as it was made."""
        drawn = self.world.draws("Deal", index)[12]
        return drawn if drawn & 3 else 0

    def is_touched(self, index: int) -> bool:
        """Whether its own times show that anything happened to it after it was made."""
        return bool(self._passed(index))

    def when(self, index: int, field: str) -> int | None:
        """Short ways to the times that lists sort by."""
        return self.updated(index) if field == "timeUpdated" else super().when(index, field)

    def body(self, index: int) -> Body:
        """The whole card. Deals of the third program lack `cost` and `debt`: its scheme hides them."""
        drawn = self.world.draws("Deal", index)
        id = self.id(index)
        created = self.created(index)
        program, state = self.program(index), self.state(index)
        body = {
            "contentType": "Deal",
            "id": id,
            "number": f"П-{id}-1",
            **self._said(index, drawn),
            "program": link("Program", SCHEMES[program].id),
            "state": link("ProgramState", state_id(program, state)),
            "stateTimeUpdated": moment(min(NOW, created + self._passed(index) * 300)),
            "result": STATES[state][1],
            **self._people(index, drawn),
            **self._money(index, drawn),
            **self._counters(index),
            **self._children(index),
            **tags(drawn[15]),
            "timeCreated": moment(created),
            "timeUpdated": moment(self.updated(index)),
            **self._customs(index, drawn),
        }
        if program == 2:
            del body["cost"], body["debt"]
        return body

    def _said(self, index: int, drawn: tuple[int, ...]) -> Body:
        name, text = nasty.name(index), nasty.text(index)
        text = sentence(drawn) if text is None else text
        shown = drawn[13] % 3
        return {
            "name": f"Поставка: {words.THINGS[drawn[3] % 10]} {index + 1}" if name is None else name,
            "description": f"<p>{text}</p>" if shown else "",
            "shortDescription": text[:100] if shown else "",
        }

    def _people(self, index: int, drawn: tuple[int, ...]) -> Body:
        contractor = self.contractor(index)
        first = Employees.first_id
        humans = self.world.kinds["ContractorHuman"]
        auditors = [
            self.world.pick("Employee", drawn[place], first) for place in range(10, 10 + drawn[9] % 3)
        ]
        return {
            "contractor": contractor,
            "contact": link("ContractorHuman", humans.id(drawn[7] % humans.count))
            if drawn[7] % 3 == 0
            else None,
            "payer": self.world.pick("Payer", drawn[8], 77)
            if drawn[8] % 3 and self.world.counts["Payer"]
            else None,
            "manager": self.world.pick("Employee", index, first) if index != 8 else deleted("Employee"),
            "auditors": auditors,
            "auditorsCount": len(auditors),
            "userCreated": self.world.pick("Employee", index + 1, first),
            "userUpdated": self.world.pick("Employee", drawn[6], first),
        }

    def _money(self, index: int, drawn: tuple[int, ...]) -> Body:
        positions = [self._position(index, place, drawn) for place in range(drawn[17] % 4)]
        return {
            "price": money(drawn[18]),
            "cost": money(drawn[19] >> 1),
            "debt": money(drawn[20] & 15),
            "paymentProgress": drawn[21] % 101,
            "payForm": link("PayForm", "1") if drawn[21] & 1 else None,
            "currency": link("Currency", "1"),
            "positions": positions,
            "positionsCount": len(positions),
        }

    def _position(self, index: int, place: int, drawn: tuple[int, ...]) -> Body:
        item = drawn[22 + place]
        percent = item % 5 == 0
        return {
            "contentType": "OfferRow",
            "id": str(901 + index * 4 + place),
            "name": words.GOODS[item % len(words.GOODS)],
            "quantity": item % 50 / 4 if item & 1 else item % 50,
            "price": money(item),
            "sum": money(item >> 1),
            "discount": {
                "contentType": "Discount",
                "type": "percent" if percent else "absolute",
                "valueInMain": item % 9,
            },
            "tax": link("Tax", str(1 + (item & 1))),
            "unit": link("Unit", str(1 + (item >> 1 & 1))),
            "offer": self.world.pick("Offer", item, 55),
            "deal": link("Deal", self.id(index)),
        }

    def _counters(self, index: int) -> Body:
        return {
            **self.world.operations("Deal", index),
            **self.world.related("Deal", index),
            "unreadCommentsCount": 0,
            **self._links(index),
            "possibleTransitions": [],
            "possibleTriggers": [],
            "possibleActions": ["act_read"],
            "visibleFields": ["name", "price"],
            "editableFields": ["name"],
            "isDraft": False,
            "isPaid": index % 4 == 0,
            "isFavorite": False,
        }

    def _links(self, index: int) -> Body:
        found = self.world.links(index)
        active = [one for one in found["Deal"] if self.is_active(one)]
        tasks = self.world.kinds["Task"]
        return {
            "dealsCount": len(found["Deal"]),
            "actualDealsCount": len(active),
            "tasksCount": len(found["Task"]),
            "actualTasksCount": sum(tasks.is_active(one) for one in found["Task"]),
        }

    def _children(self, index: int) -> Body:
        first = self.world.first_ids["Comment"]
        comments = self.world.comments_of("Deal", index)
        hidden = self.world.hidden_comments("Deal", index)
        files = self.world.files.of("Deal", index)
        hung = self.world.files.of("Deal.custom", index)
        return {
            **self.counted("invoices", "Invoice", self.world.invoices.of("Deal", index)),
            **self.counted("todos", "Todo", self.world.todo_indices("Deal", index)),
            **self.counted("attaches", "File", files),
            "attachesInfo": {
                "contentType": "AttachesInfo",
                "imageFiles": [],
                "imageFilesCount": 0,
                "audioFiles": [],
                "audioFilesCount": 0,
                "otherFiles": [link("File", str(self.world.first_ids["File"] + file)) for file in files[:5]],
                "otherFilesCount": len(files),
            },
            "allFilesCount": len(files) + len(hung),
            "comments": [link("Comment", str(first + one)) for one in comments[-2:]],
            "commentsCount": len(comments) - len(hidden),
            "hiddenCommentsCount": len(hidden),
            "lastComment": link("Comment", str(first + comments[-1])) if comments else None,
        }

    def _customs(self, index: int, drawn: tuple[int, ...]) -> Body:
        return hang(values(self.customs(index), index, drawn), self.customs(index), self, index)


def hang(found: Body, fields: tuple[Custom, ...], kind: Kind, index: int) -> Body:
    """Put the files of a record's first custom field for files into it, if the record has such a field."""
    for field in fields:
        if field.kind == "ResourceField":
            first = kind.world.first_ids["File"]
            files = kind.world.files.of(f"{kind.content_type}.custom", index)
            found[field.name] = [link("File", str(first + file)) for file in files]
    return found


class Invoices(Kind):
    """Invoice: embedded ones have `rowsCount` only; rows come with the card, or when a list names them."""

    content_type = "Invoice"
    stream = "invoice"
    first_id = 301
    listed = frozenset({"name", "number", "invoiceDate", "status", "sum", "deal", "rowsCount"})
    in_short = ("name", "number", "rowsCount")

    def body(self, index: int) -> Body:
        """The whole card."""
        drawn = self.world.draws("Invoice", index)
        deal = self.world.invoices.owner(index)[1]
        created = self.created(index)
        rows = drawn[3] % 3 + 1
        paid = drawn[4] % 4 == 3
        payers = self.world.counts["Payer"]
        return {
            "contentType": "Invoice",
            "id": self.id(index),
            "number": f"{index + 1:05d}",
            "name": f"Счёт № {index + 1:05d}",
            "invoiceDate": day(created),
            "status": ("created", "drawn", "rejected", "paid")[drawn[4] % 4],
            "currency": link("Currency", "1"),
            "sum": money(drawn[5]),
            "taxTotal": drawn[5] // 6,
            "recipient": None,
            "payer": link("Payer", str(77 + drawn[6] % payers)) if payers else None,
            "consignee": None,
            "deadline": day(created + 10 * DAY),
            "actualPaymentDate": moment(created + 5 * DAY) if paid else None,
            "rows": [self._row(index, place, drawn) for place in range(rows)],
            "rowsCount": rows,
            "comment": "",
            "financeOperations": [],
            "financeOperationsCount": 0,
            "attaches": [],
            "attachesCount": 0,
            "conditions": "Оплата в течение 10 дней",
            "invoiceTemplate": None,
            "publicDownloadLink": None,
            "commentsCount": 0,
            "userCreated": self.world.pick("Employee", index, Employees.first_id),
            "timeCreated": moment(created),
            "deal": link("Deal", self.world.kinds["Deal"].id(deal)),
        }

    def _row(self, index: int, place: int, drawn: tuple[int, ...]) -> Body:
        item = drawn[10 + place]
        return {
            "contentType": "InvoiceRow",
            "name": words.GOODS[item % len(words.GOODS)],
            "quantity": item % 9 + 1,
            "price": money(item),
            "sum": money(item >> 1),
            "tax": link("Tax", "1"),
            "unit": link("Unit", "1"),
        }
