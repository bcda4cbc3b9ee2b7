"""Take away one guard at a time: a test of the trap it shuts must fail, or it guards nothing.

Every line names a trap of the Megaplan reference, §20, a file (of the connector, unless it says more), the guard as it
stands there, and what a careless writer would have put in its place.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent.parent
CODE = ("crmexport", "connectors", "mappings", "tests")
TESTS_FAILED = 1
ONE_BY_ONE, LAID = "tests/megaplan/test_traps.py", "tests/megaplan/test_traps_laid.py"
TRAPS = range(1, 23)


class Guard(NamedTuple):
    trap: int
    file: str
    guard: str
    careless: str

    def __str__(self) -> str:
        return f"trap {self.trap}, {self.file}: {' '.join(self.guard.split()[:6])}"

    @property
    def path(self) -> Path:
        return Path(
            self.file if self.file.split("/")[0] in CODE else f"connectors/crmexport_megaplan/{self.file}"
        )


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
    Guard(10, "sublists.py", '"employee": ("todos", "contactInfo", "extraDepartments")', '"employee": ("contactInfo", "extraDepartments")'),
    Guard(
        11,
        "reader.py",
        "holders = rows if beside else holding(response.body, rows, [FILE_MARK])",
        'holders = [row for row in rows if row.value.get("attaches")]',
    ),
    Guard(
        11, "verdicts.py", "Verdict.EXPIRED if _is_login_page(request, response) else Verdict.ANSWER", "Verdict.ANSWER"
    ),
    Guard(11, "sublists.py", '    "attaches",\n    "timeCreated",', '    "timeCreated",'),
    Guard(11, "reader.py", "    _take_pictures(url, reading, response, met)\n", ""),
    Guard(12, "verdicts.py", "status = meta_status(response.body) or 200", "status = 200"),
    Guard(12, "envelope.py", "return told if isinstance(told, dict) else {}", "return told"),
    Guard(13, "records.py", "not _is_elsewhere(name, piece.value) and not _of_other_scheme(piece.value, scheme)", "True"),
    Guard(13, "query.py", " - timedelta(days=1)", ""),
    Guard(14, "sign_in.py", 'told.get("refresh_token"))', "None)"),
    Guard(15, "sublists.py", 'f"{API}/{stream}/{step(id)}/comments{_COMMENTS}"', 'f"{API}/contractor/{step(id)}/comments{_COMMENTS}"'),
    Guard(15, "sublists.py", 'subject=("comment", f"{stream}/{id}")', 'subject=("comment", "")'),
    Guard(16, "sublists.py", "            if name in _UNTOLD and name not in value:", "            if False:"),
    Guard(17, "reader.py", "links=met.links() - {(row.stream, row.id) for row in rows})", "links=set())"),
    Guard(17, "fields.py", '("task", "task templates")', '("task",)'),
    Guard(18, "sublists.py", '    "workTime",\n    "workDate",\n', ""),
    Guard(22, "paging.py", "        return bool(flag)", '        return len(answer.rows) >= int(query.get("limit", PAGE))'),
    Guard(3, "v1/lists.py", """"deals",
        names="ExtraFields",""", """"deals",
        names="","""),
    Guard(4, "lists.py", "isPaid isDraft positions", "isPaid isDraft"),
    Guard(6, "mappings/from/megaplan.yaml", "month_base: 0", "month_base: 1"),
    Guard(10, "connector.py", '"program", "department", "todo", ', '"program", "department", '),
    Guard(14, "crmexport/transport/auth.py", "            self._tokens.save(grant, now)", "            pass"),
    Guard(16, "crmexport/source/contract.py", "403: Verdict.REFUSED", "403: Verdict.VANISHED"),
    Guard(18, "mappings/from/megaplan.yaml", "date: {path: workDate, is: midnight}", "date: {path: workDate, is: date}"),
    Guard(19, "parts.py", "        if not wanted:", "        if False:"),
    Guard(19, "parts.py", "_counted(counter), 50, counter", "lambda value: False, 50, counter"),
    Guard(20, "reader.py", "reading.links.update(articles_in(row.value))", "pass"),
    Guard(20, "goods.py", "/finOperation/search", "/finOperation"),
    Guard(21, "mappings/from/megaplan_v1.yaml", "zone_from: {from: Account, path: zone}\n", ""),
]  # fmt: skip
SEED = GUARDS[:30:7]


def outcome_without(guard: Guard, folder: Path, *files: str) -> int:
    """How the tests of the trap in these files end when everything is run without this guard."""
    for name in CODE:  # with what Python has compiled; but for what it is just writing
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.pyc.*", "golden"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    code = (folder / guard.path).read_text(encoding="utf-8")
    assert code.count(guard.guard) == 1, "the guard has moved: bring this line up to date"
    (folder / guard.path).write_text(code.replace(guard.guard, guard.careless), encoding="utf-8")
    words = ["-x", "-n", "0", "-p", "no:cacheprovider", *files, "-k", f"trap_{guard.trap}_"]
    env = {**os.environ, "PYTHONPATH": str(folder / "connectors"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words], cwd=folder, env=env, capture_output=True, check=False
    )
    return done.returncode


@pytest.mark.parametrize("guard", SEED, ids=str)
def test_no_guard_is_idle(guard: Guard, tmp_path: Path) -> None:
    assert outcome_without(guard, tmp_path, ONE_BY_ONE) == TESTS_FAILED


@pytest.mark.soak
@pytest.mark.parametrize("guard", [guard for guard in GUARDS if guard not in SEED], ids=str)
def test_no_other_guard_is_idle(guard: Guard, tmp_path: Path) -> None:
    assert outcome_without(guard, tmp_path, ONE_BY_ONE, LAID) == TESTS_FAILED


@pytest.mark.soak
@pytest.mark.parametrize("trap", TRAPS)
def test_the_sandbox_springs_the_trap_on_whoever_lacks_a_guard(trap: int, tmp_path: Path) -> None:
    """The tests in which the trap is laid, and no others: some guard of it is missed there."""
    lacking = [guard for guard in GUARDS if guard.trap == trap]
    assert TESTS_FAILED in (
        outcome_without(guard, tmp_path / str(place), LAID) for place, guard in enumerate(lacking)
    )


def test_every_guard_stands_where_it_is_said_to() -> None:
    for guard in GUARDS:
        assert (ROOT / guard.path).read_text(encoding="utf-8").count(guard.guard) == 1, guard


def test_every_trap_has_a_guard() -> None:
    assert {guard.trap for guard in GUARDS} == set(TRAPS)
