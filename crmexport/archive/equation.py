"""The equation of proof: announced = held + refused + vanished + unexplained, for every stream, from independent counts.

`announced` comes from the source (totals of lists, counters on records, links), `held` from counting what the archive
holds. What is neither held nor named as a gap is unexplained: the one thing that must never happen in silence.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from crmexport.archive.extent import extent
from crmexport.archive.held import HeldRecords
from crmexport.archive.shortfall import short_of, shortfalls
from crmexport.archive.store import Archive
from crmexport.source import FILES, Gap, GapKind

PLACES = 5  # of records under which something is missing, so many are named


@dataclass(frozen=True, slots=True)
class Balance:
    """The equation of one stream. `announced` is None where the source never says how many there are.

    Among the `refused` may be records that are held in part; these are among the `held`, too. `deleted` are records beyond the
    equation: kept in the archive though the source has deleted them since. `short_at` names (as `stream/id`) some records that
    announced more under them than is held.
    """

    announced: int | None
    held: int
    refused: int
    vanished: int
    unexplained: int
    deleted: int = 0
    short_at: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Nothing refused, nothing unexplained. What the source itself had deleted before is no loss of ours."""
        return not self.refused and not self.unexplained


def balances(archive: Archive, streams: list[str]) -> dict[str, Balance]:
    """The equation for each of `streams`, and for every other stream that anything is known of."""
    gaps = archive.gaps()
    short = _short(archive, gaps)
    found = _equations(archive, streams, gaps, short)
    return found | {
        name: replace(found[name], short_at=tuple(map("/".join, short_of(archive.database, name, PLACES))))
        for name in short
    }


def unexplained(archive: Archive) -> dict[str, int]:
    """How many records of each stream the source announces that are neither held nor named as gaps; streams with none left out."""
    gaps = archive.gaps()
    found = _equations(archive, [], gaps, _short(archive, gaps))
    return {name: balance.unexplained for name, balance in found.items() if balance.unexplained}


def lacking(archive: Archive) -> dict[str, int]:
    """How much is missing of each stream: losses, what is unexplained, and how far those reach that stand for many, under "".

    Where any of it is less than it was, something has come that was missing then.
    """
    losses = [gap for gap in archive.gaps() if gap.kind.is_loss]
    found = Counter(gap.stream for gap in losses)
    found.update(unexplained(archive))
    reach = extent(archive.database, losses)
    found[""] = len(reach.parts) + sum(reach.counted.values())
    return {name: number for name, number in sorted(found.items()) if number}


def _short(archive: Archive, gaps: list[Gap]) -> dict[str, int]:
    """What records lack of what they announced, by stream. A whole list that is missing explains all that its stream lacks."""
    lost = {gap.stream for gap in gaps if _is_lost_list(gap)}
    return {name: lack for name, lack in shortfalls(archive.database).items() if name not in lost}


def _is_lost_list(gap: Gap) -> bool:
    return not gap.id and gap.kind.is_loss


def _equations(
    archive: Archive, streams: list[str], all_gaps: list[Gap], short: Mapping[str, int]
) -> dict[str, Balance]:
    held = archive.counts()
    announced = archive.announced()
    gaps = _gaps_by_stream(all_gaps)
    deleted = archive.deleted()
    names = dict.fromkeys([*streams, *sorted({*held, *announced, *gaps, *deleted})])
    found = {
        name: _balance(
            archive,
            name,
            announced.get(name),
            held.get(name, 0),
            gaps.get(name, []),
            short.get(name, 0),
            names.keys(),
        )
        for name in names
    }
    found |= {name: replace(found[name], deleted=number) for name, number in deleted.items()}
    if archive.files_known():
        found[FILES] = _files(archive, held.get(FILES, 0), gaps.get(FILES, []))
    return found


def _balance(
    archive: Archive,
    stream: str,
    announced: tuple[int, int] | None,
    held: int,
    gaps: list[Gap],
    short: int,
    streams: Collection[str],
) -> Balance:
    lacking = HeldRecords(archive.database).lacking([(stream, gap.id) for gap in gaps])
    weights: Counter[GapKind] = Counter()
    for gap in (one for one in gaps if (stream, one.id) in lacking):
        weights[gap.kind] += archive.announced_in(stream, gap.id) or 1
    vanished = weights[GapKind.VANISHED]
    absent = sum(number for kind, number in weights.items() if kind.is_loss)
    in_part = sum(gap.kind.is_loss and (stream, gap.id) not in lacking for gap in gaps)
    if announced is None:
        return Balance(None, held, absent + in_part, vanished, 0)
    total = sum(announced)
    missing = total - held - absent - vanished
    if any(map(_is_lost_list, gaps)):  # that explains the rest
        absent, missing = absent + max(0, missing), 0
    # each loose one may be what a record lacks; one that is held in part is not, nor is all that stands under one kind
    loose = sum(
        gap.kind.is_loss and "/" not in gap.id and gap.id not in streams and (stream, gap.id) in lacking
        for gap in gaps
    )
    missing = max(0, missing, short - loose)
    known = held + absent + vanished + missing
    return Balance(known, held, absent + in_part, vanished, missing)


def _files(archive: Archive, held: int, gaps: list[Gap]) -> Balance:
    """Files are announced by being named in records; one whose bytes came with a wrong length is held and noted.

    What the disk has lost since is held no more, and nothing explains it.
    """
    known = archive.files_known()
    absent: set[str] = set()
    for file in archive.files():
        if file.path is None:
            absent.add(file.id)
        elif not file.path.is_file():
            held -= 1
    vanished = sum(gap.kind is GapKind.VANISHED and gap.id in absent for gap in gaps)
    refused = sum(gap.kind.is_loss and gap.id in absent for gap in gaps)
    return Balance(known, held, refused, vanished, known - held - refused - vanished)


def _gaps_by_stream(gaps: list[Gap]) -> dict[str, list[Gap]]:
    found: dict[str, list[Gap]] = {}
    for gap in gaps:
        found.setdefault(gap.stream, []).append(gap)
    return found
