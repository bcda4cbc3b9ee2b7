"""People go on working while their CRM is pulled: after the seal the archive is the company, deletions marked.

A small company (`living.py`) is edited between any two answers of a pull: records are created, changed, deleted, restored,
commented on, linked and parted. What is promised of each record, precisely:

- what was told before the moment that the archive is consistent as of (by a mark of change, by a counter, by being there or
  not) is held as it was at that moment, or as it came to be since;
- what nothing tells (a comment's words while nothing else moves; a link or comment made where another goes) is held as it was at
  some moment since everything was read. As many links and comments are held as the source counts;
- what is gone is marked as deleted and kept; nothing that is there is marked;
- or the pull does not end as complete, and the kind of what is missing is named.
"""

import gc
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple

import pytest

from crmexport.archive import Archive
from crmexport.archive.equation import unexplained
from crmexport.archive.journal import NO_SKEW, Journal, Kind, as_of
from crmexport.archive.replay import current_rows
from tests.faults.living import DAY, KEPT, RELISTED, STAMPED, UNDER, Deed, Key, Life, Living, State, life
from tests.pull.truths import unlike

PAST = ("history", "statusHistory")  # what happened stays true
COUNTERS = {
    **{stream: {"comment": "commentsCount"} for stream in STAMPED},
    "deal": {"comment": "commentsCount", "linkedDeal": "dealsCount", "linkedTask": "tasksCount"},
}
ABSENT: dict[str, Any] = {}


class Held(NamedTuple):
    """What an archive holds now and ever held, of which moment it is true, from when to when everything was `read` the last
    time, and the kinds it says it lacks something of."""

    now: State
    ever: set[Key]
    sealed: float
    everything: float
    read: float
    named: set[str]


def held(company: Living) -> Held:
    with Archive.open(company.folder) as archive:
        assert list(archive.check()) == []
        rows = current_rows(archive, company.connector, [kind for kind in KEPT if kind != "file"])
        now = {(row.stream, row.id): row.value for row in rows}
        now |= {("file", file.id): {"sha256": file.sha256} for file in archive.files() if file.sha256}
        ever = archive.database.connection.exec_driver_sql("SELECT stream, id FROM records")
        passes = Journal(archive.database).passes()
        sealed = as_of(passes)
        assert sealed is not None
        (everything,) = [one for one in passes if one.kind is Kind.EVERYTHING][-1:]
        assert everything.ended is not None
        named = {gap.stream for gap in archive.gaps() if gap.kind.is_loss} | unexplained(archive).keys()
        moments = [at.timestamp() for at in (sealed, everything.started, everything.ended)]
        return Held(now, {(stream, id) for stream, id in ever}, moments[0], moments[1], moments[2], named)


def wrong(company: Living) -> Iterator[str]:
    """One line for everything that the archive does not hold as promised."""
    archive = held(company)
    skew = company.life.skew
    ahead = skew if skew > NO_SKEW else 0.0  # passes begin by the slower clock, and end by the source's
    if archive.sealed < archive.read - ahead:
        yield "it is true of a moment before everything was read"
    keys = archive.now.keys() | {key for state in company.since(archive.everything) for key in state}
    for key in keys:
        forms = [state.get(key) for state in _promised(company, key, archive)]
        body = archive.now.get(key)
        if body is None and all(forms) and key[0] not in archive.named:
            yield f"{key} is {'marked as deleted' if key in archive.ever else 'missing'}, though it was there"
        if body is not None and not any(_is_as(key, body, form) for form in _true(company, key, forms)):
            yield f"{key} is held as it was not: {[form and list(unlike(dict(body), form)) for form in forms]}"
    yield from _miscounted(company, archive)


def _promised(company: Living, key: Key, archive: Held) -> list[State]:
    """The states in one of which a record must be held."""
    if key[0] in RELISTED:
        return list(company.since(archive.sealed))
    told = [at for one in (key, _above(company, key)) for at in company.told.get(one, ())]
    return list(company.since(max([archive.everything, *(at for at in told if at < archive.sealed)])))


def _above(company: Living, key: Key) -> Key:
    """The record that this one stands under; itself when it stands alone."""
    if key[0] == "comment":
        return company.parent(key[1])
    return (*key[1].split("/")[:2],) if key[0] in UNDER else key  # type: ignore[return-value]


