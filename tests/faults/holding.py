"""What an archive of a Megaplan sandbox holds against the truth, and whether all that it lacks is named in it."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from crmexport_megaplan.sandbox import MegaplanSandbox
from crmexport_megaplan.sandbox.issues import PICTURED
from crmexport_megaplan.sandbox.spaces import shown_file

from crmexport.archive import Archive
from crmexport.archive.equation import unexplained
from crmexport.source import GapKind, Key
from tests.faults.inprocess import URL
from tests.pull.truths import compared, true

FOUND_IN = {
    "knowledgeArticle": ("knowledgeArticle", "knowledgeBase"),
    "offerCategory": ("offerCategory",),
    "element": ("element",),
    "widgetRow": ("widgetLayout",),
}  # no list: links in other articles lead to it; a tree, of which a gap names the branch; rows are read through the views of their table
FILTERS_OF = {"TaskFilter": "task", "TradeFilter": "deal", "CrmFilter": "contractor"}


def wrong(folder: Path, box: MegaplanSandbox) -> list[str]:
    """One line for everything in which the archive is not as is true, although it is undamaged; none when it equals the truth."""
    with Archive.open(folder) as archive:
        assert list(archive.check()) == []
        lines = [
            f"{stream}: {number} announced, and not held" for stream, number in unexplained(archive).items()
        ]
        lines += [f"{gap}" for gap in archive.gaps() if gap.kind is not GapKind.VANISHED]
    return lines + [f"{key}{words}" for key, words in compared(folder, box, URL)]


def untold(folder: Path, box: MegaplanSandbox) -> list[str]:
    """One line for everything that is wrong or missing without being named as a gap, and for gaps of what is held and right."""
    with Archive.open(folder) as archive:
        assert list(archive.check()) == []
        gaps = {(gap.stream, gap.id) for gap in archive.gaps() if gap.kind is not GapKind.VANISHED}
        lacking = set(unexplained(archive))
        owners = {file.id: file.owners for file in archive.files()}
    return list(_Naming(box, gaps, lacking, owners).unnamed(compared(folder, box, URL)))


class _Naming:
    """Which of the things that are wrong are named: by a gap of their own, of their list or sub-list, or of their parent."""

    def __init__(
        self, box: MegaplanSandbox, gaps: set[Key], lacking: Collection[str], owners: dict[str, list[Key]]
    ) -> None:
        self._box = box
        self._gaps, self._lacking, self._owners = gaps, lacking, owners
        self._truth: dict[Key, dict[str, Any]] = true(box)
        self._absent: set[Key] = set()

    def unnamed(self, found: list[tuple[Key, str]]) -> Iterator[str]:
        """The lines of `found` that nothing names."""
        self._absent = {key for key, words in found if words.endswith("not held")}
        for key, words in found:
            if not self._is_named(key):
                yield f"{key}{words}"

    def _is_named(self, key: Key) -> bool:
        stream, _id = key
        if not self._gaps.isdisjoint((key, _list_of(key))) or stream in self._lacking:
            return True
        found_elsewhere = stream in FOUND_IN and any(gap[0] in FOUND_IN[stream] for gap in self._gaps)
        return found_elsewhere or any(self._is_under(key, parent) for parent in self._parents(key))

    def _is_under(self, key: Key, parent: Key) -> bool:
        """Whether the place of a record under its parent is named (or all such places), or the parent is missing and named."""
        place = (key[0], "/".join(part for part in parent if part))
        family = (key[0], parent[0])  # what no record of the parent's kind was given
        return not self._gaps.isdisjoint((place, family)) or (
            parent in self._absent and self._is_named(parent)
        )

    def _parents(self, key: Key) -> list[Key]:
        if key[0] == "file":
            return [*self._owners.get(key[1], []), *self._owner(key[1])]
        parent = self._truth.get(key, {}).get("parent")
        return [(parent[0], parent[1])] if parent else []

    def _owner(self, file: str) -> list[Key]:
        """The record that a file hangs on, by the sandbox's own account; the inventory for those that hang on none."""
        account = self._box.account
        cell, row = shown_file(account)
        if file == cell:
            return [row]
        if file.startswith("path-"):  # the picture within a text
            return [("task", account.kinds["Task"].id(PICTURED))]
        index = account.kinds["File"].index(file)
        assert index is not None
        if (owner := account.files.owner(index)) is None:
            return [("", "file storage")]
        kind = account.kinds[owner[0].partition(".")[0]]
        return [(kind.stream, kind.id(owner[1]))]


def _list_of(key: Key) -> Key:
    """How a gap names the whole list that a record stands in."""
    stream, id = key
    if stream == "filter":  # of none that we know, where a lie mixed other things among them
        return stream, FILTERS_OF.get(id.partition(":")[0], "")
    return stream, "search" if stream == "finOperation" else ""
