"""The first words with an account: when it is open, when it is closed, and whose fault that is."""

import pytest

from crmexport.errors import CrmExportError, SignInRefusedError, SourceError
from crmexport.pull.greeting import Door
from crmexport.source import Request, Response
from crmexport.transport.endings import ENOUGH
from crmexport.transport.failures import (
    DownError,
    ExpiredError,
    FailureError,
    NotReadOnlyError,
    RefusedError,
)

EXPIRED, REFUSED, ANSWER = ExpiredError("401"), RefusedError("403"), Response(200, {}, b"{}")
Answer = Response | FailureError
QUESTIONS = [Request("thing", f"/{number}") for number in range(9)]


class Account:
    """Answers, or fails, in this order; notes what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = iter(answers)
        self.asked: list[str] = []

    def __call__(self, request: Request) -> Response:
        self.asked.append(request.path)
        answer = next(self._answers)
        if isinstance(answer, FailureError):
            raise answer
        return answer

    def door(self, *, is_held: bool = True) -> Door:
        return Door("https://toy.example", self, is_held=is_held)


@pytest.mark.parametrize(
    ("answers", "asked"), [([ANSWER], 1), ([REFUSED, EXPIRED, ANSWER], 3), ([EXPIRED] * 4 + [ANSWER], 5)]
)
def test_one_answer_opens_the_door(answers: list[Answer], asked: int) -> None:
    account = Account(*answers)
    account.door().must_open(QUESTIONS)
    assert len(account.asked) == asked
    Account(*answers).door().must_open(QUESTIONS[:asked])  # the last question


def test_who_was_greeted_is_asked_nothing_more() -> None:
    account = Account(ANSWER)
    door = account.door()
    door.send(QUESTIONS[0])
    door.must_open(QUESTIONS)
    assert account.asked == ["/0"]


def test_where_there_is_nothing_to_ask_nothing_is_shut() -> None:
    Account().door().must_open([])


@pytest.mark.parametrize(
    ("answers", "is_held", "error", "words"),
    [
        ([EXPIRED], True, SignInRefusedError, "does not accept the sign-in any more"),
        ([EXPIRED], False, SignInRefusedError, "does not accept the sign-in [(]"),
        ([EXPIRED, REFUSED], True, SourceError, "gives nothing any more"),
        ([REFUSED, EXPIRED], True, SignInRefusedError, "any more"),
        ([DownError("gone", 0.0)], True, SourceError, "answered nothing since 1970"),
        ([NotReadOnlyError("DELETE /0")], True, SourceError, "DELETE /0"),
    ],
)
def test_why_it_stays_shut(
    answers: list[Answer], is_held: bool, error: type[CrmExportError], words: str
) -> None:
    door = Account(*answers).door(is_held=is_held)
    with pytest.raises(error, match=words):
        door.must_open(QUESTIONS[: len(answers)])


@pytest.mark.parametrize(
    ("before", "number"), [([], ENOUGH), ([EXPIRED] * (ENOUGH - 1) + [REFUSED], 2 * ENOUGH)]
)
def test_a_sign_in_that_is_refused_some_times_in_a_row_holds_no_more(
    before: list[Answer], number: int
) -> None:
    account = Account(*before, *[EXPIRED] * 9)
    door = account.door()
    for _question in range(number - 1):
        with pytest.raises((ExpiredError, RefusedError)):
            door.send(QUESTIONS[0])
    with pytest.raises(SignInRefusedError):
        door.send(QUESTIONS[0])
