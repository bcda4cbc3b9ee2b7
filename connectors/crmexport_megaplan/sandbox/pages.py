"""One page of a list, or one card, as a response of Megaplan (Megaplan reference, §3, §4)."""

from functools import cached_property, lru_cache
from itertools import islice
from json import dumps
from typing import Any

from crmexport_megaplan.sandbox.account import InventedAccount
from crmexport_megaplan.sandbox.behaviour import Behaviour
from crmexport_megaplan.sandbox.catalogue import Catalogue, Listing, Query
from crmexport_megaplan.sandbox.customs import PROGRAM_FIELDS
from crmexport_megaplan.sandbox.filters import Keep, check_class, keeping, terms_of
from crmexport_megaplan.sandbox.lists import Key, Order, Rows, Scrambled, Sorted, Straight, rows_from
from crmexport_megaplan.sandbox.people import is_seen
from crmexport_megaplan.sandbox.query import Refused, check_names, cursor_of, fields_of, limit_of, sort_of
from crmexport_megaplan.sandbox.render import Rendering, envelope
from crmexport_megaplan.sandbox.spaces import PREVIEW
from crmexport_megaplan.sandbox.values import Body, link

IDENTITY = frozenset({"contentType", "id"})
CUSTOM = "CustomField"  # is in the name of each extra field
HISTORY = frozenset({"FieldChange", "BasedOnHistory"})


