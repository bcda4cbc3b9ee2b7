"""Who is signed in, how the account calls itself, and until when it is paid for (Megaplan reference, §2.3)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from crmexport.source import Request, Response, Standing
from crmexport_megaplan.envelope import opened
from crmexport_megaplan.kinds import instant
from crmexport_megaplan.query import API

_ENDS = ("licenceEndDate", "paidToDate")

REQUESTS = tuple(
    Request("", f"{API}/{name}", worth=100, context={"kind": "greeting"})
    for name in ("currentUser", "accountInfo")
)


def standing(answers: Sequence[tuple[Request, Response]]) -> Standing:
    """By what kind of object came, whichever question it answers. Raises ValueError for what is not Megaplan's envelope."""
    told = {
        str(piece.value.get("contentType")): piece.value
        for _request, response in answers
        for piece in opened(response).rows
    }
    account = told.get("AccountInfo", {})
    return Standing(_person(told.get("Employee", {})), min(_ends(account), default=None), _name(account))


def _person(employee: Mapping[str, Any]) -> str:
    """Name, position and id, as far as they are told."""
    name = employee.get("name") or " ".join(
        str(employee[part]) for part in ("lastName", "firstName", "middleName") if employee.get(part)
    )
    position = employee.get("position")
    post = position.get("name") if isinstance(position, dict) else position
    words = ", ".join(str(word) for word in (name, post) if word)
    id = employee.get("id")
    return f"{words} ({id})" if words and id is not None else words


def _name(account: Mapping[str, Any]) -> str:
    """The company's name, on one line: it stands among sentences of ours."""
    name = account.get("name")
    return " ".join(name.split()) if isinstance(name, str) else ""


def _ends(account: Mapping[str, Any]) -> Iterator[datetime]:
    """The moments after which the account may be closed."""
    for name in _ENDS:
        told = account.get(name)
        end = _day(told) if isinstance(told, dict) and "year" in told else instant(told)
        if end is not None:
            yield end


def _day(told: Mapping[str, Any]) -> datetime | None:
    """The beginning of a day whose months count from 0 (§5); None for what is no day."""
    try:
        return datetime.combine(date(told["year"], told["month"] + 1, told["day"]), time(), UTC)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
