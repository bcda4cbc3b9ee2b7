"""The connector: the contract's questions, answered for Odoo."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from crmexport.source import (
    About,
    Account,
    Connector,
    Limits,
    Reading,
    Request,
    Response,
    Row,
    SignIn,
    Standing,
    Verdict,
)
from crmexport.source.contract import by_status, of_page
from crmexport.source.options import Option, Options
from crmexport.text import N_
from crmexport_odoo.answers import Answers
from crmexport_odoo.mending import is_divisible, is_doubtful, is_too_slow, mend
from crmexport_odoo.models import ALWAYS_THERE, ATTACHMENTS, FIELDS, FILES, MESSAGES, MODELS, STREAMS
from crmexport_odoo.not_given import NOT_GIVEN
from crmexport_odoo.protocols import NO_SUCH_TABLE, NOT_FOUND, PROTOCOLS, Failure, failure_of
from crmexport_odoo.questions import DEFINITIONS, ELSE, FILLED, GLIMPSE, LOOK, PAGE, WHO, Questions, odoo_time
from crmexport_odoo.reads import RULES
from crmexport_odoo.sameness import missing, own, says_nothing_new
from crmexport_odoo.sign_in import KeySignIn, OdooSignIn, SessionSignIn

SUCCESS = range(200, 300)
UNPROCESSABLE = 422
REQUESTS_A_SECOND = 10  # Odoo publishes no limit; this is kind to a company's own small server


class OdooOptions(Options, frozen=True):
    """Settings for an Odoo account."""

    database: Annotated[
        str | None, Option(N_("Name of the database; JSON-2 needs it only where a server has several"))
    ] = None
    api: Annotated[
        Literal["json2", "jsonrpc"],
        Option(
            N_(
                "Which API to speak; json2: Odoo 19 and later, with an API key; jsonrpc: any version, with login and password"
            )
        ),
    ] = "json2"
    language: Annotated[
        str | None,
        Option(
            N_(
                "Language of translated texts, such as ru_RU; without it, the language of the user who signs in"
            )
        ),
    ] = None


class Odoo(Connector):
    """Odoo, by its external API."""

    about = About(
        name="odoo",
        title="Odoo",
        streams=STREAMS,
        limits=Limits(per_second=REQUESTS_A_SECOND, page=PAGE),
        reads=RULES,
        options=OdooOptions,
        swept=tuple(MODELS),
        apart=("database",),
        revision=4,
        kind_members=("ttype", "model", "res_model", "relation"),
        not_given=NOT_GIVEN,
    )
    options: OdooOptions

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._protocol = PROTOCOLS[self.options.api]()
        self._questions = Questions(self._protocol)
        self._answers = Answers(self._protocol, self._questions, self.options.language, account.url)

    def sign_in(self) -> SignIn:
        """By API key (JSON-2) or by login and password (JSON-RPC)."""
        way: type[OdooSignIn] = KeySignIn if self.options.api == "json2" else SessionSignIn
        return way(self.options.database)

    def greetings(self) -> Sequence[Request]:
        """Whose sign-in it is."""
        return (self._questions.greeting(),)

    def standing(self, answers: Sequence[tuple[Request, Response]]) -> Standing:
        """The number of the user, who is one of the records. Odoo tells nothing of the account's end."""
        told = [self._protocol.result(response) for _request, response in answers]
        users = [one["uid"] for one in told if isinstance(one, dict) and isinstance(one.get("uid"), int)]
        return Standing(f"res.users {users[0]}" if users else "")

    def opening(self, since: datetime | None) -> Iterable[Request]:
        """One question, who we are; all others follow from its answer."""
        yield self._questions.who({"since": odoo_time(since)} if since else {})

    def sweep(self) -> Iterable[Request]:
        """The numbers of all records; as ever, who we are comes first."""
        yield self._questions.who({"sweep": True})

    def card(self, stream: str, id: str) -> Request | None:
        """The first of four questions: language, companies and fields have to be known before one record can be asked for."""
        if stream not in MODELS or not id.isdecimal():
            return None
        return self._questions.who({"card": [stream, id]})

    def is_same(self, stream: str, before: Any, now: Any) -> bool:
        """Whether nothing but what Odoo works out at the moment of asking differs."""
        is_described = isinstance(before, dict) and isinstance(now, dict) and stream != FIELDS
        return says_nothing_new(before, now) if is_described else bool(before == now)

    def own(self, request: Request, value: Mapping[str, Any]) -> Mapping[str, Any]:
        """Without what Odoo works out, and names of linked records."""
        return own(value, request.context.get("computed", ()))

    def missing_fields(self, stream: str, before: Any, now: Any) -> Iterable[str]:
        """Odoo describes to each user the fields that are for the groups of that one, and only what is described is asked for."""
        return () if stream == FIELDS else missing(before, now)

    def verdict(self, request: Request, response: Response) -> Verdict:
        """By the failure told; what another question mends, or the same asked once more settles, is an answer."""
        if is_too_slow(request, response.status):
            return Verdict.ANSWER
        if response.is_page and not _may_tell_of_no_api(request, response):
            return of_page(response.status)
        failure = failure_of(self._protocol, request, response)
        if failure is None and (response.status not in SUCCESS or not response.body):
            return Verdict.TRANSIENT
        if failure is None:
            return Verdict.VANISHED if request.is_file and self._is_empty(response) else Verdict.ANSWER
        is_swept = "sweep" in request.context and "model" in request.context
        step = request.context.get("step")
        is_no_app = failure.status == NOT_FOUND and step == DEFINITIONS
        if is_no_app and request.context["model"] in ALWAYS_THERE and not is_swept:
            return Verdict.REFUSED
        may_not_be = step in (WHO, DEFINITIONS) or (is_swept and step != LOOK)
        is_in_vain = is_swept and _is_spared(request, failure)
        is_mended = (
            is_doubtful(request, failure) or bool(mend(request, failure)) or is_divisible(request, failure)
        )
        is_known = _is_no_list(request, failure)
        if is_mended or is_known or is_in_vain or (may_not_be and failure.status == NOT_FOUND):
            return Verdict.ANSWER
        return Verdict.REFUSED if failure.status == UNPROCESSABLE else by_status(failure.status)

    def _is_empty(self, response: Response) -> bool:
        """Whether an empty list came where one record was asked for: it is gone."""
        empty = b"[]" if self._protocol.result_key is None else b"[]}"
        return response.body.strip().endswith(empty)

    def rows(self, request: Request, response: Response) -> list[Row]:
        """Records of a page or card, or the definitions of a model's fields."""
        return self._answers.rows(request, response)

    def read(self, request: Request, response: Response) -> Reading:
        """What an answer teaches, by the step it belongs to. Raises ConfigurationError where there is no such API."""
        return self._answers.read(request, response)

    def source_url(self, stream: str, id: str) -> str | None:
        """The record's form (this spelling works in every version), the message in its place, or the attachment's bytes."""
        id = quote(id, safe="")
        if stream == MESSAGES:
            return f"{self.account.url}/mail/message/{id}"
        if stream in (ATTACHMENTS, FILES):
            return f"{self.account.url}/web/content/{id}?download=true"
        if stream in MODELS:
            return f"{self.account.url}/web#id={id}&model={stream}&view_type=form"
        return None


