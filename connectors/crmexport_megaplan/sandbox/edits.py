"""What happens in the account while somebody pulls: records change, vanish and come back, and are linked with each other."""

from time import time

from crmexport_megaplan.sandbox.account import InventedAccount
from crmexport_megaplan.sandbox.values import Body, moment

TOUCHED = {
    "Deal": "timeUpdated",
    "ContractorCompany": "timeUpdated",
    "ContractorHuman": "timeUpdated",
    "Comment": "timeUpdated",
}
ACTIVE = {"Task": "activity", "Project": "activity"}


class Edits:
    """Changes to one account. Records are named by stream and id; an unknown one raises KeyError."""

    def __init__(self, account: InventedAccount) -> None:
        self._account = account
        self._kinds = {kind.stream: kind for kind in account.kinds.values()}

    def change(self, stream: str, id: str, at: float | None = None, **fields: object) -> None:
        """Set fields of a record (nested records as bare links); its mark of change becomes `at` (default: now)."""
        key = self._key(stream, id)
        mark = (TOUCHED | ACTIVE).get(key[0])
        touched: Body = {mark: moment(int(time() if at is None else at))} if mark else {}
        self._account.changed[key] = self._account.changed.get(key, {}) | touched | fields
        self._account.revision += 1

    def change_quietly(self, stream: str, id: str, **fields: object) -> None:
        """Set fields of a record as the linking of two records does: no mark tells of it (Megaplan reference, §4.6)."""
        key = self._key(stream, id)
        self._account.changed[key] = self._account.changed.get(key, {}) | fields
        self._account.revision += 1

    def remove(self, stream: str, id: str) -> None:
        """Delete a record: lists pass over it, its card answers 404, links to it stay. No mark of change moves."""
        self._account.removed.add(self._key(stream, id))
        self._account.revision += 1

    def restore(self, stream: str, id: str) -> None:
        """Bring a removed record back: removing it first and restoring it in mid-pull is how a record is inserted."""
        self._account.removed.discard(self._key(stream, id))
        self._account.revision += 1

    def turn(self, stream: str, id: str) -> None:
        """Finish an event, or begin it again; let a person leave, or come back: lists may hide the one, not the other."""
        self._account.turned ^= {self._key(stream, id)}
        self._account.revision += 1

    def scheme(self, id: str, program: int, at: float | None = None) -> None:
        """Let a deal go over to another scheme, the `program`th: it has the states and the custom fields of that one from now on."""
        _kind, deal = self._key("deal", id)
        self._account.schemed[deal] = program
        self.change("deal", id, at)

    def make_field(self, name: str) -> None:
        """Make a custom field that is among the account's `unmade`: all records of its scope show it. No mark of change moves."""
        self._account.unmade.discard(name)
        self._account.revision += 1

    def link(self, id: str, stream: str, other: str) -> None:
        """Link a deal with a deal or a task, or part them if they are linked.

        No mark of change moves: "linking/unlinking entities is not reflected as an update" (Megaplan reference, §4.6).
        """
        (_, deal), (kind, index) = self._key("deal", id), self._key(stream, other)
        self._toggle(deal, kind, index)
        if kind == "Deal" and index != deal:
            self._toggle(index, kind, deal)
        self._account.revision += 1

    def _toggle(self, deal: int, kind: str, index: int) -> None:
        found = self._account.linked.get(deal) or self._account.links(deal)
        own = [one for one in found[kind] if one != index]
        self._account.linked[deal] = found | {kind: own if index in found[kind] else sorted([*own, index])}

    def _key(self, stream: str, id: str) -> tuple[str, int]:
        kind = self._kinds[stream]
        index = kind.index(id)
        if index is None:
            raise KeyError(f"{stream} {id}")
        return kind.content_type, index
