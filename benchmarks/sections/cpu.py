"""(b) What a pull into the durable archive costs beside the bare download of the same pages, dlt and a Singer tap."""

import gzip
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks import arithmetic, child, peers
from benchmarks.child import Cost
from benchmarks.report import Section
from benchmarks.runs.pull import LISTS
from benchmarks.server import Server
from crmexport.archive import Archive

CARDS, QUICK_CARDS = 20_000, 2_000
ROUNDS, QUICK_ROUNDS = 5, 1
GOALS = {
    "bare": (2.0, "at most 2 times the bare download"),
    "dlt": (0.25, "at least 4 times less than dlt"),
    "singer": (0.125, "at least 8 times less than singer-sdk into target-jsonl"),
}


class Counted(NamedTuple):
    """How many records a candidate holds, and the sum of their ids."""

    records: int
    ids: int


def measure(quick: bool) -> Section:
    """Every candidate reads the same recorded list pages; what each counted is compared first."""
    section = Section(
        "CPU of a pull", ("candidate", "CPU s", "per 100,000 records", "crmexport / it", "peak MiB")
    )
    cards = QUICK_CARDS if quick else CARDS
    with Server(cards=cards, tasks=20, comments=0) as server, tempfile.TemporaryDirectory() as folder:
        plan = _plan(server, Path(folder))
        candidates = _candidates(server, Path(folder), plan)
        costs = child.interleaved(QUICK_ROUNDS if quick else ROUNDS, candidates)
    ours = [cost.cpu for cost in costs["crmexport"]]
    for name, found in costs.items():
        cpu = median(cost.cpu for cost in found)
        ratio = arithmetic.paired_ratio(ours, [cost.cpu for cost in found])
        peak = max(cost.peak for cost in found)
        section.rows.append(
            (name, f"{cpu:.2f}", f"{cpu / plan['count'] * 100_000:.2f}", f"{ratio:.2f}", f"{peak:.0f}")
        )
        if name in GOALS:
            most, words = GOALS[name]
            section.goal(f"{words} ({ratio:.3f})", ratio <= most)
    section.notes.append(
        f"{plan['count']:,} records each, counted and their ids added up by every candidate; the archive of crmexport also "
        "holds field definitions, schemes and links, and is on disk with every answer. "
        + peers.versions("dlt", "tap", "target")
    )
    return section


def _plan(server: Server, folder: Path) -> dict[str, Any]:
    """The addresses of the list pages that our own pull asked for, and what they hold by the bare download."""
    child.python("benchmarks.runs.pull", server.url, folder / "first", 0, "lists", env=server.env)
    pages: dict[str, list[str]] = {}
    for one in server.asked():
        stream = one.path.partition("?")[0].rsplit("/", 1)[1]
        if (
            one.method == "GET"
            and one.status == 200
            and stream in LISTS
            and "onlyRequestedFields" not in one.path
        ):
            pages.setdefault(stream, []).append(one.path)
    plan: dict[str, Any] = {"url": server.url, "pages": pages}
    plan_file = folder / "plan.json"
    plan_file.write_text(json.dumps(plan), encoding="utf-8")
    told = json.loads(child.python("benchmarks.runs.bare", plan_file, "expect", env=server.env).output)
    plan |= told
    plan_file.write_text(json.dumps(plan), encoding="utf-8")
    return plan


def _candidates(server: Server, folder: Path, plan: dict[str, Any]) -> dict[str, Callable[[], Cost]]:
    plan_file = folder / "plan.json"
    dlt, tap, target = peers.ready("dlt"), peers.ready("tap"), peers.ready("target")

    def ours() -> Cost:
        place = folder / "ours"
        shutil.rmtree(place, ignore_errors=True)
        cost = child.python("benchmarks.runs.pull", server.url, place, 0, "lists", env=server.env)
        _same(plan, _archived(place, plan["pages"]), "crmexport")
        return cost

    def bare() -> Cost:
        cost = child.python("benchmarks.runs.bare", plan_file, env=server.env)
        told = json.loads(cost.output)
        _same(plan, Counted(told["count"], told["ids"]), "bare")
        return cost

    def by_dlt() -> Cost:
        place = folder / "dlt"
        shutil.rmtree(place, ignore_errors=True)
        cost = child.run(
            [dlt / "python", "benchmarks/runs/dlt_pull.py", plan_file, place], server.env | _QUIET
        )
        _same(plan, _written(place / "out"), "dlt")
        return cost

    def singer() -> Cost:
        place = folder / "singer"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        config = place / "config.json"
        config.write_text(json.dumps({"destination_path": str(place)}), encoding="utf-8")
        pipe = f'"{tap}/python" benchmarks/runs/singer_tap.py "{plan_file}" | "{target}/target-jsonl" --config "{config}"'
        cost = child.run(["bash", "-o", "pipefail", "-c", pipe], server.env)
        _same(plan, _written(place), "singer")
        return cost

    return {"bare": bare, "crmexport": ours, "dlt": by_dlt, "singer": singer}


_QUIET = {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}


def _archived(folder: Path, streams: Iterable[str]) -> Counted:
    """What our archive in `folder` holds of `streams`."""
    with Archive.open(folder) as archive:
        ids = [int(id) for stream in streams for id, *_more in archive.records(stream)]
    return Counted(len(ids), sum(ids))


def _written(folder: Path) -> Counted:
    """What lies in the JSON lines below `folder`, plain or gzip: a record that came twice makes another sum."""
    count, ids = 0, 0
    for path in folder.rglob("*.jsonl*"):
        if path.parent.name.startswith("_dlt"):
            continue
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
            for line in lines:
                count, ids = count + 1, ids + int(json.loads(line)["id"])
    return Counted(count, ids)


def _same(plan: dict[str, Any], counted: Counted, name: str) -> None:
    expected = Counted(plan["count"], plan["ids"])
    if counted != expected:
        raise child.FailedError(f"{name} holds {counted} where {expected} belong")
