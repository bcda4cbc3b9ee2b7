"""The house stays small: short functions, short modules, every command documented, no link into nothing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
import typer

from crmexport.cli.app import build
from crmexport.target import target_names
from tests.text.test_help import commands

ROOT = Path(__file__).parents[2]
CODE = [path for folder in ("crmexport", "connectors") for path in sorted((ROOT / folder).rglob("*.py"))]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def lengths(path: Path) -> Iterator[tuple[int, str]]:
    """Lines of every function, decorators not counted, and its place."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (
                (node.end_lineno or node.lineno) - node.lineno + 1,
                f"{path.relative_to(ROOT)}:{node.lineno} {node.name}",
            )


def test_half_of_all_functions_have_eight_lines_at_most() -> None:
    assert median(length for path in CODE for length, _place in lengths(path)) <= 8


def test_no_function_is_longer_than_sixty_lines() -> None:
    assert not [f"{place} ({length})" for path in CODE for length, place in lengths(path) if length > 60]


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    sizes = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in CODE}
    assert not {name: size for name, size in sizes.items() if size > 400}


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in CODE
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert not silent


def test_nothing_is_printed_past_the_command_line() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not found


def test_every_command_is_documented() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    names = [" ".join(path) for path in commands(typer.main.get_command(build())) if path]
    missing = [name for name in names if f"crmexport {name}" not in text]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_leads_nowhere(page: Path) -> None:
    targets = (link.partition("#")[0] for link in LINK.findall(page.read_text(encoding="utf-8")))
    broken = [
        target for target in targets if target and "://" not in target and not (page.parent / target).exists()
    ]
    assert not broken


@pytest.mark.parametrize("language", ["", "ru"])
def test_every_target_is_named_by_a_guide(language: str) -> None:
    guides = "\n".join(
        page.read_text(encoding="utf-8") for page in (ROOT / "docs" / language / "targets").glob("*.md")
    )
    assert [name for name in target_names() if not re.search(rf"--to {name}\b|`{name}`", guides)] == []
