"""Products with their categories, warehouses, consignments and financial operations (Megaplan reference, §7, §8.2)."""

from crmexport.sandbox import nasty, words
from crmexport_megaplan.sandbox.customs import SCOPE_FIELDS, Custom, values
from crmexport_megaplan.sandbox.kinds import Kind
from crmexport_megaplan.sandbox.people import Employees
from crmexport_megaplan.sandbox.values import NOW, Body, day, link, moment, money

# Categories by id: their names, and the one above each. One level comes at a time.
CATEGORIES = {"1": ("Товары", None), "2": ("Услуги", None), "3": ("Крепёж; мелкий", "1"), "4": ("Болты", "3")}
LONELY = 2  # so many financial operations belong to nothing
EVERY = 5  # every fifth deal has an operation, and every fiftieth task


def under(parent: str | None) -> list[str]:
    """The categories directly under one."""
    return [id for id, (_name, above) in CATEGORIES.items() if above == parent]


class Offers(Kind):
    """Offer: a product or a service of the catalogue. Every eleventh has been dropped."""

    content_type = "Offer"
    stream = "offer"
    first_id = 55
    listed = frozenset({"name", "article", "type", "price"})
    in_short = ("name", "type", "article")
    sortable = frozenset({"timeUpdated", "name"})
    unseen = frozenset({"balances", "parents", "history", "nearestArrivalDate", "avatar", "photo"})

    def customs(self, index: int) -> tuple[Custom, ...]:
        """The set of its category."""
        return SCOPE_FIELDS[f"offerCategory/{1 + index % len(CATEGORIES)}"]

    def body(self, index: int) -> Body:
        """The whole card."""
        drawn = self.world.draws("Offer", index)
        created, special = self.created(index), nasty.name(index)
        return {
            "contentType": "Offer",
            "id": self.id(index),
            "name": f"{words.GOODS[index % len(words.GOODS)]} {index}" if special is None else special,
            "article": f"{index:04d}",
            "type": "service" if index % 3 == 2 else "product",
            "category": link("OfferCategory", str(1 + index % len(CATEGORIES))),
            "unit": link("Unit", str(1 + (drawn[1] & 1))),
            "price": money(drawn[2]),
            "priceWithoutTax": money(drawn[2]),
            "tax": link("Tax", str(1 + (drawn[3] & 1))),
            "quantity": drawn[4] % 100,
            "availableQuantity": drawn[4] % 90,
            "balanceQuantity": drawn[4] % 80,
            "expectedQuantity": 0,
            "description": f"<p>{words.GOODS[drawn[5] % len(words.GOODS)]}</p>" if drawn[5] & 1 else "",
            "isDropped": index % 11 == 10,
            "originalOffer": None,
            "parts": [],
            "partsCount": 0,
            "warehouseBalances": [],
            "warehouseBalancesCount": 0,
            "attaches": [],
            "attachesCount": 0,
            "commentsCount": len(self.world.comments_of("Offer", index)),
            "hiddenCommentsCount": 0,
            "userCreated": self.world.pick("Employee", index, Employees.first_id),
            "userUpdated": self.world.pick("Employee", index, Employees.first_id),
            "timeCreated": moment(created),
            "timeUpdated": moment(min(NOW, created + drawn[6] * 600)),
            **values(self.customs(index), index, drawn),
        }


class Warehouses(Kind):
    """Warehouse."""

    content_type = "Warehouse"
    stream = "warehouse"
    first_id = 5_001
    listed = frozenset({"name"})
    unseen = frozenset({"type", "address", "responsible", "userUpdated"})

    def customs(self, index: int) -> tuple[Custom, ...]:
        """One set for all."""
        return SCOPE_FIELDS["warehouse"]

    def body(self, index: int) -> Body:
        """The whole card."""
        drawn = self.world.draws("Warehouse", index)
        return {
            "contentType": "Warehouse",
            "id": self.id(index),
            "name": f"Склад № {index + 1}",
            "description": "",
            "isActive": True,
            "isDropped": False,
            "attaches": [],
            "attachesCount": 0,
            "commentsCount": 0,
            "hiddenCommentsCount": 0,
            "userCreated": self.world.pick("Employee", index, Employees.first_id),
            "timeCreated": moment(self.created(index)),
            "timeUpdated": moment(self.created(index)),
            **values(self.customs(index), index, drawn),
        }


