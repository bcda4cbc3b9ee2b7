"""Take away one guard of the connector at a time: the test of the trap it shuts must fail, or it guards nothing.

Every line names a trap of the Megaplan reference, §20, a file of the connector, the guard as it stands there, and what a
careless writer would have put in its place.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import crmexport_megaplan
import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGE = Path(crmexport_megaplan.__file__).parent
TESTS_FAILED = 1


class Guard(NamedTuple):
    trap: int
    file: str
    guard: str
    careless: str

    def __str__(self) -> str:
        return f"trap {self.trap}, {self.file}: {self.guard.strip()}"


GUARDS = [
    Guard(1, "lists.py", '[any_status()] if spec.filter == "TaskFilter" else []', "[]"),
    Guard(1, "query.py", '["filter_any"]', '["filter_actual"]'),
    Guard(2, "lists.py", 'only={"withInactivePrograms": True}, ', ""),
    Guard(3, "fields.py", 'first_page("deal", since, names, ', 'first_page("deal", since, (), '),
    Guard(4, "sublists.py", "            incomplete.append(name)", "            pass"),
    Guard(5, "links.py", "            value.update(copies.get(_key(value), {}))", "            pass"),
    Guard(6, "query.py", '"month": moment.month - 1', '"month": moment.month'),
    Guard(7, "query.py", '{"contentType": value["contentType"], "id"', '{"contentType": "Contractor", "id"'),
    Guard(7, "lists.py", 'newest or sort_by("id")', 'newest or sort_by("timeUpdated")'),
    Guard(8, "records.py", "    if stream_of(value, spec.stream) != spec.stream:", "    if False:"),
    Guard(8, "records.py", 'if piece.value.get("contentType") == "Comment"]', "]"),
    Guard(9, "lists.py", "inn kpp ogrn bank bik", "ogrn bank"),
    Guard(10, "sublists.py", '{"limit": PAGE, "all": True}', '{"limit": PAGE}'),
    Guard(10, "sublists.py", '    "todo": 38,\n', ""),
    Guard(
        11,
        "reader.py",
        "        if has_files(response.body, Piece(row.value, row.start, row.end)):",
        '        if row.value.get("attaches"):',
    ),
    Guard(
        11, "verdicts.py", "Verdict.EXPIRED if _is_login_page(request, response) else Verdict.ANSWER", "Verdict.ANSWER"
    ),
    Guard(11, "sublists.py", '    "attaches",\n    "timeCreated",', '    "timeCreated",'),
    Guard(12, "verdicts.py", "status = meta_status(response.body) or 200", "status = 200"),
    Guard(12, "envelope.py", "return told if isinstance(told, dict) else {}", "return told"),
    Guard(13, "records.py", "not _is_elsewhere(name, piece.value) and not _of_other_scheme(piece.value, scheme)", "True"),
    Guard(13, "query.py", " - timedelta(days=1)", ""),
    Guard(14, "signin.py", 'told.get("refresh_token"))', "None)"),
    Guard(15, "sublists.py", 'f"{API}/{stream}/{id}/comments{_COMMENTS}"', 'f"{API}/contractor/{id}/comments{_COMMENTS}"'),
    Guard(15, "sublists.py", 'subject=("comment", f"{stream}/{id}")', 'subject=("comment", "")'),
    Guard(16, "sublists.py", "            if name in _UNTOLD and name not in value:", "            if False:"),
    Guard(17, "reader.py", "links=met.links() - {(row.stream, row.id) for row in rows})", "links=set())"),
    Guard(17, "fields.py", '("task", "task templates")', '("task",)'),
    Guard(18, "sublists.py", '    "workTime",\n    "workDate",\n', ""),
    Guard(22, "paging.py", "    if flag is not None:", "    if flag is None:"),
]  # fmt: skip
SEED = GUARDS[::7]


def outcome_without(guard: Guard, folder: Path) -> int:
    """How the tests of the trap end when the connector is run without this guard."""
    shutil.copytree(PACKAGE, folder / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / PACKAGE.name / guard.file
    code = file.read_text(encoding="utf-8")
    assert code.count(guard.guard) == 1, "the guard has moved: bring this line up to date"
    file.write_text(code.replace(guard.guard, guard.careless), encoding="utf-8")
    words = ["-p", "no:cacheprovider", "tests/megaplan/test_traps.py", "-k", f"trap_{guard.trap}_"]
    env = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words], cwd=ROOT, env=env, capture_output=True, check=False
    )
    return done.returncode


@pytest.mark.parametrize("guard", SEED, ids=str)
def test_no_guard_is_idle(guard: Guard, tmp_path: Path) -> None:
    assert outcome_without(guard, tmp_path) == TESTS_FAILED


@pytest.mark.soak
@pytest.mark.parametrize("guard", [guard for guard in GUARDS if guard not in SEED], ids=str)
def test_no_other_guard_is_idle(guard: Guard, tmp_path: Path) -> None:
    assert outcome_without(guard, tmp_path) == TESTS_FAILED


def test_every_trap_of_the_first_streams_has_a_guard() -> None:
    assert {guard.trap for guard in GUARDS} >= set(range(1, 19))
