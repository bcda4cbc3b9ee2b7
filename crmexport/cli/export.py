"""`crmexport export`: map what the archive holds and write it for people and other systems, offline."""

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from crmexport.cli import options
from crmexport.cli.progress import counted, watching
from crmexport.cli.saying import echo
from crmexport.cli.words import as_typed
from crmexport.errors import ExitCode
from crmexport.text import _, instant, ngettext, spaced

if TYPE_CHECKING:
    from crmexport.archive import Archive, Place, Source
    from crmexport.mapping import SourceMapping
    from crmexport.mapping.maps import Substitutes
    from crmexport.source import Connector
    from crmexport.target import Delta, Outdated, Output


def add(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @options.command(
        app, "export", _("Write what the archive holds: Excel, CSV, files for another CRM. Needs no network.")
    )
    def export(
        archive: Annotated[str, options.archive()],
        to: Annotated[
            list[str],
            typer.Option(
                "--to",
                metavar=_("TARGET"),
                help=_(
                    "excel, csv, bitrix24, … (see: crmexport targets) or your own mapping file; may be repeated."
                ),
            ),
        ],
        out: Annotated[
            str,
            options.out(_("The folder to write into; Singer messages can go to “-”, the standard output.")),
        ],
        lang: Annotated[str | None, options.lang()] = None,
        excel: Annotated[
            bool,
            typer.Option(
                "--excel", help=_("CSV as Excel opens it by a double click (semicolons, guarded cells).")
            ),
        ] = False,
        zone: Annotated[
            str | None,
            typer.Option(
                "--zone",
                metavar=_("ZONE"),
                help=_("Time zone of the times written, such as Europe/Moscow or +03:00."),
            ),
        ] = None,
        people: Annotated[str | None, _people()] = None,
        stages: Annotated[str | None, _stages()] = None,
        new_since: Annotated[str | None, _new_since()] = None,
    ) -> int:
        shape = Shape(options.language_of(lang), excel, zone, people, stages)
        earlier = options.folder(new_since) if new_since else None
        if out == "-":
            _nothing_before(earlier)
            return handed_on(options.place(archive), to, shape)
        outputs = run(options.place(archive), to, options.folder(out), shape, earlier)
        echo("\n".join(told(outputs, options.folder(out))))
        if earlier:
            echo("\n".join(told_of_new(options.folder(out), [output.target for output in outputs])))
        _tell_of_report(options.place(archive), options.folder(out))
        _check_lost(outputs)
        return ExitCode.COMPLETE


def _people() -> Any:
    return typer.Option(
        "--people",
        metavar=_("FILE"),
        help=_("Your people map: who stands for the users of the old CRM (see: crmexport mapping people)."),
    )


def _stages() -> Any:
    return typer.Option(
        "--stages",
        metavar=_("FILE"),
        help=_("Your stage map: what stands for its pipelines and stages (see: crmexport mapping stages)."),
    )


def _new_since() -> Any:
    return typer.Option(
        "--new-since",
        metavar=_("DIR"),
        help=_(
            "The folder of an earlier export: write only what that one does not have, and a list of what has changed."
        ),
    )


def _nothing_before(earlier: Path | None) -> None:
    from crmexport.errors import ConfigurationError

    if earlier:
        raise ConfigurationError(
            _("Messages on the standard output have keys, and nothing is doubled. Leave out --new-since.")
        )


class Shape(NamedTuple):
    """How files are written: language of headings ("ru" or "en"), CSV as Excel opens it, time zone (None: the layout's).

    `people` and `stages` are the files of a people map and of a stage map.
    """

    lang: str
    excel: bool = False
    zone: str | None = None
    people: str | None = None
    stages: str | None = None


def run(
    archive: "Place", to: Sequence[str], out: Path, shape: Shape, new_since: Path | None = None
) -> "Sequence[Output]":
    """Write every target named in `to`; targets are looked at first, so that a wrong name costs nothing.

    `new_since` is the folder of an earlier export: what that one has is left out.
    """
    from crmexport.archive import Archive
    from crmexport.mapping import load_source_mapping
    from crmexport.target import export, exported, load_target, maps_of, outdated

    before = maps_of(out)
    maps = substitutes(shape.people, shape.stages)
    targets = [load_target(name, excel=shape.excel, zone=shape.zone, substitutes=maps) for name in to]
    with Archive.open(archive) as held, watching(_("Export")) as watch:
        _warn(held)
        connector, mapping = connector_of(held.source), load_source_mapping(held.source.name)
        ahead = [one for one in outdated(held, out) if one.is_ahead]
        how: Any = {"lang": shape.lang, "watch": counted(watch), "new_since": new_since}
        written = export(held, connector, mapping, targets, out, **how)
        _tell_raw_only(held, connector, mapping, {one.target for one in [*written, *exported(out)]})
        names = dict.fromkeys(one.target for one in written)
        _tell_of_maps(before, names, shape)
        _tell_of_later([one for one in ahead if one.target in names])
        _tell_missing(held, connector)
        return written


def handed_on(archive: "Place", to: Sequence[str], shape: Shape) -> int:
    """Put Singer messages on the standard output, and nothing else; what befell values goes to the error output."""
    from crmexport.archive import Archive
    from crmexport.errors import ConfigurationError
    from crmexport.mapping import load_source_mapping
    from crmexport.target import stream
    from crmexport.target.notes import told as named

    if list(to) != ["singer"]:
        raise ConfigurationError(
            _("Only --to singer can write to the standard output. Give a folder with --out.")
        )
    with Archive.open(archive) as held, watching(_("Export")) as watch:
        _warn(held)
        connector, mapping = connector_of(held.source), load_source_mapping(held.source.name)
        put = sys.stdout.buffer.write
        notes = stream(held, connector, mapping, put, lang=shape.lang, watch=counted(watch))
        _tell_raw_only(held, connector, mapping, to)
        _tell_missing(held, connector)
    for name, count in sorted(notes.items()):
        echo(f"{named(name)}: {spaced(count)}", err=True)
    return ExitCode.COMPLETE


def _tell_of_maps(before: Mapping[str, Mapping[str, str]], targets: Collection[str], shape: Shape) -> None:
    """A map forgotten at the second export gives every record back to the people of old, and nothing looks wrong."""
    for target in targets:
        maps = before.get(target, {}).items()
        left = [f"--{option} {as_typed(file)}" for option, file in maps if not getattr(shape, option)]
        if left:
            words = _(
                "{target}: the files that these replace were written with {options}, these were not. If you want it again, "
                "type it in this command, too."
            )
            echo(words.format(target=target, options=" ".join(left)), err=True)


def _tell_of_later(replaced: "Sequence[Outdated]") -> None:
    """What was pulled after the copy was made, and is in no file any more, shall not be missed by nobody."""
    for moment in dict.fromkeys(one.as_of for one in replaced):
        words = _(
            "{targets}: the files that these replace were of {moment}, a later moment than the archive is of, as when it was restored "
            "from a copy. Run “crmexport pull”, then export again."
        )
        targets = ", ".join(one.target for one in replaced if one.as_of == moment)
        echo(words.format(targets=targets, moment=instant(moment)), err=True)


def _tell_of_report(archive: "Place", out: Path) -> None:
    """A report and its sums beside newer files would be taken for theirs."""
    from crmexport.cli.verify import REPORT

    if (out / REPORT).exists():
        words = _(
            "The report and the SHA256SUMS in {folder} are of the files before these. Make them anew: {command}"
        )
        command = f"crmexport verify --archive {as_typed(archive)} --out {as_typed(out)}"
        echo(words.format(folder=out, command=command), err=True)


def _check_lost(outputs: "Sequence[Output]") -> None:
    """Everything else is written; but nobody shall believe that these files are."""
    from crmexport.errors import ArchiveDamagedError
    from crmexport.target.notes import DAMAGED, LOST

    if lost := sum(output.notes.get(note, 0) for output in outputs for note in (LOST, DAMAGED)):
        words = ngettext(
            "Written, but without {number} attachment that is lost or damaged in the archive. “crmexport archive check” names it; “crmexport pull --full” fetches it again.",
            "Written, but without {number} attachments that are lost or damaged in the archive. “crmexport archive check” names them; “crmexport pull --full” fetches them again.",
            lost,
        )
        raise ArchiveDamagedError(words.format(number=spaced(lost)))


def _warn(archive: "Archive") -> None:
    """A part can be exported, but nobody shall take it for the whole; nor a whole of yesterday for a part."""
    from crmexport.archive.pulls import pulls, true_as_of

    number, moment = archive.waiting(), true_as_of(archive, pulls(archive))
    if not number:
        if moment is None:
            echo(
                _(
                    "No pull into this archive has ended yet: what is written now is a part, or nothing. First run “crmexport pull”."
                ),
                err=True,
            )
        return
    words = ngettext(
        "The pull of this archive has not ended: at least {number} request is still to make.",
        "The pull of this archive has not ended: at least {number} requests are still to make.",
        number,
    )
    extent = (
        _("What is written now is a part.")
        if moment is None
        else _("All that was there on {moment} is written; of what has changed since, a part.").format(
            moment=instant(moment.isoformat(timespec="seconds"))
        )
    )
    echo(f"{words.format(number=spaced(number))} {extent}", err=True)


def _tell_raw_only(
    archive: "Archive", connector: "Connector", mapping: "SourceMapping", targets: Collection[str]
) -> None:
    """Name the kinds of records that stand in no file of `targets`."""
    left = mapping.raw_only(archive.counts())
    if left and "raw" not in targets:
        from crmexport.fitting.told import raw_only

        titles = connector.about.titles
        kinds = {titles.get(name, name): number for name, number in left.items()}
        echo(raw_only(kinds), err=True)


def _tell_missing(archive: "Archive", connector: "Connector") -> None:
    """Whoever hands the files on may not have been there when they were pulled."""
    from crmexport.archive.equation import lacking

    titles = connector.about.titles
    if kinds := [titles.get(name, name) for name in lacking(archive) if name]:
        words = _(
            "Missing in these files, wholly or in part: {kinds}. “crmexport verify” says what, and why."
        )
        echo(words.format(kinds="; ".join(kinds)), err=True)


def substitutes(people: str | None, stages: str | None) -> "Substitutes":
    """What the files of a people map and a stage map say."""
    from crmexport.mapping.maps import Substitutes, load_people, load_stages

    files = {name: file for name, file in (("people", people), ("stages", stages)) if file}
    return Substitutes(
        load_people(options.folder(people)) if people else None,
        load_stages(options.folder(stages)) if stages else None,
        files,
    )


def connector_of(source: "Source") -> "Connector":
    """The connector that reads what the archive holds."""
    return options.connector(source.name, source.url, source.options)


def told(outputs: Sequence["Output"], out: Path) -> list[str]:
    """What was written, a line for every target."""
    by_target: dict[str, list[Output]] = {}
    for output in outputs:
        by_target.setdefault(output.target, []).append(output)
    return [_line(target, written, out) for target, written in by_target.items()]


def _line(target: str, written: "Sequence[Output]", out: Path) -> str:
    from crmexport.target.file_tree import attachments
    from crmexport.target.files import FOLDER, INDEX

    folder = out / PurePosixPath(written[0].path).parts[0]
    if written[0].path == f"{FOLDER}/{INDEX}":
        words = _("{target}: attachments: {number}, in {folder}; index.html leads to all of them")
        return words.format(target=target, number=spaced(attachments(folder)), folder=folder)
    rows = spaced(sum(output.rows for output in written))
    return _("{target}: files: {files}, rows: {rows}, in {folder}").format(
        target=target, files=spaced(len(written)), rows=rows, folder=folder
    )


def told_of_new(out: Path, targets: Sequence[str]) -> list[str]:
    """What `targets` left out because an earlier export has it, and what has changed since, some lines for each."""
    from crmexport.target import deltas

    return [line for delta in deltas(out) if delta.target in targets for line in _delta(delta, out)]


def _delta(delta: "Delta", out: Path) -> Iterator[str]:
    yield _(
        "{target}: new: {new}, left out as already there: {left_out}, changed since: {changed}, gone: {gone}"
    ).format(
        target=delta.target,
        new=spaced(delta.new),
        left_out=spaced(delta.left_out),
        changed=spaced(delta.changed),
        gone=spaced(delta.gone),
    )
    if delta.apart:
        yield "  " + _(
            "New, but in no file, because they belong to records that are left out: {number}"
        ).format(number=spaced(delta.apart))
    if delta.changed or delta.gone or delta.apart:
        yield "  " + _("Mend by hand what {file} names.").format(file=out / PurePosixPath(delta.path))
    if not delta.is_alike:
        yield "  " + _(
            "The layout, the language or a map is another than in the earlier export: what only looks different is called changed too."
        )