class Consignments(Kind):
    """Consignment: what came to a warehouse or left it. The first two are the ends of one way from here to there."""

    content_type = "Consignment"
    stream = "consignment"
    first_id = 6_001
    listed = frozenset({"number", "type", "state"})
    sortable = frozenset({"timeUpdated"})
    unseen = frozenset(
        {
            "name",
            "isFixed",
            "operation",
            "status",
            "date",
            "sum",
            "isTemplate",
            "isDropped",
            "userUpdated",
        }
    )

    def body(self, index: int) -> Body:
        """The whole card."""
        drawn = self.world.draws("Consignment", index)
        created = self.created(index)
        rows = self.rows(index)
        return {
            "contentType": "Consignment",
            "id": self.id(index),
            "number": f"Н-{index + 1:04d}",
            "type": "income" if index % 2 else "expense",
            "state": "performed",
            "plannedTime": moment(created),
            "actualTime": moment(created),
            "manager": self.world.pick("Employee", index, Employees.first_id),
            "warehouse": self.world.pick("Warehouse", index, Warehouses.first_id),
            "linkedConsignment": link("Consignment", self.id(1 - index)) if index < 2 <= self.count else None,
            "contractor": link("ContractorCompany", self.world.kinds["ContractorCompany"].id(0)),
            "deal": self.world.pick("Deal", drawn[1], 28_001),
            "rows": [link("ConsignmentRow", str(ConsignmentRows.first_id + row)) for row in rows],
            "rowsCount": len(rows),
            "currency": link("Currency", "1"),
            "price": money(drawn[2]),
            "taxSum": money(drawn[2] // 6),
            "sumWithoutTax": money(drawn[2] - drawn[2] // 6),
            "description": "",
            "attaches": [],
            "userCreated": self.world.pick("Employee", index, Employees.first_id),
            "timeCreated": moment(created),
            "timeUpdated": moment(created),
        }

    def rows(self, index: int) -> range:
        """The rows of a consignment: two."""
        return range(index * 2, index * 2 + 2)


class ConsignmentRows(Kind):
    """ConsignmentRow."""

    content_type = "ConsignmentRow"
    stream = "consignmentRow"
    first_id = 7_001

    def body(self, index: int) -> Body:
        """The whole card."""
        drawn = self.world.draws("ConsignmentRow", index)
        return {
            "contentType": "ConsignmentRow",
            "id": self.id(index),
            "name": words.GOODS[drawn[0] % len(words.GOODS)],
            "offer": self.world.pick("Offer", drawn[1], Offers.first_id),
            "quantity": drawn[2] % 50 + 1,
            "price": money(drawn[3]),
            "sum": money(drawn[4]),
        }


class FinOperations(Kind):
    """FinOperation. The first belong to deals, the next to tasks, the last few to nothing at all."""

    content_type = "FinOperation"
    stream = "finOperation"
    first_id = 8_001
    in_short = ("number", "kind", "sum")
    listed = frozenset({"number", "kind", "sum", "date"})

    def of(self, kind: str, index: int) -> list[int]:
        """The operations of a deal or a task."""
        every, first = (EVERY, 0) if kind == "Deal" else (EVERY * 10, -(-self.world.counts["Deal"] // EVERY))
        return [first + index // every] if index % every == 0 else []

    def is_lonely(self, index: int) -> bool:
        """Whether it belongs to nothing."""
        return index >= self.count - LONELY

    def hung(self, kind: str, index: int) -> Body:
        """The array of operations of a deal or a task."""
        found = self.of(kind, index)
        return {
            "financeOperations": [link("FinOperation", self.id(one)) for one in found],
            "financeOperationsCount": len(found),
        }

    def body(self, index: int) -> Body:
        """The whole card."""
        drawn = self.world.draws("FinOperation", index)
        income = index % 3 != 2
        created = self.created(index)
        return {
            "contentType": "FinOperation",
            "id": self.id(index),
            "number": f"{index + 1}",
            "kind": "income" if income else "expense",
            "status": "closed" if drawn[0] & 1 else "opened",
            "description": "Оплата; частично" if index % 2 else "",
            "date": day(created),
            "timeUpdated": moment(created),
            "creator": self.world.pick("Employee", index, Employees.first_id),
            "contractor": link("ContractorCompany", self.world.kinds["ContractorCompany"].id(0)),
            "sum": money(drawn[1]),
            "realAccount": link("RealAccount", str(1 + index % 2)),
            "type": link("FinOperationType", str(1 + index % 2)),
            "invoices": [],
            "invoicesCount": 0,
            "attaches": [],
            "attachesCount": 0,
        }
