"""(b) What a pull into the durable archive costs beside the bare download of the same pages, dlt and a Singer tap."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import arithmetic, child, peers
from benchmarks.child import Cost
from benchmarks.report import Section
from benchmarks.runs.pull import LISTS
from benchmarks.server import Server

CARDS, QUICK_CARDS = 20_000, 2_000
ROUNDS, QUICK_ROUNDS = 5, 1
GOALS = {
    "bare": (2.0, "at most 2 times the bare download"),
    "dlt": (0.25, "at least 4 times less than dlt"),
    "singer": (0.125, "at least 8 times less than singer-sdk into target-jsonl"),
}


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
        held = json.loads(cost.output)["records"]
        _same(plan, sum(held[stream] for stream in plan["pages"]), "crmexport")
        return cost

    def bare() -> Cost:
        cost = child.python("benchmarks.runs.bare", plan_file, env=server.env)
        _same(plan, json.loads(cost.output)["count"], "bare")
        return cost

    def by_dlt() -> Cost:
        place = folder / "dlt"
        shutil.rmtree(place, ignore_errors=True)
        cost = child.run(
            [dlt / "python", "benchmarks/runs/dlt_pull.py", plan_file, place], server.env | _QUIET
        )
        _same(plan, _lines(place / "out", "dlt"), "dlt")
        return cost

    def singer() -> Cost:
        place = folder / "singer"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        config = place / "config.json"
        config.write_text(json.dumps({"destination_path": str(place)}), encoding="utf-8")
        pipe = f'"{tap}/python" benchmarks/runs/singer_tap.py "{plan_file}" | "{target}/target-jsonl" --config "{config}"'
        cost = child.run(["bash", "-o", "pipefail", "-c", pipe], server.env)
        _same(plan, _lines(place, "singer"), "singer")
        return cost

    return {"bare": bare, "crmexport": ours, "dlt": by_dlt, "singer": singer}


_QUIET = {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}


def _lines(folder: Path, name: str) -> int:
    """How many records lie in the JSON lines below `folder`; plain or gzip."""
    files = [path for path in folder.rglob("*.jsonl*") if not path.parent.name.startswith("_dlt")]
    if not files:
        raise child.FailedError(f"{name} wrote nothing")
    count = 0
    for path in files:
        reader = ["gzip", "-dc"] if path.suffix == ".gz" else ["cat"]
        count += subprocess.run([*reader, path], check=True, stdout=subprocess.PIPE).stdout.count(b"\n")
    return count


def _same(plan: dict[str, Any], count: int, name: str) -> None:
    if count < plan["count"]:
        raise child.FailedError(f"{name} counted {count} records of {plan['count']}")
