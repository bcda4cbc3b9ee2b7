"""The connector: the contract's questions, each answered by its own module."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from crmexport.source import Connector, Reading, Request, Response, Row, SignIn, Standing, Verdict
from crmexport_megaplan import bulk, cards, choice, described, reader, sameness, standing, sweep, verdicts
from crmexport_megaplan.about import ABOUT, MegaplanOptions
from crmexport_megaplan.dictionaries import DICTIONARIES
from crmexport_megaplan.envelope import opened
from crmexport_megaplan.fields import ALONE, WAITING, definitions, opening_of
from crmexport_megaplan.goods import categories, search
from crmexport_megaplan.links import Filling
from crmexport_megaplan.lists import fields_of, first_page
from crmexport_megaplan.paging import fresh, from_elsewhere
from crmexport_megaplan.papers import PAPERS
from crmexport_megaplan.parts import HISTORIES
from crmexport_megaplan.records import another, parted, records
from crmexport_megaplan.sign_in import MegaplanSignIn
from crmexport_megaplan.spaces import ROOT

INCLUDED = {"X-USE-INCLUDED-RESPONSE": "true"}
AT_ONCE = ("program", "department", "todo", "invoice", "consignment", ROOT, *DICTIONARIES, *PAPERS)


class Megaplan(Connector):
    """Megaplan by its API v3. The facts it rests on are those of the Megaplan reference, Part I and III."""

    about = ABOUT
    options: MegaplanOptions

    def sign_in(self) -> SignIn:
        """An application token, or login and password."""
        return MegaplanSignIn()

    def probes(self) -> Sequence[Request]:
        """Both APIs' own marks, or those of the one that the option names."""
        return choice.PROBES_OF[self.options.api] if self.options.api else choice.PROBES

    def suited(self, answers: Sequence[Response]) -> str | None:
        """The newer API where it is there, else the older one, unless the option names one."""
        named, url = self.options.api, self.account.url
        api = choice.given(named, answers, url) if named else choice.api_of(answers, url)
        return api and ("megaplan_v1" if api == "v1" else self.about.name)

    def greetings(self) -> Sequence[Request]:
        """Whose sign-in it is, and the account's own card."""
        return standing.REQUESTS

    def standing(self, answers: Sequence[tuple[Request, Response]]) -> Standing:
        """What those two tell."""
        return standing.standing(answers)

    def opening(self, since: datetime | None) -> Iterable[Request]:
        """Field definitions, on which most lists wait; deal schemes, on which deals wait; and what waits for nothing."""
        moment = since.astimezone(UTC).isoformat() if since else None
        first = [first_page(name, moment) for name in AT_ONCE]
        waiting = [opening_of(entity, moment) for entity in WAITING if entity != "offer"]
        alone = [definitions(scope, moment) for scope in ALONE]
        return self._dressed([*first, *waiting, *alone, categories(moment), search(), described.question()])

    def rows(self, request: Request, response: Response) -> list[Row]:
        """The records in an answer; none in an answer that is a refusal, or the API's description."""
        if verdicts.told_status(request, response) != 200 or request.context.get("kind") == described.KIND:
            return []
        filling = Filling()
        pieces = fresh(request, opened(response, filling.look))
        whole, _bare = parted(request, pieces)
        filling.fill()
        return [] if another(request, response, pieces) else records(request, whole)

    def read(self, request: Request, response: Response) -> Reading:
        """Everything an answer teaches."""
        if request.context.get("kind") == described.KIND:
            return described.read(response, self._besides)
        reading = reader.read(self.account.url, request, response)
        if not self.options.history:
            reading.under = [one for one in reading.under if one[1].stream not in HISTORIES]
        reading.requests = self._dressed(reading.requests)
        dressed = self._dressed([one for _record, one in reading.under])
        reading.under = [(record, one) for (record, _bare), one in zip(reading.under, dressed, strict=True)]
        return reading

    def card(self, stream: str, id: str) -> Request | None:
        """The request for one record."""
        request = cards.card(stream, id)
        return self._dressed([request])[0] if request else None

    def sweep(self) -> Iterable[Request]:
        """All lists once more, for their ids."""
        return self._dressed(list(sweep.requests()))

    def spread(self, request: Request, places: Sequence[str]) -> Request:
        """Begun at several places, where the first page shows that the list is in the order of ids."""
        return sweep.spread(request, places)

    def is_same(self, stream: str, before: Any, now: Any) -> bool:
        """How much of linked objects an answer shows is no change."""
        return sameness.says_nothing_new(before, now)

    def missing_fields(self, stream: str, before: Any, now: Any) -> Iterable[str]:
        """Megaplan leaves out what rights or the settings of a scheme hide; what is empty, it shows as empty (§4.3)."""
        return sameness.missing(before, now, fields_of(stream))

    def verdict(self, request: Request, response: Response) -> Verdict:
        """What to do next: Megaplan hides failures in answers with status 200."""
        return verdicts.verdict(request, response)

    def instead(self, request: Request) -> Iterable[Request]:
        """A page is asked from before the row after which it was asked, which may be gone. Lists that wait for field definitions
        or deal schemes are asked without them, with every card.
        """
        if waiting := sweep.resumed(request):
            return self._dressed(waiting)
        page = from_elsewhere(request) if request.goes_on else None
        return self._dressed([page] if page else reader.instead(request))

    def is_replaced(self, request: Request) -> bool:
        """Deals that are held are not read again for want of the list of schemes, only looked for. A record that is counted in once more
        brings nothing of what its list would have shown.
        """
        return request.context.get("kind") not in ("list", "links") and bool(reader.instead(request))

    def combine(self, requests: Sequence[Request]) -> Request:
        """One bulk request."""
        return bulk.combine(requests)

    def split(self, request: Request, response: Response) -> list[tuple[Request, Response]]:
        """The answers of a bulk request, one by one."""
        return bulk.split(request, response)

    def is_bulk(self, request: Request) -> bool:
        """Whether `request` is a bulk request."""
        return bulk.is_bulk(request)

    def source_url(self, stream: str, id: str) -> str | None:
        """Where a person sees the record in Megaplan."""
        return cards.page_for_people(self.account.url, stream, id)

    @cached_property
    def _besides(self) -> frozenset[str]:
        return described.names(self.options.fields)

    def _dressed(self, requests: list[Request]) -> list[Request]:
        """The requests with the fields that are wanted besides, and the header that asks for the included form, if that is wanted."""
        if besides := self._besides:
            requests = [described.with_wanted(request, besides) for request in requests]
        if not self.options.included:
            return requests
        return [request.replace(headers={**request.headers, **INCLUDED}) for request in requests]
