"""The page that lists the traps tells of every trap, of every test of it, and of switches that are there."""

import re
from collections import defaultdict
from dataclasses import fields
from pathlib import Path

import pytest
from crmexport_megaplan.sandbox import Behaviour, V1Behaviour

ROOT = Path(__file__).parent.parent.parent
TRAPS = range(1, 23)
LAID = "test_traps_laid.py"
_LINE = re.compile(r"^\| (\d+) \|(.*)\|$", re.MULTILINE)
_TEST = re.compile(r"^def (test_trap_(\d+)_\w+)", re.MULTILINE)


def written() -> dict[int, list[str]]:
    """The lines of the table by number: what is lost, how it is sprung, what is done, the tests."""
    text = (ROOT / "docs" / "megaplan-traps.md").read_text(encoding="utf-8")
    return {int(number): [cell.strip() for cell in line.split("|")] for number, line in _LINE.findall(text)}


def proofs() -> dict[int, dict[str, set[str]]]:
    """The tests of each trap, with the files they stand in."""
    found: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for path in Path(__file__).parent.glob("test_traps*.py"):
        for name, number in _TEST.findall(path.read_text(encoding="utf-8")):
            found[int(number)][name].add(path.name)
    return found


def test_every_trap_has_its_line() -> None:
    assert list(written()) == list(TRAPS)


@pytest.mark.parametrize("trap", TRAPS)
def test_a_line_names_all_tests_of_its_trap_and_no_others(trap: int) -> None:
    named = re.findall(r"`(\w+)`", written()[trap][3])
    assert sorted(named) == sorted(proofs()[trap])


@pytest.mark.parametrize("trap", TRAPS)
def test_every_trap_is_laid_in_the_sandbox_once_at_least(trap: int) -> None:
    assert [name for name, files in proofs()[trap].items() if LAID in files]


@pytest.mark.parametrize("trap", TRAPS)
def test_switches_that_a_line_names_are_there(trap: int) -> None:
    known = {
        f"{prefix}{one.name}"
        for kind, prefix in ((Behaviour, ""), (V1Behaviour, "V1Behaviour."))
        for one in fields(kind)
    }
    named = re.findall(r"`([\w.]+)`", written()[trap][1])
    assert set(named) - {"q"} <= known
