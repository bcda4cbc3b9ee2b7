"""Every call of a pull fails in every way, once and for ever: the end is that of a clean pull, or it is not 0 and names what is missing.

There is no third outcome. And when the failure is over, the same command leads to the end of a clean pull.

Two of the ways are no failures but lies: a whole, well-formed answer that was another question's, or that lacks a row.
Told once, a lie is found by the looks that seal a pull. Told every time, it is found where the source counts or names in
another place what it hid; where it does not, no program can know. For such lies it is only held that the run ends, that
the archive is whole, and that a full pull mends it when the lying is over. So it is of a file that came short, or is another,
where nobody tells how big it is: a picture that only a text tells of.
"""

import gc
import random
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from crmexport_megaplan.described import SUBJECT

from crmexport.archive import Archive
from crmexport.errors import CrmExportError
from crmexport.pull import PullResult
from crmexport.sandbox.exchange import Asked
from crmexport.source import GapKind
from tests.faults.holding import untold, wrong
from tests.faults.inprocess import Sandboxed, by_password, in_order, pulled, small
from tests.faults.kinds import MODES, WAYS, Struck

DAY = 24 * 3600.0
LIES = ("repeated page", "shifted page")
UNSEEN = (*LIES, "cut JSON")  # of a file, where nobody tells how big it is
UNDESCRIBED = repr(SUBJECT[1])  # its gap
SEED = 20261126
MENDED_EVERY = 12
EVERY = 20  # calls, between two stopped pulls from which the long form goes on
STEP = {
    "from then on": 9
}  # calls: nearly all of such a run fails wherever it begins; each call is still struck in two of the ways


class Stop(NamedTuple):
    """A pull that was stopped before one of its calls: where it lies, when that was, and how many calls the next run makes
    before it is as far again."""

    folder: Path
    now: float
    ahead: int


class Pulling:
    """One archive, one sandbox, one clock; `pull` gives the result, or the error that a person would read.

    With `stop`, it goes on with a copy of that pull.
    """

    def __init__(self, folder: Path, stop: Stop | None = None) -> None:
        self.folder, self.adapter = folder, small()
        self.box, self.clock = self.adapter.box, self.adapter.clock
        if stop:
            shutil.copytree(stop.folder, folder)
            self.clock.now = stop.now

    def pull(self, full: bool = False) -> PullResult | CrmExportError:
        try:
            return pulled(self.folder, self.adapter, by_password(self.box), full=full)
        except CrmExportError as error:
            return error


def third_outcome(pulling: Pulling) -> list[str]:
    """What is wrong with the end of a pull: nothing, or lines that tell of a third outcome. That the source does not describe itself
    is told, and no loss.
    """
    ended = pulling.pull()
    if isinstance(ended, CrmExportError):
        return partial(pulling, ended)
    if ended.complete:
        return [line for line in wrong(pulling.folder, pulling.box) if UNDESCRIBED not in line]
    return untold(pulling.folder, pulling.box)


def partial(pulling: Pulling, error: CrmExportError) -> list[str]:
    """A run that broke off holds nothing untrue, and either nothing at all or a list of what is still to be asked."""
    if not (pulling.folder / "archive.sqlite").exists():
        return []
    with Archive.open(pulling.folder) as archive:
        begun, waiting = archive.runs(), archive.waiting()
    found = [line for line in untold(pulling.folder, pulling.box) if not line.endswith("not held")]
    return found + ([f"nothing waits after: {error}"] if begun and not waiting else [])


def not_mended(pulling: Pulling, has_lied: bool = False) -> list[str]:
    """What is wrong after the failure is over and the same command was given twice more; `--full` where the source had lied."""
    pulling.adapter.strikes.clear()
    pulling.pull()
    ended = pulling.pull(full=has_lied)
    complete = isinstance(ended, PullResult) and ended.complete
    return wrong(pulling.folder, pulling.box) + ([] if complete else [f"not complete: {ended}"])


def of_untold_size(pulling: Pulling, asked: list[Asked]) -> list[str]:
    """The files among what was `asked` of which nobody tells how big they are."""
    paths = {one.path for one in asked}
    if not (pulling.folder / "archive.sqlite").exists():
        return []
    with Archive.open(pulling.folder) as archive:
        return [
            file.id for file in archive.files() if file.meta.get("path") in paths and "size" not in file.meta
        ]


