"""A sign-in within the address, and files at addresses that an answer names: the same Acme behind a webhook."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from crmexport.conformance import Outcome, all_checks, checked
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.sandbox.rehearsal import Fact
from crmexport.source import Credentials, FileRef, Grant, Request, Response, SignIn, Verdict
from crmexport.source.contract import by_status
from tests.acme import Acme, AcmeRehearsal
from tests.acme.connector import AcmeSignIn
from tests.acme.rehearsal import TOKEN as INNER

USER, SECRET = "7", "webhook-of-acme"
TOKEN = f"{USER}/{SECRET}"
HOOK = f"/hook/{TOKEN}"


class WebhookSignIn(AcmeSignIn):
    blanked: tuple[str, ...] = (SECRET,)

    def ready(self, credentials: Credentials) -> Grant | None:
        return (
            Grant({}, prefix=f"/hook/{credentials.token}", blanked=self.blanked)
            if credentials.token
            else None
        )


class ByWebhook(Acme):
    def sign_in(self) -> SignIn:
        return WebhookSignIn()

    def file(self, file: dict[str, Any], owner: tuple[str, str]) -> FileRef:
        found = super().file(file, owner)
        context = {**found.request.context, "link": ["found", "at"]}
        path = f"/api/places/{found.id}"
        return found._replace(request=found.request.replace(path=path, context=context))

    def verdict(self, request: Request, response: Response) -> Verdict:
        return (
            Verdict.TRANSIENT
            if response.is_page and response.status == 200
            else super().verdict(request, response)
        )


class Webhook(AcmeRehearsal):
    """Every deal tells where it lies, and a file's address is told: the webhook's secret is in both, spelt as PHP does."""

    @property
    def credentials(self) -> Credentials:
        return Credentials(token=TOKEN)

    def other_credentials(self) -> None:
        return None

    def truth(self) -> Iterator[Fact]:
        for fact in super().truth():
            told = {**fact.body, "at": f"/hook/{USER}/{'*' * len(SECRET)}/deal"}
            yield fact._replace(body=told) if fact.stream == "deal" else fact

    def answer(self, asked: Asked) -> Answer:
        if not asked.path.startswith(f"{HOOK}/"):
            return Answer(401, b'{"error":"expired"}')
        path = asked.path.removeprefix(HOOK)
        if path.startswith("/api/places/"):
            return self._spelt({"found": {"at": f"{self.url}{HOOK}/bytes/{path.rsplit('/', 1)[1]}"}})
        inner = {**asked.headers, "authorization": f"Bearer {INNER}"}
        answer = super().answer(replace(asked, path=path, headers=inner))
        if answer.content_type.startswith("application/json") and answer.status == 200:
            return self._spelt(json.loads(answer.body))
        return answer

    def _spelt(self, told: Any) -> Answer:
        for record in [
            *told.get("items", ()),
            told.get("item"),
            *(one.get("item") for one in told.get("answers", ())),
        ]:
            if record and record.get("kind") == "deal" and "name" in record:
                record["at"] = f"{HOOK}/deal"
        return Answer(200, json.dumps(told, ensure_ascii=False).replace("/", "\\/").encode())


def complaints(kind: type[Acme], *names: str) -> dict[str, str]:
    checks = [one for one in all_checks(quick=True) if not names or one.name in names]
    results = checked(kind, Webhook, quick=True, checks=checks)
    return {
        one.check.name: one.words for one in results if one.outcome in (Outcome.FAILED, Outcome.UNCHECKED)
    }


def test_a_connector_behind_a_webhook_passes_every_check() -> None:
    assert complaints(ByWebhook) == {}


class Unblanked(ByWebhook):
    def sign_in(self) -> SignIn:
        sign_in = WebhookSignIn()
        sign_in.blanked = ()
        return sign_in


def test_a_secret_that_answers_repeat_is_told_however_it_is_spelt() -> None:
    """`7\\/webhook` is `7/webhook` to everybody who reads JSON."""
    (words,) = complaints(Unblanked, "secrets_are_never_kept").values()
    assert "responses.body" in words
    assert "blanked" in words


class Encoded(ByWebhook):
    """Puts the webhook into a query, percent-encoded."""

    def page(self, stream: str, name: str, told: dict[str, Any], after: str = "") -> Request:
        request = super().page(stream, name, told, after)
        return request.replace(path=f"{request.path}&from={USER}%2F{SECRET}")


def test_a_secret_in_a_path_is_told_however_it_is_spelt() -> None:
    (words,) = complaints(Encoded, "secrets_are_in_no_request").values()
    assert "holds a secret" in words


class NamesNone(ByWebhook):
    def file(self, file: dict[str, Any], owner: tuple[str, str]) -> FileRef:
        found = super().file(file, owner)
        return found._replace(
            request=found.request.replace(context={**found.request.context, "link": ["found"]})
        )


def test_an_answer_that_names_no_place_of_a_file_is_a_gap() -> None:
    words = complaints(NamesNone, "a_pull_ends_complete", "files_are_whole")
    assert "does not tell where the file lies" in words["a_pull_ends_complete"]
    assert words["files_are_whole"]


class LeavesPages(ByWebhook):
    """Has no eye for a page that comes where a place of a file was asked for."""

    def verdict(self, request: Request, response: Response) -> Verdict:
        return by_status(response.status) if request.is_file else super().verdict(request, response)


def test_a_page_names_no_place_of_a_file_whatever_its_verdict() -> None:
    """The engine looks for the place, finds none, and asks again: such a page is kept as nothing."""
    assert complaints(LeavesPages, "a_login_page_is_no_answer") == {}


class Elsewhere(Webhook):
    """Its files lie with a keeper of files, who refuses whoever brings a second sign-in beside that in the address."""

    keeper = "https://keeper.example.test"

    def answer(self, asked: Asked) -> Answer:
        if asked.path.startswith(self.keeper):
            if "authorization" in asked.headers:
                return Answer(400, b'{"error":"two sign-ins"}')
            asked = replace(asked, path=asked.path.replace(self.keeper, HOOK), headers={})
        answer = super().answer(asked)
        return replace(
            answer,
            body=answer.body.replace(
                f"{self.url}{HOOK}/bytes".replace("/", "\\/").encode(), f"{self.keeper}/bytes".encode()
            ),
        )


class WithHeader(ByWebhook):
    def sign_in(self) -> SignIn:
        return BothWays()


class BothWays(WebhookSignIn):
    def ready(self, credentials: Credentials) -> Grant | None:
        grant = super().ready(credentials)
        return grant and replace(grant, headers={"Authorization": "Bearer of the account"})


def test_another_host_gets_none_of_the_headers_of_the_account() -> None:
    """As in a real pull: a keeper of files refuses them, and a connector that counts on them there would lose files."""
    checks = [one for one in all_checks() if one.name == "files_are_whole"]
    (result,) = checked(WithHeader, Elsewhere, checks=checks)
    assert (result.outcome, result.words) == (Outcome.PASSED, "")


@pytest.mark.parametrize("token", ["7/web?hook", "7/web hook", "7/web#hook"])
def test_a_webhook_that_would_make_another_address_is_refused(token: str) -> None:
    from crmexport.errors import SignInRefusedError

    with pytest.raises(SignInRefusedError):
        WebhookSignIn().ready(Credentials(token=token))