def _true(company: Living, key: Key, forms: list[dict[str, Any] | None]) -> Iterator[dict[str, Any] | None]:
    """The forms in one of which a held record must be. Files are kept, and nobody marks them."""
    yield from reversed(forms)
    if key[0] in (*PAST, "file"):
        yield from (state.get(key) for _at, state in company.past)


def _is_as(key: Key, body: dict[str, Any], form: dict[str, Any] | None) -> bool:
    if form is None or key[0] == "file":
        return form is not None and body["sha256"] == form["sha256"]
    return not any(unlike(dict(body), form))


def _miscounted(company: Living, archive: Held) -> Iterator[str]:
    """Counters are looked at once more in the end: what they count is held in the number that they tell."""
    states = list(company.since(archive.sealed))
    parents = ((stream, body.get("_parent")) for (stream, _id), body in archive.now.items())
    under = Counter((stream, parent["stream"], parent["id"]) for stream, parent in parents if parent)
    for key, body in archive.now.items():
        forms = [state[key]["body"] for state in states if key in state]
        for stream, counter in COUNTERS.get(key[0], {}).items():
            told = {form[counter] for form in forms} if len(forms) == len(states) else set()
            if told and (
                body[counter] not in told or (under[stream, *key] not in told and stream not in archive.named)
            ):
                yield f"{key}: {counter} is held as {body[counter]}, with {under[stream, *key]} of them; it was {told}"


def lived(life: Life) -> list[str]:
    """What is wrong after one of the pulls of a life. Between two of them a sweep becomes due."""
    folder = Path(mkdtemp())
    try:
        company = Living(folder / "archive", life)
        for number, (full, deeds) in enumerate(life.pulls, start=1):
            ended = company.pull(deeds, full=full)
            found = [f"pull {number}: {line}" for line in wrong(company)]
            if not ended.complete and not held(company).named:
                found.append(f"pull {number} ended as not complete and names nothing")
            if found:
                return found
            company.clock.now += 8 * DAY
        return []
    finally:
        shutil.rmtree(folder)


def least(life: Life) -> list[str]:
    """What is wrong with a life, told for the fewest deeds that make it wrong."""
    found = lived(life)
    for place, (full, deeds) in enumerate(life.pulls) if found else ():
        for deed in deeds:
            fewer = [*life.pulls]
            fewer[place] = (full, [one for one in fewer[place][1] if one is not deed])
            if lines := lived(life._replace(pulls=fewer)):
                found, life = lines, life._replace(pulls=fewer)
    return [*found, str(life)] if found else []


KNOWN = {
    "a link that moves no mark": ([], [Deed(0, "link", "deal", 0, said=False)]),
    "a comment that moves no mark": ([], [Deed(0, "create", "comment", 2, said=False)]),
    "the last comment of a record": ([], [Deed(0, "delete", "comment", 8, said=True)]),
    "restored without a mark": (
        [],
        [Deed(0, "delete", "contractorCompany", 0, said=False)],
        [Deed(0, "create", "contractorCompany", 2, said=False)],
    ),
    "in the bin when its comments were asked for": (
        [
            Deed(25, "delete", "contractorCompany", 4, said=False),
            Deed(33, "create", "contractorCompany", 2, said=False),
        ],
    ),
}


@pytest.mark.parametrize("what", KNOWN)
def test_what_was_lost_once(what: str) -> None:
    assert least(Life({}, 100, 1.0, 0.0, False, [(False, list(deeds)) for deeds in KNOWN[what]])) == []


@pytest.mark.parametrize(
    "seed", [0, 5, 6, 17, 24]
)  # they tell of files, changes, a sweep, counters or a clock that is left out
def test_the_archive_is_the_company(seed: int) -> None:
    assert least(life(seed)) == []


@pytest.mark.soak
@pytest.mark.parametrize("hundred", range(15))
def test_the_archive_is_the_company_in_many_lives(hundred: int) -> None:
    found = []
    for seed in range(100 * hundred, 100 * hundred + 100):
        found += least(life(seed))
        if seed % 10 == 9:
            gc.collect()  # each pull keeps the collector from its work, and a thousand of them would fill the memory
    assert found == []
