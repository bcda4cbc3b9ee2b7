"""The values of the newer API as the older one writes them: local times without a zone, "" for nothing, ids of two types
(Megaplan reference, §12, §18)."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from crmexport_megaplan.sandbox.account import InventedAccount
from crmexport_megaplan.sandbox.values import Body

_SIGNS = {"RUB": "р.", "USD": "$"}


class Telling:
    """Writes values of one account in the zone of that account."""

    def __init__(self, account: InventedAccount, zone: str) -> None:
        self._account = account
        self._zone = ZoneInfo(zone)

    def value(self, value: Any) -> Any:
        """Any value of the newer API, by what it is."""
        if value is None or value == []:
            return ""
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, list):
            return [self.value(one) for one in value]
        if not isinstance(value, dict):
            return value
        maker = _BY_TYPE.get(value.get("contentType", ""))
        return maker(self, value) if maker else self.named(value)

    def named(self, link: Body | None) -> Body | str:
        """A link to another record: its id and name; a deleted one has no name any more."""
        if not link:
            return ""
        shown = self._account.mention(link["contentType"], link["id"])
        return {"Id": number(link["id"]), "Name": shown.get("name", "")}

    def name(self, link: Body | None) -> str:
        """The name of another record alone."""
        return str(self._account.mention(link["contentType"], link["id"])["name"]) if link else ""

    def all_named(self, links: list[Body] | None) -> list[Body | str]:
        """Links to several records."""
        return [self.named(one) for one in links or []]

    def time(self, moment: Body | None) -> str:
        """An instant or a day, in local time."""
        if not moment or "value" not in moment or moment["contentType"] == "ShiftDate":
            return self.day(moment)
        at = datetime.fromisoformat(moment["value"]).astimezone(self._zone)
        return f"{at:%Y-%m-%d %H:%M:%S}" if at.year >= 1000 else moment["value"]

    def day(self, value: Body | None) -> str:
        """A day; months count from 1 here. One without a year is not told at all."""
        if value and value["contentType"] == "DateTime":
            return self.time(value)[:10]
        if not value or "year" not in value:
            return ""
        return f"{value['year']:04d}-{value['month'] + 1:02d}-{value['day']:02d}"

    def money(self, money: Body | None) -> Body | str:
        """An amount."""
        if not money:
            return ""
        code = money["currency"]
        return {
            "Value": money["value"],
            "Currency": _SIGNS[code],
            "CurrencyId": 1 if code == "RUB" else "2",
            "CurrencyAbbreviation": code,
            "Rate": money["rate"],
        }

    def files(self, place: str, index: int) -> list[Body]:
        """What hangs at a record, as attachments."""
        known = self._account.kinds["File"]
        there = [one for one in self._account.files.of(place, index) if self._account.is_there("File", one)]
        return [self._attachment(known.body(file)) for file in there]

    def _attachment(self, body: Body) -> Body:
        return {"Id": number(body["id"]), "Name": body["name"], "Url": body["path"]}

    def file(self, link: Body) -> Body:
        """A file named in a field."""
        known = self._account.kinds["File"]
        return self._attachment(known.body(known.index(link["id"]) or 0))

    def minutes(self, interval: Body | None) -> int | str:
        """A length of time in minutes."""
        return interval["value"] // 60 if interval else ""


def number(id: str) -> int | str:
    """An id: an integer or a text, nobody knows which it will be."""
    return int(id) if id.isdigit() and int(id) % 3 else id


def empty(value: Any) -> Any:
    """Nothing, as PHP writes it."""
    return "" if value is None else value


_BY_TYPE = {
    "DateTime": Telling.time,
    "DateOnly": Telling.day,
    "ShiftDate": Telling.day,
    "Money": Telling.money,
    "DateInterval": Telling.minutes,
    "File": Telling.file,
}
