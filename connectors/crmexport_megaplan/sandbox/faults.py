"""Failures that only Megaplan has: an error told inside its envelope (Megaplan reference, §3, §11), and a page that slipped."""

import json
from dataclasses import replace

from crmexport.sandbox.exchange import Answer
from crmexport.sandbox.faults import Fault
from crmexport_megaplan.sandbox.render import encoded, envelope


def told(status: int, message: str, http: int | None = None) -> Fault:
    """An error in the envelope, with the same status in HTTP unless `http` says otherwise (200: told only inside)."""
    body = encoded(envelope(status, [], errors=[{"field": None, "message": message}]), "compact")
    return Fault(f"told {status}", instead=lambda: Answer(http or status, body))


def expired_inside() -> Fault:
    """HTTP 200 whose meta.status says 401."""
    return told(401, "Unauthorized", http=200)


def shifted_page() -> Fault:
    """A list's page without its first row: it slipped to the page before, which had been given already."""
    return Fault("shifted page", alter=lambda answer, before: replace(answer, body=_shifted(answer.body)))


def _shifted(body: bytes) -> bytes:
    try:
        document = json.loads(body)
    except ValueError:
        return body
    rows = document.get("data") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not rows:
        return body
    return encoded({**document, "data": rows[1:]}, "compact")
