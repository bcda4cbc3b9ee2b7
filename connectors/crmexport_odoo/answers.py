"""What each kind of answer teaches: records, links, files, counts, and the questions that follow."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from crmexport.errors import ConfigurationError
from crmexport.source import Announced, FileRef, Key, Reading, Request, Response, Row
from crmexport.source.slices import holding, pieces
from crmexport.text import _
from crmexport_odoo.definitions import definition_rows, file_fields, plan_of
from crmexport_odoo.gaps import elsewhere, lost, not_given, uncomputed, unshown, vanished
from crmexport_odoo.glimpses import chunks, glimpsed, is_looked_at, linking, unseen
from crmexport_odoo.hidden import looked, looks
from crmexport_odoo.links import ADDRESS_MARKS, Addresses, links, owner
from crmexport_odoo.mending import (
    bare,
    divided,
    is_divisible,
    is_doubtful,
    is_guess,
    is_too_slow,
    mend,
    parts,
    plan_in,
    without,
)
from crmexport_odoo.models import ATTACHMENTS, FIELDS, MESSAGES, MODELS
from crmexport_odoo.others import TABLELESS, others, tableless, unknown
from crmexport_odoo.protocols import NOT_FOUND, Failure, Protocol, failure_of, spoken_at
from crmexport_odoo.questions import (
    ARCHIVED_TOO,
    CARD,
    COMPANIES,
    COUNT,
    DEFINITIONS,
    ELSE,
    FILLED,
    FIRST,
    GLIMPSE,
    LOOK,
    MET,
    PAGE,
    PAGES,
    RECORDS,
    SAMPLE_OF,
    SESSION,
    TITLED,
    WHO,
    WIDEST_PAGE,
    Questions,
)

Told = dict[str, Any]
WITH_RECORDS = frozenset({DEFINITIONS, RECORDS, CARD})
EVERYTHING = "all"
DIGITS = 16
WRONG_TYPE = "builtins.TypeError"


class Answers:
    """Reads answers. `language` is the one the person chose, or None for that of the user who signs in. `url` is the account's."""

    def __init__(self, protocol: Protocol, questions: Questions, language: str | None, url: str) -> None:
        self._addresses = Addresses(url)
        self._protocol = protocol
        self._questions = questions
        self._language = language
        self._steps = {
            WHO: self._who,
            SESSION: self._who,
            COMPANIES: self._companies,
            DEFINITIONS: self._definitions,
            COUNT: self._count,
            PAGES: self._page,
            RECORDS: self._records,
            CARD: self._card,
            ELSE: self._else,
            LOOK: self._look,
            GLIMPSE: self._glimpse,
            FILLED: self._filled,
        }

    def rows(self, request: Request, response: Response) -> list[Row]:
        """Records of a page or card, or the definitions of a model's fields. Raises ValueError for a cut or foreign body."""
        step, protocol = request.context.get("step"), spoken_at(request.path)
        if step not in WITH_RECORDS or protocol.failure(response):
            return []
        _rest, found = pieces(response.body, protocol.result_key)
        model = request.context["model"]
        if step == DEFINITIONS:
            if not (len(found) == 1 and isinstance(found[0].value, dict)):
                raise ValueError(f"Odoo does not describe the fields of {model}")
            return _needed(model, definition_rows(model, response.body, found[0]))
        if not found and protocol.result(response) is None:
            raise ValueError(f"Odoo gives nothing where records of {model} belong")
        return [_row(model, *piece) for piece in found]

    def read(self, request: Request, response: Response) -> Reading:
        """Everything. Raises ValueError for a cut or foreign body, ConfigurationError where no such API is."""
        failure = failure_of(self._protocol, request, response)
        if failure:
            return self._mended(request, failure)
        return self._steps[request.context["step"]](request, response)

    def _who(self, request: Request, response: Response) -> Reading:
        """The user's number and language; archived records count as records from here on."""
        user, told = self._protocol.result(response), _carried(request)
        if not isinstance(user, dict):
            raise ValueError("Odoo does not say who is signed in")
        told["language"] = told.get("language") or self._language or user.get("lang") or "en_US"
        if "uid" not in user and request.context["step"] == WHO and self._protocol.session:
            return Reading(requests=[self._questions.session(told, self._protocol.session)])
        if not isinstance(user.get("uid"), int):
            raise ValueError("Odoo does not say who is signed in")
        settings = {ARCHIVED_TOO: False, "lang": told.pop("language")}
        return Reading(requests=[self._questions.companies(told, user["uid"], settings)])

    def _companies(self, request: Request, response: Response) -> Reading:
        """All companies go into the settings; now every model can be asked what fields it has."""
        users = self._protocol.result(response)
        if not isinstance(users, list) or not users or not isinstance(users[0], dict):
            raise ValueError("Odoo does not say which companies the user may see")
        told = _carried(request)
        settings = {**request.context["settings"], "allowed_company_ids": _companies(users[0])}
        if "card" in told:
            return Reading(requests=[self._questions.definitions(told, told["card"][0], settings)])
        if "sweep" in told:
            asked = [one for model in MODELS for one in self._begun(told, model, settings)]
        else:
            asked = [self._questions.definitions(told, model, settings) for model in MODELS]
        return Reading(requests=[*asked, self._questions.others(told, settings)])

    def _begun(self, told: Told, model: str, settings: Mapping[str, Any]) -> list[Request]:
        """The first questions of a sweep about a model: for its fields, where it hangs on these what is asked."""
        if MODELS[model].needs or is_looked_at(model):
            return [self._questions.definitions(told, model, settings)]
        return self._sweep({**told, "model": model, "settings": dict(settings)}, [])

    def _sweep(self, told: Mapping[str, Any], looked_at: list[str]) -> list[Request]:
        """The numbers of all records of a model, and how many there are; then their links, the fields `looked_at`."""
        known = {name: told[name] for name in ("sweep", "model", "settings", "language") if name in told}
        known["linking"] = looked_at
        return [*self._questions.counts(known), self._questions.page(known)]

    def _definitions(self, request: Request, response: Response) -> Reading:
        rows = self.rows(request, response)
        model = request.context["model"]
        if not rows:
            return _without_model(model, _("the app that keeps such records is not installed"))
        plan = plan_of(model, {row.value["name"]: row.value for row in rows})
        told = {
            **_carried(request),
            **plan._asdict(),
            "model": model,
            "settings": request.context["settings"],
        }
        if "card" in told:  # a field that is new is for those to learn who ask for all records then
            return Reading(
                present={(row.stream, row.id) for row in rows}, requests=[self._questions.card(told)]
            )
        if "sweep" in told:
            asked = self._sweep(request.context, linking(model, rows) if is_looked_at(model) else [])
            return Reading(records=rows, requests=asked, under=self._whole(told, rows))
        known = [] if "since" in told else file_fields(row.value for row in rows)
        filled = [self._questions.filled({**told, "field": name}) for name in known]
        return Reading(
            records=rows,
            requests=[*self._questions.counts(told), self._questions.page(told), *filled],
            under=self._whole(told, rows),
            announced=[Announced(FIELDS, model, len(rows))],
            gaps=not_given(model, told["settings"], [row.value for row in rows]),
        )

    def _whole(self, told: Told, definitions: list[Row]) -> list[tuple[Key, Request]]:
        """In a pull of changes, all records of a model of which a field is new or another: nobody has edited them for that.

        And in a sweep. The question is marked by the fields there are: others ask for all numbers in the same words, of which
        the records may be read without the new field.
        """
        if not {"since", "sweep"} & told.keys():
            return []
        names = "\n".join(sorted(str(row.value["name"]) for row in definitions))
        mark = sha256(names.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]
        told = {name: value for name, value in told.items() if name not in ("since", "sweep")}
        page = self._questions.page({**told, "settings": told["settings"] | {"crmexport_whole": mark}})
        return [((row.stream, row.id), page) for row in definitions]

    def _count(self, request: Request, response: Response) -> Reading:
        return Reading(
            announced=[Announced(request.context["announces"], EVERYTHING, self._number(response))]
        )

    def _number(self, response: Response) -> int:
        number = self._protocol.result(response)
        if not isinstance(number, int):
            raise ValueError("Odoo does not say how many records there are")
        return number

    def _else(self, request: Request, response: Response) -> Reading:
        """Which other models hold records: they are named, for none of them is pulled. Of those that are, what this user
        finds is looked at, unless only what changed is asked for: what is hidden tells of no changes.
        """
        listed, told = self._protocol.result(response), request.context
        if not isinstance(listed, list) or not all(
            isinstance(one, dict) and "model" in one for one in listed
        ):
            raise ValueError("Odoo does not list its models")
        asked = [] if "since" in told else list(looks(self._questions, told, listed))
        return Reading(requests=asked, gaps=[] if FIRST in told else list(others(listed)))

    def _look(self, request: Request, response: Response) -> Reading:
        return looked(self._questions, request, self._number(response))

    def _filled(self, request: Request, response: Response) -> Reading:
        """Whether the bytes in a field are shown as attachments, where there are any."""
        told, number = request.context, self._number(response)
        if "rows" in told:
            return Reading(gaps=unshown(told["model"], told["field"], told["rows"], number))
        return Reading(requests=[self._questions.filled({**told, "rows": number})] if number else [])

    def _page(self, request: Request, response: Response) -> Reading:
        """Numbers only: the records follow, some hundreds at a time."""
        listed = self._protocol.result(response)
        if not isinstance(listed, list) or not all(isinstance(one, dict) and "id" in one for one in listed):
            raise ValueError("Odoo does not list its records")
        told, ids = dict(request.context), [int(one["id"]) for one in listed]
        if "sweep" in told:
            present = {(told["model"], str(id)) for id in ids}
            looks = [self._questions.glimpse(told, some) for some in chunks(ids) if told.get("linking")]
            return Reading(present=present, requests=[*self._following(told, ids), *looks])
        return Reading(
            requests=[
                *(self._questions.records(told, some) for some in chunks(ids, PAGE)),
                *self._following(told, ids),
            ]
        )

    def _glimpse(self, request: Request, response: Response) -> Reading:
        return glimpsed(request.context["model"], self._protocol.result(response))

    def _following(self, told: Told, ids: list[int]) -> Iterator[Request]:
        """The next page. Where the server sieves after cutting, only an empty page of the widest kind is the end."""
        if ids and (len(ids) >= told["limit"] or MODELS[told["model"]].sieved):
            yield self._questions.page(told, ids[-1])
        elif not ids and MODELS[told["model"]].sieved and told["limit"] < WIDEST_PAGE:
            yield self._questions.page(told, told["after"], told["limit"] * 10)

    def _card(self, request: Request, response: Response) -> Reading:
        reading = self._learnt(request, response)
        if reading.records:
            return reading
        if again := bare(dict(request.context), []):
            return Reading(requests=[self._asked(again)])
        return Reading(gaps=[vanished(request, _("Odoo has no record with this number any more."))])

    def _records(self, request: Request, response: Response) -> Reading:
        """Those that did not come are asked for once more; after a sample that came, the rest is."""
        reading, told = self._learnt(request, response), dict(request.context)
        came = {int(row.id) for row in reading.records}
        missing = [id for id in told["ids"] if id not in came]
        if missing and (again := bare(told, missing)):
            reading.requests.append(self._asked(again))
        reading.requests.extend(
            self._questions.records(*half) for half in divided(told, told.get(SAMPLE_OF, []))
        )
        return reading

    def _learnt(self, request: Request, response: Response) -> Reading:
        """The records, and what they teach. What was left out of a question is told where it brought anything."""
        rows = self.rows(request, response)
        reading = Reading(records=rows, gaps=[*lost(request), *uncomputed(request)] if rows else [])
        plan = plan_in(request.context)
        for row in rows:
            reading.links.update(links(row.value, plan))
        for row in holding(response.body, rows, ADDRESS_MARKS):
            reading.links.update(self._addresses.within(row.value))
        if request.context["model"] == ATTACHMENTS:
            reading.files.extend(self._files(rows, response.body))
            reading.gaps.extend(elsewhere(rows))
        return reading

    def _files(self, rows: list[Row], body: bytes) -> Iterator[FileRef]:
        for row in rows:
            if row.value.get("type") == "binary":
                whose = owner(row.value) or (ATTACHMENTS, row.id)
                size = row.value["file_size"] if type(row.value.get("file_size")) is int else None
                meta = body[row.start : row.end].decode("utf-8")
                request = self._questions.bytes_of(int(row.id), size)
                # Odoo's SHA-1 of the bytes; where it gives none, every change of the record may be one of its bytes
                mark = "checksum" if row.value.get("checksum") else "write_date"
                yield FileRef(row.id, row.value.get("name") or row.id, size, whose, meta, request, mark)

    def _mended(self, request: Request, failure: Failure) -> Reading:
        """After a refusal that is an answer: ask differently, or learn that there is no such model or API."""
        told = dict(request.context)
        if told["step"] in (ELSE, LOOK, FILLED):
            return self._unlisted(told, failure)
        # a question from before titles were ever asked for knows no fields
        is_by_number = "linking" in told and TITLED not in told
        if told["step"] == GLIMPSE and failure.name == WRONG_TYPE and is_by_number:
            return Reading(requests=[self._questions.glimpse({**told, TITLED: True}, told["ids"])])
        if told["step"] == GLIMPSE:
            return Reading(gaps=[unseen(request, failure.message or failure.name)])
        if "sweep" in told and told["step"] == DEFINITIONS and failure.status != NOT_FOUND:
            return Reading(
                requests=self._sweep(told, []), gaps=[unseen(request, failure.message or failure.name)]
            )
        if is_too_slow(request, failure.status):
            return Reading(requests=[self._questions.records(*half) for half in divided(told, told["ids"])])
        if is_doubtful(request, failure):
            return Reading(requests=[self._asked(told | {MET: failure.name})])
        if dropped := mend(request, failure):
            fewer = without(told, dropped, failure.words, is_guess=is_guess(request, failure))
            return Reading(requests=[self._asked(fewer)])
        if is_divisible(request, failure):
            return Reading(requests=[self._questions.records(*part) for part in parts(told)])
        if told["step"] == WHO:
            raise ConfigurationError(
                _(
                    "This address has no JSON-2 API: it is not Odoo, older than version 19 (then type --set api=jsonrpc --set "
                    "database=NAME), or holds several databases (then type --set database=NAME)."
                )
            )
        words = f"{failure.status} {failure.words}"
        if "card" in told:
            gap = vanished(request, _("The Odoo app that kept this record is not installed any more."))
            return Reading(gaps=[gap], absent={told["model"]: words})
        return _without_model(told["model"], words)

    def _unlisted(self, told: Told, failure: Failure) -> Reading:
        """The list once more, without what has no table to count; where that is not what Odoo failed over, nobody tells it."""
        if told["step"] != ELSE or FIRST in told:
            return Reading()
        table, known = tableless(failure), told.get(TABLELESS, [])
        if table and table not in known:
            told[TABLELESS] = [*known, table]
            return Reading(requests=[self._questions.others(told, told["settings"])])
        return Reading(gaps=[unknown()])

    def _asked(self, told: Told) -> Request:
        """The question for a record or some, as `told` has it."""
        if told["step"] == CARD:
            return self._questions.card(told)
        return self._questions.records(told, told["ids"])