def struck(
    folder: Path, mode: str, way: str, call: int, *, mend: bool, stop: Stop | None = None
) -> list[str]:
    """What is wrong with a pull whose call number `call` fails."""
    pulling = Pulling(folder, stop)
    pulling.adapter.strikes.append(MODES[mode](WAYS[way], call))
    since, lies = pulling.clock.time(), way in LIES
    found = third_outcome(pulling)
    if lies and mode != "once":
        found = []
    if way in UNSEEN and call <= len(pulling.adapter.asked):
        last = call if mode == "once" else None
        unsized = of_untold_size(pulling, pulling.adapter.asked[call - 1 : last])
        found = [line for line in found if not any(f"('file', '{id}')" in line for id in unsized)]
        lies = lies or bool(unsized)
    if pulling.clock.time() - since > 2 * DAY:
        found.append(f"it took {(pulling.clock.time() - since) / DAY:.1f} days")
    if mend:
        found += [f"afterwards: {line}" for line in not_mended(pulling, has_lied=lies)]
    shutil.rmtree(folder, ignore_errors=True)  # a pull that could not sign in makes none
    where = f"call {call}" + (f" after {stop.folder.name}" if stop else "")
    return [f"{way}, {mode}, {where}: {line}" for line in found]


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many calls a clean pull makes. It holds the truth."""
    pulling = Pulling(tmp_path_factory.mktemp("clean"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRMEXPORT_STATE", str(pulling.folder / "state"))
        assert isinstance(result := pulling.pull(), PullResult) and result.complete
    assert wrong(pulling.folder, pulling.box) == []
    return len(pulling.adapter.asked)


@pytest.fixture(scope="module")
def stops(calls: int, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Stop]:
    """Stopped pulls, by how many calls they have behind them: what fails later need not go through all that again."""
    folder = tmp_path_factory.mktemp("stops")
    with pytest.MonkeyPatch.context() as patch, in_order():
        patch.setenv("CRMEXPORT_STATE", str(folder / "state"))
        return {done: _stopped(folder, done, calls) for done in range(EVERY, calls, EVERY)}


def _stopped(folder: Path, done: int, calls: int) -> Stop:
    pulling = Pulling(folder / f"{done} calls")

    def stop(number: int, asked: Asked, line: Sandboxed) -> None:
        if number > done:
            raise KeyboardInterrupt

    pulling.adapter.strikes.append(stop)
    with pytest.raises(KeyboardInterrupt):
        pulling.pull()
    reached = Stop(pulling.folder, pulling.clock.now, 0)
    shutil.rmtree(folder / "state", ignore_errors=True)
    again = Pulling(folder / "again", reached)
    assert isinstance(ended := again.pull(), PullResult) and ended.complete
    shutil.rmtree(again.folder)
    return reached._replace(ahead=len(again.adapter.asked) - (calls - done))


def sampled() -> list[tuple[str, str, float]]:
    """Every way once, modes and calls (as parts of all) by chance."""
    chance = random.Random(SEED)
    return [(chance.choice(list(MODES)), way, round(chance.random(), 2)) for way in WAYS]


@pytest.mark.parametrize(("mode", "way", "part"), sampled())
def test_a_call_fails(tmp_path: Path, calls: int, mode: str, way: str, part: float) -> None:
    assert struck(tmp_path / "archive", mode, way, 1 + int(part * calls), mend=True) == []


def test_a_batch_that_always_fails_says_nothing_of_what_travels_in_it(tmp_path: Path) -> None:
    """Three histories in a batch that fails are no three histories that the source refuses."""
    pulling = Pulling(tmp_path / "archive")
    pulling.adapter.strikes.append(
        lambda number, asked, line: (
            WAYS["500"](asked, line) if "/bulk" in asked.path and b"/history" in asked.body else None
        )
    )
    ended = pulling.pull()
    assert isinstance(ended, PullResult) and ended.complete
    assert wrong(pulling.folder, pulling.box) == []


@pytest.mark.parametrize("mode", ["once", "always"])
def test_an_empty_answer_is_no_empty_picture(tmp_path: Path, mode: str) -> None:
    """Nothing tells how big a file is that only a text tells of."""
    known = Pulling(tmp_path / "known")
    known.pull()
    with Archive.open(known.folder) as archive:
        told = (file for file in archive.files() if file.id.startswith("path-"))
        picture = next(file for file in told if file.owners[0][0] == "task")
    left = [1]

    def empty(number: int, asked: Asked, line: Sandboxed) -> Struck | None:
        if asked.path != picture.meta["path"] or not (mode == "always" or left):
            return None
        left.clear()
        return WAYS["empty 200"](asked, line)

    pulling = Pulling(tmp_path / "archive")
    pulling.adapter.strikes.append(empty)
    ended = pulling.pull()
    assert isinstance(ended, PullResult) and ended.complete is (mode == "once")
    assert untold(pulling.folder, pulling.box) == [] and not left
    assert not_mended(pulling) == []


def test_what_was_refused_of_every_record_is_asked_for_again_by_the_next_pull(tmp_path: Path) -> None:
    """The one gap for all of them goes with their own."""
    pulling = Pulling(tmp_path / "archive")
    pulling.adapter.strikes.append(
        lambda number, asked, line: (
            WAYS["403"](asked, line) if "/statusHistory" in asked.path + asked.body.decode() else None
        )
    )
    first = pulling.pull()
    assert isinstance(first, PullResult) and not first.complete
    with Archive.open(pulling.folder) as archive:
        refused = [(gap.stream, gap.id) for gap in archive.gaps() if gap.kind is GapKind.REFUSED]
    assert ("statusHistory", "deal") in refused
    pulling.adapter.strikes.clear()
    second = pulling.pull()
    assert isinstance(second, PullResult) and second.complete
    assert wrong(pulling.folder, pulling.box) == []


@pytest.mark.soak
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("way", WAYS)
def test_every_call_fails(
    tmp_path: Path, calls: int, stops: dict[int, Stop], mode: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[str] = []
    step = STEP.get(mode, 1)
    for call in range(1 + list(WAYS).index(way) % step, calls + 1, step):
        mend = (call + len(way)) % MENDED_EVERY == 0
        monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / f"state {call}"))
        done = (call - 1) // EVERY * EVERY
        stop = stops.get(done)
        number = call - done + stop.ahead if stop else call
        found += struck(tmp_path / str(call), mode, way, number, mend=mend, stop=stop)
        if mend:
            gc.collect()  # each pull keeps the collector from its work, and thousands of them would fill the memory
    assert found == []
