"""The questions that are put to Odoo, each as a request. All of them read; none of them can do anything else."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from crmexport.source import Request
from crmexport_odoo.models import (
    ATTACHMENTS,
    BYTES_WORTH,
    DEFINITIONS_WORTH,
    FIELDS,
    FILES,
    MODELS,
    SETTINGS_WORTH,
    Domain,
    domain_of,
    file_domain,
)
from crmexport_odoo.others import LIST, TABLELESS, WANTED
from crmexport_odoo.protocols import Protocol, text_of

PAGE = 500
LISTED = 10 * PAGE
WIDEST_PAGE = 100 * PAGE
JSON_HEADERS = {"Content-Type": "application/json; charset=utf-8"}
ODOO_TIME = "%Y-%m-%d %H:%M:%S"

# Steps of a pull: what an answer is an answer to.
GREETING = "greeting"
WHO, SESSION, COMPANIES, DEFINITIONS = "who", "session", "companies", "definitions"
COUNT, PAGES, RECORDS, CARD = "count", "page", "records", "card"
ELSE, LOOK, GLIMPSE, FILLED = "else", "look", "glimpse", "filled"
TITLED = "titled"  # in the context of a question for links: that titles are asked for as well
ARCHIVED_TOO = "active_test"  # in Odoo's own context, where it is false
FIRST = "first"  # in the context of a second look at what is hidden: how many records the first one found
BEFORE = "before"  # what a question for records asked for before fields were left out by guess
DIVIDED = "divided"  # that it asks for a part of what failed as a whole
SAMPLE_OF = "sample_of"  # the other records of what failed as a whole, in the question for one of them
MET = "met"  # in the context of a question for records: the exception with which Odoo failed over the same before


class Questions:
    """Makes requests in one protocol's spelling.

    `context` of a request, beyond its step: `settings` (Odoo's own context: language, companies, archived records too),
    `since` (only what changed since), `card` (the one record that is wanted), and for pages the plan of fields; for records
    also which fields had to be left out, and why (`lost`, and `uncomputed` of those that Odoo only computes).
    """

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol

    def who(self, told: Mapping[str, Any]) -> Request:
        """Who is signed in, and in which language. `told` is carried through to every question that follows."""
        return self._ask(
            "res.users", "context_get", WHO, told, SETTINGS_WORTH, named={"context": _mark(told)}
        )

    def session(self, told: Mapping[str, Any], path: str) -> Request:
        """Who is signed in, of an Odoo that does not say so when asked for the language (12 to 14 do not).

        The mark of a card stands in the number of the call, since this one takes no arguments.
        """
        call = {"jsonrpc": "2.0", "method": "call", "id": "/".join(_mark(told).values()), "params": {}}
        return _request("res.users", SESSION, told, SETTINGS_WORTH, path, text_of(call))

    def greeting(self) -> Request:
        """Who is signed in, and nothing follows from it. It is marked, for a pull asks the same where it begins."""
        if self._protocol.session:
            call = {"jsonrpc": "2.0", "method": "call", "id": GREETING, "params": {}}
            path, body = self._protocol.session, text_of(call)
        else:
            named = {"context": {f"crmexport_{GREETING}": True}}
            path, body = self._protocol.call("res.users", "context_get", (), named)
        return _request("res.users", GREETING, {}, SETTINGS_WORTH, path, body)

    def companies(self, told: Mapping[str, Any], user: int, settings: Mapping[str, Any]) -> Request:
        """Which companies the user may see: without naming them all, Odoo shows only the main one's records.

        Not those that were archived: Odoo refuses every question that names one of them (Odoo 19, `Environment.companies`).
        """
        shown = {name: value for name, value in settings.items() if name != ARCHIVED_TOO}
        named = {"fields": ["company_id", "company_ids"], "load": "", "context": {**shown, **_mark(told)}}
        told = {**told, "settings": dict(settings)}
        return self._ask("res.users", "read", COMPANIES, told, SETTINGS_WORTH, [user], named)

    def definitions(self, told: Mapping[str, Any], model: str, settings: Mapping[str, Any]) -> Request:
        """Which fields `model` has."""
        told = {**told, "settings": dict(settings), "model": model}
        named = {"context": {**settings, **_mark(told)}}
        return self._ask(model, "fields_get", DEFINITIONS, told, DEFINITIONS_WORTH, named=named)

    def others(self, told: Mapping[str, Any], settings: Mapping[str, Any], model: str = "") -> Request:
        """Which models there are (or of one of them), and how many rows each has. But for those that have no table, where Odoo
        stumbles over them: an underscore in such a comparison stands for any one character, as the point of a model's name.
        """
        others: Domain = [
            one for table in told.get(TABLELESS, ()) for one in ("!", ["model", "=ilike", table])
        ]
        domain = [["model", "=", model]] if model else others
        named = {"domain": domain, "fields": list(WANTED), "order": "model", "context": dict(settings)}
        told = {**told, "settings": dict(settings)}
        return self._ask(LIST, "search_read", ELSE, told, DEFINITIONS_WORTH, named=named)

    def look(self, told: Mapping[str, Any]) -> Request:
        """How many records of a model this user finds. Its first look and its second are two questions.

        All of them, though only those with a link are pulled; but the link is named, so that Odoo fails where there is none.
        """
        which = {f"crmexport_{name}": told[name] for name in ("rows", FIRST) if name in told}
        needs = MODELS[told["model"]].needs
        domain = ["|", [needs, "=", False], [needs, "!=", False]] if needs else []
        named = {"domain": domain, "context": {**told["settings"], **which}}
        return self._ask(told["model"], "search_count", LOOK, told, DEFINITIONS_WORTH, named=named)

    def filled(self, told: Mapping[str, Any]) -> Request:
        """How many records of a model have bytes in a field; then how many of these are shown among the attachments."""
        model, domain = told["model"], [[told["field"], "!=", False]]
        if "rows" in told:
            domain = [["res_model", "=", model], ["res_field", "=", told["field"]]]
        named = {"domain": domain, "context": dict(told["settings"])}
        asked = ATTACHMENTS if "rows" in told else model
        told = {name: told[name] for name in ("model", "field", "settings", "rows") if name in told}
        return self._ask(asked, "search_count", FILLED, told, DEFINITIONS_WORTH, named=named)

    def counts(self, told: Mapping[str, Any]) -> list[Request]:
        """How many records there are, and, of attachments, how many with bytes."""
        model = told["model"]
        asked = [(model, domain_of(model))] + ([(FILES, file_domain())] if model == ATTACHMENTS else [])
        return [
            self._count(model, domain, stream, told["settings"], "sweep" in told) for stream, domain in asked
        ]

    def _count(
        self, model: str, domain: Domain, stream: str, settings: Mapping[str, Any], is_sweep: bool = False
    ) -> Request:
        """How many records of `model` are in `domain`. In a sweep, the model may be one that is not installed."""
        named = {"domain": domain, "context": dict(settings)}
        worth = MODELS[model].worth + 1
        swept = {"sweep": True, "model": model} if is_sweep else {}
        return self._ask(model, "search_count", COUNT, {"announces": stream, **swept}, worth, named=named)

    def page(self, told: Mapping[str, Any], after: int = 0, limit: int = LISTED) -> Request:
        """The next numbers of the model's records: edits meanwhile cannot shift such a page (Odoo reference, §2)."""
        domain = [*domain_of(told["model"]), ["id", ">", after]]
        if "since" in told:
            domain.append(["write_date", ">=", told["since"]])
        named = {
            "domain": domain,
            "fields": ["id"],
            "limit": limit,
            "order": "id",
            "context": told["settings"],
        }
        worth = MODELS[told["model"]].worth
        told = {**told, "after": after, "limit": limit}
        return self._ask(told["model"], "search_read", PAGES, told, worth, named=named)

    def glimpse(self, told: Mapping[str, Any], ids: Sequence[int]) -> Request:
        """The links of records, the fields `linking`, by numbers alone: titles would have to be made.

        With titles, where Odoo fails without them: Odoo 14 does over meetings of which one is private (tried; `calendar.event`,
        `read`).
        """
        shape = {} if TITLED in told else {"load": ""}
        named = {"fields": told["linking"], **shape, "context": told["settings"]}
        model, kept = told["model"], ("sweep", "model", "linking", "settings", TITLED)
        told = {**{name: told[name] for name in kept if name in told}, "ids": list(ids)}
        return self._ask(model, "read", GLIMPSE, told, MODELS[model].worth, ids, named)

    def records(self, told: Mapping[str, Any], ids: Sequence[int]) -> Request:
        """Records by number. Not by `search_read`: that forgets `active_test` when it reads, and a task then loses the
        people who have left (tried on Odoo 19).

        What Odoo failed over comes after the other pages of its model: what passes may have passed by then.
        """
        named = {"fields": told["fields"], "context": {**told["settings"], **_again(told)}}
        worth = MODELS[told["model"]].worth - (MET in told)
        asked = self._ask(told["model"], "read", RECORDS, {**told, "ids": list(ids)}, worth, ids, named)
        is_alone = DIVIDED in told and len(ids) == 1  # a gap then names the record; it is listed all the same
        return asked.replace(subject=(told["model"], str(ids[0])), listed=True) if is_alone else asked

    def card(self, told: Mapping[str, Any]) -> Request:
        """One record by number: unlike a search, this tells a record that is hidden from one that is gone.

        The question is marked: a page may have asked for the same one record, which was gone when its answer came.
        """
        model, number = told["card"]
        named = {"fields": told["fields"], "context": {**told["settings"], **_mark(told), **_again(told)}}
        return self._ask(model, "read", CARD, told, MODELS[model].worth, [int(number)], named)

    def bytes_of(self, attachment: int, size: int | None) -> Request:
        """An attachment's bytes, in base64 within JSON; `size` is what the source says there must be.

        Not by /web/content: that route takes no API key, and tells an expired session as if the file did not exist.
        """
        path, body = self._protocol.call(ATTACHMENTS, "read", [attachment], {"fields": ["datas"], "load": ""})
        context: dict[str, Any] = {"decode": [self._protocol.result_key, "datas", "base64"]}
        if size is not None:
            context["size"] = size
        subject = (FILES, str(attachment))
        return Request(FILES, path, "POST", body, BYTES_WORTH, True, False, subject, JSON_HEADERS, context)

    def _ask(
        self,
        model: str,
        method: str,
        step: str,
        told: Mapping[str, Any],
        worth: int,
        ids: Sequence[int] = (),
        named: Mapping[str, Any] | None = None,
    ) -> Request:
        path, body = self._protocol.call(model, method, ids, named or {})
        return _request(model, step, told, worth, path, body)


def _request(model: str, step: str, told: Mapping[str, Any], worth: int, path: str, body: str) -> Request:
    subject = (str(told["card"][0]), str(told["card"][1])) if "card" in told else None
    if subject is None and step == DEFINITIONS:
        subject = (str(told["model"]), "")  # without them, all of its records are missing
    stream = FIELDS if step in (WHO, SESSION, COMPANIES, DEFINITIONS, ELSE, LOOK, FILLED) else model
    context = {**told, "step": step}
    return Request(stream, path, "POST", body, worth, subject=subject, headers=JSON_HEADERS, context=context)


def odoo_time(moment: datetime) -> str:
    """`moment` as Odoo writes it: UTC, whole seconds, no mark of the zone."""
    return moment.astimezone(UTC).strftime(ODOO_TIME)


def _mark(told: Mapping[str, Any]) -> dict[str, str]:
    """A word in Odoo's context, which it ignores, that makes the questions leading to one card, or of a sweep, differ from all others."""
    if "card" in told:
        return {"crmexport_card": "/".join(told["card"])}
    return {"crmexport_sweep": "all"} if "sweep" in told else {}


def _again(told: Mapping[str, Any]) -> dict[str, str]:
    """Another such word, that makes a question differ from the same one that failed."""
    return {"crmexport_again": told[MET]} if MET in told else {}