def _needed(model: str, rows: list[Row]) -> list[Row]:
    """The definitions of a model's fields; none where the field is not among them without which the model is no matter of ours."""
    needs = MODELS[model].needs
    return rows if not needs or any(row.value["name"] == needs for row in rows) else []


def _companies(user: Mapping[str, Any]) -> list[int]:
    """All companies of a user, the main one first: Odoo takes values that differ by company from the first one named."""
    main: int = user["company_id"]
    return [main, *sorted(number for number in user["company_ids"] if number != main)]


def _carried(request: Request) -> Told:
    """What every question passes on to the next: the period of the pull, the one record wanted, or that it is a sweep.

    The language, too, where it takes one question more to learn who is signed in.
    """
    carried = ("since", "card", "sweep", "language")
    return {key: request.context[key] for key in carried if key in request.context}


def _without_model(model: str, words: str) -> Reading:
    """The app behind `model` is not installed, or keeps nothing of ours: the stream exists and is empty, which is no gap."""
    return Reading(
        announced=[Announced(FIELDS, model, 0), Announced(model, EVERYTHING, 0)], absent={model: words}
    )


def _row(model: str, value: Any, start: int, end: int) -> Row:
    if not isinstance(value, dict) or not isinstance(value.get("id"), int):
        raise ValueError(f"a record of {model} has no number")
    parent = owner(value) if model == MESSAGES else None
    changed = value.get("write_date")
    return Row(
        model, str(value["id"]), value, start, end, parent, changed if isinstance(changed, str) else None
    )
