"""Of a whole archive, every value of every entity is accounted for by every target: carried, or listed with the reason."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import MegaplanSandbox

from crmexport.archive import Archive
from crmexport.archive.replay import connector_of
from crmexport.fitting import Fate, covered
from crmexport.fitting.beside import note_beside
from crmexport.fitting.told import summary
from crmexport.mapping import MappedArchive, load_source_mapping
from crmexport.mapping.to import EntitySource
from crmexport.pull import pull
from crmexport.source import Account, Credentials
from crmexport.target import load_target, target_names
from crmexport.target.workshop import workshop
from crmexport.watch import nobody
from tests.mapping.without import without_records
from tests.memory import in_memory


def values_in(entity: Mapping[str, Any]) -> int:
    """All values of an entity, counted by its shape alone: items of lists and custom fields one by one."""
    return sum(
        len(value) if name == "custom" or (isinstance(value, list)) else value is not None
        for name, value in entity.items()
    )


def counted(source: EntitySource) -> dict[str, int]:
    return {kind: sum(map(values_in, source.iterate(kind))) for kind in source.kinds}


class Kept(MappedArchive):
    """Reads the archive once: 25 targets ask for the same."""

    def iterate(self, kind: str, only: Collection[str] | None = None) -> Iterator[Any]:
        kept = self.__dict__.setdefault("kept", {})
        if kind not in kept:
            kept[kind] = list(super().iterate(kind))
        wanted = None if only is None else {*only, "source_id"}
        for one in kept[kind]:
            yield {
                name: value
                for name, value in one.items()
                if wanted is None or (name in wanted and value is not None)
            }


def unaccounted(folder: Path, **sizes: int) -> dict[str, Any]:
    """What is wrong, by target, of the archive of a sandbox."""
    box = MegaplanSandbox(**sizes)
    with in_memory(box) as url:
        pull(folder / "archive", Megaplan(Account(url)), Credentials(token=box.token), rate=0)
    targets = [load_target(name) for name in target_names()]
    wrong: dict[str, Any] = {}
    with (
        Archive.open(folder / "archive") as archive,
        workshop(archive, connector_of(archive), load_source_mapping("megaplan"), "en") as shop,
    ):
        shop.prepare(targets, nobody)
        meant = counted(shop.source)
        assert sum(meant.values()) > 1000
        for target in targets:
            accounts = covered(shop, target)
            found = dict.fromkeys(meant, 0)
            for (kind, _field), account in accounts.fields.items():
                found[kind] += account.values
            untold = accounts.total().fates[Fate.UNTOLD]
            if untold or found != meant:
                wrong[target.name] = untold, {k: (found[k], meant[k]) for k in meant if found[k] != meant[k]}
    return wrong


def test_every_value_of_a_small_archive_is_accounted_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crmexport.target.workshop.MappedArchive", Kept)
    assert unaccounted(tmp_path, cards=20, tasks=20, comments=20) == {}


def test_what_no_entity_has_is_named_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = MegaplanSandbox(cards=20, tasks=20, comments=5)
    with in_memory(box) as url:
        pull(tmp_path / "archive", Megaplan(Account(url)), Credentials(token=box.token), rate=0)
    told = {}
    with (
        Archive.open(tmp_path / "archive") as archive,
        workshop(
            archive, connector_of(archive), without_records(load_source_mapping("megaplan")), "en"
        ) as shop,
    ):
        for name in ("excel", "raw"):
            target = load_target(name)
            shop.prepare([target], nobody)
            told[name] = note_beside(covered(shop, target), shop, target)
    assert told["excel"].raw_only["Documents"] == 5
    assert "“--to raw” writes them as they came" in summary(told["excel"], "excel")
    deeper = told["excel"].deeper
    assert deeper["Events: participants[].status"] > 0
    assert list(deeper) == sorted(deeper, key=lambda place: (-deeper[place], place))
    assert next(iter(deeper)) in summary(told["excel"], "excel")
    assert told["raw"].raw_only == told["raw"].deeper == {}


@pytest.mark.soak
def test_every_value_of_the_demo_archive_is_accounted_for(tmp_path: Path) -> None:
    assert unaccounted(tmp_path, cards=2000, tasks=3000, comments=6000) == {}
