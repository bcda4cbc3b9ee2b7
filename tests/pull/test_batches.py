"""One record that spoils each batch it is in, or a bad quarter of an hour, does not make single calls of all that follow."""

import json
from pathlib import Path

import pytest

from crmexport.pull.batches import Batches
from crmexport.source import Request, Response
from tests.pull.test_engine import Journey
from tests.toy import Fault, ToyServer, fault


def takes(batches: Batches, most: int, times: int) -> int:
    """How many of so many batches are refused where none of more than `most` calls is taken."""
    refused = 0
    for _ in range(times):
        if batches.size > most:
            batches.refused(batches.size)
            refused += 1
        else:
            batches.taken(max(1, batches.size))
    return refused


def test_a_batch_that_is_refused_is_halved_itself() -> None:
    batches = Batches(20)
    batches.refused(3)
    assert batches.size == 1


def test_batches_that_were_on_their_way_are_refused_once() -> None:
    batches = Batches(20)
    for _ in range(8):
        batches.refused(20)
    assert batches.size == 10


@pytest.mark.parametrize("most", [0, 1, 7, 10])
def test_a_source_that_takes_no_more_is_seldom_tried(most: int) -> None:
    batches = Batches(20)
    assert takes(batches, max(1, most), 1000) < 15
    assert batches.size <= 2 * max(1, most)


def test_batches_grow_again_when_the_trouble_is_over() -> None:
    batches = Batches(20)
    takes(batches, 1, 5)
    assert takes(batches, 20, 40) == 0
    assert batches.size == 20


def test_where_the_source_takes_none_nothing_grows() -> None:
    batches = Batches(0)
    takes(batches, 1, 50)
    assert batches.size == 0


def poisoned(request: Request) -> Response | None:
    """One call fails whatever travels with it, for ever."""
    bad = "/notes/20"
    spoilt = request.path == bad or (request.path == "/bulk" and bad in json.loads(request.body or "[]"))
    return Response(500, {}, b"") if spoilt else None


def begun_with_batches(journey: Journey, trouble: Fault) -> Fault:
    """What strikes from the third batch on."""

    def strike(request: Request) -> Response | None:
        batches = sum("/bulk" in key for key in journey.server.asked)
        return trouble(request) if batches > 1 else None

    return strike


@pytest.mark.parametrize("trouble", [poisoned, fault("/bulk", Response(500, {}, b""), 24)])
def test_after_the_trouble_batches_are_full_again(tmp_path: Path, trouble: Fault) -> None:
    journey = Journey(tmp_path / "archive")
    journey.server = ToyServer(things=400, incoming=journey.folder / "files" / "incoming")
    journey.server.faults.append(begun_with_batches(journey, trouble))
    journey.pull()
    calls = [
        json.loads(key.removeprefix("POST /bulk")) for key in journey.server.asked if "POST /bulk" in key
    ]
    alone = [key for key in journey.server.asked if key.startswith("GET /notes")]
    assert sum(len(one) == 4 for one in calls) > 30  # of fifty
    assert len(alone) < 30
