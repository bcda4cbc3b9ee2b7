"""A source in trouble that shows the question it was asked, headers and all, in place of an answer."""

import json
from collections.abc import Callable, Collection
from html import escape
from itertools import cycle

from crmexport.sandbox.exchange import HTML, Answer, Asked
from crmexport.sandbox.rehearsal import Rehearsal

FROM, EVERY = 4, 5  # the first requests open the account: where these are refused, nothing else is asked


def shown(asked: Asked) -> str:
    """The question, as a page about an error shows it."""
    headers = "\n".join(f"{name}: {value}" for name, value in asked.headers.items())
    return f"{asked.method} {asked.target}\n{headers}\n\n{asked.body.decode('utf-8', 'replace')}"


def told(status: int, asked: Asked) -> Answer:
    """As JSON."""
    words = shown(asked)
    error = {"message": words, "error": "invalid_grant", "error_description": words}
    return Answer(status, json.dumps(error, ensure_ascii=False).encode())


def on_a_page(status: int, asked: Asked) -> Answer:
    """As a page for people."""
    page = f"<html><body><h1>Error</h1><pre>{escape(shown(asked))}</pre></body></html>"
    return Answer(status, page.encode(), HTML)


def refusing(account: Rehearsal, but: Collection[str]) -> Rehearsal:
    """The account, where some questions are always refused in this way; none at the paths in `but`."""
    plain = account.answer
    ways = cycle([(told, 403), (on_a_page, 500), (told, 500), (on_a_page, 403)])
    refused: dict[tuple[str, bytes], Answer | None] = {}

    def answer(asked: Asked) -> Answer:
        question = (asked.target, asked.body)
        if asked.path in but:
            return plain(asked)
        if question not in refused:
            is_chosen = len(refused) >= FROM and len(refused) % EVERY == 0
            way, status = next(ways) if is_chosen else (None, 0)
            refused[question] = way(status, asked) if way else None
        return refused[question] or plain(asked)

    account.answer = answer  # type: ignore[method-assign]
    return account


def refusing_all(account: Rehearsal, way: Callable[[int, Asked], Answer], status: int) -> Rehearsal:
    """The account, where whatever is asked is refused like that."""
    account.answer = lambda asked: way(status, asked)  # type: ignore[method-assign]
    return account
