"""The connector for the older API: the contract's questions, each answered by its own module."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from crmexport.source import Connector, Reading, Request, Response, Row, SignIn, Standing, Verdict
from crmexport_megaplan.v1 import lists, reader, refusals, verdicts
from crmexport_megaplan.v1.about import ABOUT, V1Options
from crmexport_megaplan.v1.envelope import regular
from crmexport_megaplan.v1.kinds import CARDS
from crmexport_megaplan.v1.records import account, another, pieces_of, records, signed_in
from crmexport_megaplan.v1.sign_in import V1SignIn
from crmexport_megaplan.v1.signing import host_of

NOT_RECORDS = frozenset({"clock"})
TICKING = frozenset({"LastOnline", "IsOnline"})


class MegaplanV1(Connector):
    """Megaplan by its API v1. The facts it rests on are those of the Megaplan reference, Part II."""

    about = ABOUT
    options: V1Options

    def sign_in(self) -> SignIn:
        """An application's pair, or login and password; every request is signed for the account's host."""
        return V1SignIn(host_of(self.account.url))

    def greetings(self) -> Sequence[Request]:
        """Whose sign-in it is."""
        return (reader.greeting(),)

    def standing(self, answers: Sequence[tuple[Request, Response]]) -> Standing:
        """The number of the employee, who is one of the records. This API tells nothing of the account's end."""
        return Standing(next((person for _asked, told in answers if (person := signed_in(told))), ""))

    def opening(self, since: datetime | None) -> Iterable[Request]:
        """The account's clock, unless its zone is given, and every list that waits for nothing."""
        moment = since.astimezone(UTC).isoformat() if since else None
        return reader.opening(self.options.zone, moment)

    def rows(self, request: Request, response: Response) -> list[Row]:
        """The records in an answer; none in one that is a refusal."""
        kind = request.context["kind"]
        if kind in NOT_RECORDS or refusals.is_refusal(request, response):
            return []
        if kind == "account":
            return account(request, response)
        pieces = pieces_of(request, response)
        return [] if another(request, response, pieces) else records(request, pieces)

    def read(self, request: Request, response: Response) -> Reading:
        """Everything an answer teaches. What does not like its order or its wishes is asked again without."""
        if refusals.is_refusal(request, response):
            return refusals.after(request, response)
        return reader.read(self.account.url, self.options.history, request, response)

    def card(self, stream: str, id: str) -> Request | None:
        """The request for one record."""
        return lists.card(stream, id) if stream in CARDS else None

    def sweep(self) -> Iterable[Request]:
        """The lists of tasks, projects and deals once more, for their ids."""
        return reader.sweep()

    def is_same(self, stream: str, before: Any, now: Any) -> bool:
        """A card that came without its extra fields says nothing new; nor does the time when somebody was last seen."""
        return all(
            name in before and regular(before[name]) == regular(value)
            for name, value in now.items()
            if name not in TICKING
        )

    def verdict(self, request: Request, response: Response) -> Verdict:
        """What to do next: failures hide in answers with status 200."""
        return verdicts.verdict(request, response)

    def instead(self, request: Request) -> Iterable[Request]:
        """Another way to what hangs on a request that was given up: a file through the API, lists without extra fields."""
        return reader.instead(request)

    def is_replaced(self, request: Request) -> bool:
        """A file that comes by another way is the same file; a list without extra fields is not the same list."""
        return request.is_file
