"""Following docs/targets/your-own.md word by word gives what the page shows."""

import re
import shlex
from pathlib import Path

import pytest

from crmexport.cli import demo, sandbox
from crmexport.pull import pull
from tests.cli.conftest import Run

PAGE = Path(__file__).parents[2] / "docs" / "targets" / "your-own.md"


def blocks(language: str) -> list[str]:
    """The blocks of the page in a language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def typed(command: str) -> list[str]:
    """A command of the page as its words, without the name of the program."""
    return shlex.split(command)[1:]


@pytest.fixture
def followed(run: Run, tmp_path: Path) -> Run:
    """The demo's archive, made as the page's first command makes it but without its other steps, and the layout beside it."""
    first, _export, _verify = blocks("console")
    _demo, option, cards = typed(first)
    assert option == "--cards"
    served = sandbox.make("megaplan", **demo.sizes(int(cards)))
    with served.running() as url:
        connector = demo.options.connector("megaplan", url, {})
        pull(tmp_path / "demo" / "archive", connector, demo._credentials(served), rate=0)
    (layout,) = blocks("yaml")
    (tmp_path / "acme.yaml").write_text(layout, encoding="utf-8")
    return run


def test_the_page_keeps_its_word(followed: Run, tmp_path: Path) -> None:
    _demo, export, verify = blocks("console")
    answer, counts, mistake = (text.strip() for text in blocks("text"))
    said = followed(*typed(export))
    assert answer in said.out.replace("\\", "/")  # as Windows writes a path
    shown = blocks("csv")[0].splitlines()
    lines = (tmp_path / "export/acme/cards.csv").read_text(encoding="utf-8").splitlines()
    assert shown[0] == lines[0]
    assert set(shown) <= set(lines)
    readme = (tmp_path / "export/acme/README.txt").read_text(encoding="utf-8-sig").splitlines()
    assert set(counts.splitlines()) <= set(readme)
    assert followed(*typed(verify)).code == 0
    layout = tmp_path / "acme.yaml"
    layout.write_text(
        layout.read_text(encoding="utf-8").replace("path: name", "path: nmae"), encoding="utf-8"
    )
    assert mistake in followed(*typed(export)).err


def test_a_target_takes_less_than_forty_lines() -> None:
    (layout,) = blocks("yaml")
    assert len(layout.splitlines()) < 40