def _may_tell_of_no_api(request: Request, response: Response) -> bool:
    """Whether a page may be all that this address has to say: there is none of these in front of what was answered before."""
    is_first = request.context.get("step") == WHO and not {"since", "card", "sweep"} & request.context.keys()
    return is_first and response.status == NOT_FOUND


def _is_spared(request: Request, failure: Failure) -> bool:
    """Whether a sweep goes on without what failed for good: without looking at links. (What is not there is known to be an answer.)"""
    is_needed = request.context["step"] == DEFINITIONS and MODELS[request.context["model"]].needs
    is_look = request.context["step"] in (GLIMPSE, DEFINITIONS) and not is_needed
    return is_look and failure.status in (403, UNPROCESSABLE, 500)


def _is_no_list(request: Request, failure: Failure) -> bool:
    """Whether Odoo itself does not give the list of its models, or a number to compare with it; nothing hangs on it."""
    step = request.context.get("step")
    if step == ELSE and failure.name == NO_SUCH_TABLE:
        return True  # anywhere else it passes: an app is being removed
    statuses = (403, NOT_FOUND, UNPROCESSABLE, 500) if step == ELSE else (403, UNPROCESSABLE, 500)
    return step in (ELSE, LOOK, FILLED) and bool(failure.name) and failure.status in statuses
