"""A card that is damaged, or of another crmexport, is told in a sentence: it ends nothing else, and leads nowhere else."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from crmexport import __version__
from crmexport.errors import OutputError
from crmexport.target import Mismatch, Output, compare, deltas, exported, folders_of, kinds_of, maps_of
from crmexport.target import outdated as outdated_in

Export = Callable[..., list[Output]]
Comparing = Callable[[], list[Mismatch]]


@pytest.fixture
def comparing(archive: Any, tmp_path: Path) -> Comparing:
    return lambda: list(compare(archive, None, None, tmp_path / "out"))  # type: ignore[arg-type]


@pytest.fixture
def card(exporting: Export, tmp_path: Path) -> Path:
    """The card of an export of two targets."""
    exporting("csv", "kaiten")
    return tmp_path / "out/export.json"


def of_csv(card: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change what a card says of the target “csv”."""
    known = json.loads(card.read_text(encoding="utf-8"))
    change(known["targets"][0])
    card.write_text(json.dumps(known), encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        lambda csv: csv["layout"].update(colour="red"),
        lambda csv: csv["layout"].update(format="new"),
        lambda csv: csv["layout"].update(zone="Mars/Olympus"),
        lambda csv: csv["layout"].update(tables={"t": {"from": "deal", "columns": {"a": "na)me"}}}),
        lambda csv: csv["layout"].update(entities=["whale"]),
        lambda csv: csv.update(substitutes={"people": {"new": 1}}),
        lambda csv: csv.pop("layout"),
    ],
    ids=["another key", "another format", "no zone", "no path", "no kind", "no map", "no layout"],
)
@pytest.mark.parametrize("program", [__version__, "99.1"])
def test_a_target_whose_layout_cannot_be_read_is_held_against_its_bytes_and_hinders_no_other(
    card: Path, comparing: Comparing, change: Callable[[dict[str, Any]], object], program: str
) -> None:
    of_csv(card, change)
    of_csv(card, lambda csv: csv.update(program=program))
    (found,) = comparing()
    words = "crmexport 99.1 wrote is there" if program == "99.1" else "a damaged one is there"
    assert str(found).startswith(f"export.json: a layout of “csv” that crmexport {__version__} can read was")
    assert words in str(found)
    changed = ["csv/deal.csv", "kaiten/boards.json"]
    for path in changed:
        (card.parent / path).write_bytes((card.parent / path).read_bytes() + b" ")
    assert [one.path for one in comparing()] == ["export.json", *changed]


@pytest.mark.parametrize(
    "change",
    [
        lambda csv: csv["outputs"][0].update(path="../outside"),
        lambda csv: csv["outputs"][0].update(path="/etc/passwd"),
        lambda csv: csv["outputs"][0].update(path="C:\\outside"),
        lambda csv: csv["outputs"][0].update(path=7),
        lambda csv: csv["outputs"][0].pop("sha256"),
        lambda csv: csv["outputs"].append([]),
        lambda csv: csv.update(name="../outside"),
        lambda csv: csv.update(as_of="soon"),
        lambda csv: csv.update(state="1 2"),
        lambda csv: csv.update(rows=[]),
        lambda csv: csv.update(delta={}),
    ],
)
def test_a_card_of_another_form_is_a_sentence(
    card: Path, comparing: Comparing, change: Callable[[dict[str, Any]], object]
) -> None:
    of_csv(card, change)
    with pytest.raises(OutputError, match=r"export\.json is damaged"):
        comparing()
    of_csv(card, lambda csv: csv.update(program="99.1"))
    with pytest.raises(OutputError, match=r"export\.json was written by crmexport 99\.1, and this one"):
        comparing()


def test_what_a_newer_card_says_beside_what_is_known_is_let_pass(card: Path, comparing: Comparing) -> None:
    of_csv(card, lambda csv: csv["outputs"][0].update(colour="red"))
    of_csv(card, lambda csv: csv.update(colour="red"))
    assert comparing() == []


def test_a_flipped_bit_of_a_card_ends_nothing_but_in_a_sentence(
    exporting: Export, comparing: Comparing, archive: Any, tmp_path: Path
) -> None:
    (tmp_path / "own.yaml").write_text("format: csv\nentities: [user]\n", encoding="utf-8")
    exporting(str(tmp_path / "own.yaml"))
    card = tmp_path / "out/export.json"
    data = card.read_bytes()
    for place in Random(7).sample(range(len(data)), 300):
        card.write_bytes(data[:place] + bytes([data[place] ^ 1 << place % 7]) + data[place + 1 :])
        for read in readers(archive, card.parent):
            try:
                read()
            except OutputError as error:
                assert "export.json" in str(error), place


def readers(archive: Any, out: Path) -> Iterator[Callable[[], object]]:
    """All that verifying asks a card for."""
    yield from (lambda read=read: read(out) for read in (exported, kinds_of, folders_of, maps_of, deltas))  # type: ignore[misc]
    yield lambda: outdated_in(archive, out)
    yield lambda: list(compare(archive, None, None, out))  # type: ignore[arg-type]