class Pages:
    """Makes the responses for lists and cards."""

    def __init__(self, account: InventedAccount, behaviour: Behaviour) -> None:
        self._account = account
        self._behaviour = behaviour
        self.catalogue = Catalogue(account, behaviour)
        self._totals: dict[str, int] = {}
        self._orders: dict[str, Order] = {}

    def page(self, listing: Listing, query: Query, included: bool) -> Body:
        """One page. Raises Refused."""
        less = (
            frozenset[str]() if listing.filter_class or listing.name != "project" else frozenset({"filter"})
        )
        check_names(query, listing.request_type, listing.more, less)
        limit = limit_of(query, self._cap(listing))
        wanted = self._wanted(listing, query)
        keep = self._keep(listing, query)
        order = self._order(listing, query)
        start = self._start(listing, query, order)
        keys = (
            list(islice(rows_from(listing.rows, order, keep, start), limit + 1)) if start is not None else []
        )
        rendering = Rendering(self._account.mention, included, self._behaviour.bare_rows)
        data = [rendering.row(self._row(key), wanted) for key in keys[:limit]]
        more = (
            {"hasMoreNext": len(keys) > limit, "hasMorePrev": bool(start)}
            if self._behaviour.has_more_flag
            else {}
        )
        pagination = {
            **self._count(listing, query, keep, len(data)),
            "limit": limit,
            "currentPage": 1,
            **more,
        }
        return self._whole(envelope(200, data, pagination), rendering)

    def card(self, kind: str, index: int, query: Query, included: bool) -> Body:
        """One record. Raises Refused."""
        check_names(query, kind)
        names = self._named((kind,), query)
        wanted = self._with_counters(names) if names and query.get("onlyRequestedFields") else None
        rendering = Rendering(self._account.mention, included)
        return self._whole(envelope(200, rendering.row(self._account.body(kind, index), wanted)), rendering)

    def _whole(self, document: Body, rendering: Rendering) -> Body:
        if rendering.included is not None:
            document["included"] = rendering.included
        return document

    def _cap(self, listing: Listing) -> int:
        return self._behaviour.comments_page_cap if listing.is_comments else self._behaviour.page_cap

    def _row(self, key: Key) -> Body:
        if key[0] in HISTORY:
            return self._account.comment_kind.history(*key)
        body = self._account.body(*key)
        if key[0] == "Task" and self._behaviour.talks_bare:
            body["negotiationItems"] = [
                link(item["contentType"], item["id"]) for item in body["negotiationItems"]
            ]
        if key[0] == "WidgetLayoutDataRow" and self._behaviour.cuts_cells:
            body["data"] = body["data"][:PREVIEW]
        if key[0] == "WidgetLayout" and self._behaviour.views == "filtered":
            body["filter"] = [{"contentType": "WidgetFilter"}]
        if key[0] == "WidgetLayout" and self._behaviour.views == "mute":
            del body["filter"]
        if key[0] == "Changeset" and self._behaviour.cuts_changes:
            body["changes"] = body["changes"][:1]
        return body

    def _wanted(self, listing: Listing, query: Query) -> frozenset[str]:
        names = self._with_counters(self._named(listing.kinds, query))
        self._check_customs(listing, query, names)
        if query.get("onlyRequestedFields"):
            return names
        return names | self._listed(listing.kinds)

    def _check_customs(self, listing: Listing, query: Query, names: frozenset[str]) -> None:
        """Fields of one deal scheme in a list that is not of that scheme: accepted, or not (§6.3)."""
        if listing.name != "deal" or self._behaviour.foreign_custom_fields == "ignored":
            return
        program = ((query.get("filter") or {}).get("program") or {}).get("id", "all")
        own = {field.name for field in PROGRAM_FIELDS.get(str(program), ())}
        foreign = [
            name for name in names if CUSTOM in name and not name.endswith("Count") and name not in own
        ]
        if foreign:
            raise _have_not("Deal", sorted(foreign))

    def _listed(self, kinds: tuple[str, ...]) -> frozenset[str]:
        if self._behaviour.bare_files and kinds == ("File",):
            return IDENTITY | {"name"}
        known = self._account.kinds
        return IDENTITY.union(*(known[kind].listed for kind in kinds if kind in known)) | _HISTORY_FIELDS

    def _with_counters(self, names: frozenset[str]) -> frozenset[str]:
        return names | {f"{name}Count" for name in names} | IDENTITY

    def _named(self, kinds: tuple[str, ...], query: Query) -> frozenset[str]:
        """The names in `fields`. Refuses the whole request for one that does not exist."""
        names = fields_of(query)
        known = self._names_of(kinds)
        is_known = self._behaviour.customs_listed
        unknown = [name for name in names if name not in known or (CUSTOM in name and not is_known)]
        if unknown:
            raise _have_not(kinds[0], unknown)
        return frozenset(names)

    @cached_property
    def _names_of(self) -> Any:
        account = self._account

        @lru_cache
        def names(kinds: tuple[str, ...]) -> frozenset[str]:
            found = (
                account.kinds[kind].field_names() - account.unknown.get(kind, frozenset())
                for kind in kinds
                if kind in account.kinds
            )
            return IDENTITY.union(*found) | (_HISTORY_FIELDS if "FieldChange" in kinds else frozenset())

        return names

    def _keep(self, listing: Listing, query: Query) -> Keep:
        tests: list[Keep] = [self._not_removed] if self._account.removed else []
        tests += [is_seen] if self._behaviour.restricted else []
        hides = listing.hides(query)
        tests += [hides] if hides else []
        if "filter" in query and listing.filter_class:
            given = check_class(query["filter"], listing.filter_class)
            if listing.name != "employee":  # every filter of people is ignored (§4.4)
                tests.append(keeping(self._account, terms_of(given), self._behaviour.day_offset))
        if len(tests) == 1:
            return tests[0]
        return lambda kind, index: all(test(kind, index) for test in tests)

    def _not_removed(self, kind: str, index: int) -> bool:
        return (kind, index) not in self._account.removed

    def _order(self, listing: Listing, query: Query) -> Order:
        sort = sort_of(query, self._sortable(listing))
        count = len(listing.rows)
        if sort is None:
            return Straight(count, falling=True) if count <= SHORT else self._long(listing, "", False)
        if sort[0] in ("id", "timeCreated"):
            return Straight(count, sort[1])
        return self._long(listing, *sort)

    def _long(self, listing: Listing, field: str, falling: bool) -> Order:
        name = f"{listing.name} {field} {falling} {self._account.revision}"
        if name not in self._orders:
            count = len(listing.rows)
            value = _by(self._account, listing.rows, field)
            self._orders[name] = Sorted(count, value, falling) if field else Scrambled(count)
        return self._orders[name]

    def _sortable(self, listing: Listing) -> frozenset[str]:
        kinds = [self._account.kinds[kind] for kind in listing.kinds if kind in self._account.kinds]
        common = frozenset({"timeCreated"}).union(*(kind.sortable for kind in kinds))
        return common | {"id"} if self._behaviour.sort_by_id else common

    def _start(self, listing: Listing, query: Query, order: Order) -> int | None:
        """The position of the first row of the page; None: the page is empty."""
        cursor = cursor_of(query, frozenset(listing.kinds))
        if cursor is None:
            return 0
        kind, id = cursor
        known = self._account.kinds["Comment" if kind in HISTORY else kind]
        index = known.index(id)
        gone = index is None or (kind, index) in self._account.removed
        if index is None or (gone and self._behaviour.deleted_cursor == "error"):
            raise Refused(422, f"Entity {kind} with id {id} is not found", "pageAfter")
        if gone and self._behaviour.deleted_cursor == "empty":
            return None
        if gone and self._behaviour.deleted_cursor == "first":
            return 0
        try:
            position = order.position(listing.rows.place((kind, index)))
        except ValueError as stranger:
            raise Refused(422, f"Entity {kind} with id {id} is not in this list", "pageAfter") from stranger
        return position + (0 if self._behaviour.page_after_inclusive else 1)

    def _count(self, listing: Listing, query: Query, keep: Keep, on_page: int) -> Body:
        if self._behaviour.count_is == "absent":
            return {}
        return {"count": on_page if self._behaviour.count_is == "page" else self._total(listing, query, keep)}

    def _total(self, listing: Listing, query: Query, keep: Keep) -> int:
        if len(listing.rows) <= SHORT:
            return sum(keep(*listing.rows.at(place)) for place in range(len(listing.rows)))
        relevant = {
            name: query[name]
            for name in query
            if name in ("filter", "all", "finished", "withInactivePrograms")
        }
        name = f"{listing.name} {dumps(relevant)} {self._account.revision}"
        if name not in self._totals:
            rows = listing.rows
            self._totals[name] = sum(keep(*rows.at(place)) for place in range(len(rows)))
        return self._totals[name]


SHORT = 400  # lists up to this length are counted anew each time, and are newest first when no order is asked
_HISTORY_FIELDS = frozenset({"field", "oldValue", "newValue", "description", "unlink"})


def _have_not(kind: str, names: list[str]) -> Refused:
    return Refused(422, f"Entities of type {kind} have not this fields: {', '.join(names)}", "fields")


def _by(account: InventedAccount, rows: Rows, field: str) -> Any:
    def value(place: int) -> float | str:
        kind, index = rows.at(place)
        if field == "name":
            return str(account.body(kind, index)["name"])
        return account.when(kind, index, field) or 0

    return value
