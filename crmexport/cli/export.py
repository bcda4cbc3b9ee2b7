"""`crmexport export`: map what the archive holds and write it for people and other systems, offline."""

import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from crmexport.cli import options
from crmexport.cli.progress import Watch, counted, watching
from crmexport.errors import ExitCode
from crmexport.text import _, spaced

if TYPE_CHECKING:
    from crmexport.archive import Archive, Place, Source
    from crmexport.mapping.maps import Substitutes
    from crmexport.source import Connector
    from crmexport.target import Output, Target


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
    ) -> int:
        layout = Shape(options.language_of(lang), excel, zone, people, stages)
        if out == "-":
            return handed_on(options.place(archive), to, layout)
        outputs = run(options.place(archive), to, options.folder(out), layout)
        typer.echo("\n".join(told(outputs, options.folder(out))))
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


class Shape(NamedTuple):
    """How files are written: language of headings ("ru" or "en"), CSV as Excel opens it, time zone (None: the layout's).

    `people` and `stages` are the files of a people map and of a stage map.
    """

    lang: str
    excel: bool = False
    zone: str | None = None
    people: str | None = None
    stages: str | None = None


def run(archive: "Place", to: Sequence[str], out: Path, shape: Shape) -> "Sequence[Output]":
    """Write every target named in `to`; targets are looked at first, so that a wrong name costs nothing."""
    from crmexport.archive import Archive
    from crmexport.target import load_target

    maps = substitutes(shape.people, shape.stages)
    targets = [load_target(name, excel=shape.excel, zone=shape.zone, substitutes=maps) for name in to]
    with Archive.open(archive) as held, watching(_("Export")) as watch:
        return _export(held, targets, out, shape.lang, watch)


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
        connector, mapping = connector_of(held.source), load_source_mapping(held.source.name)
        put = sys.stdout.buffer.write
        notes = stream(held, connector, mapping, put, lang=shape.lang, watch=counted(watch))
    for name, count in sorted(notes.items()):
        typer.echo(f"{named(name)}: {spaced(count)}", err=True)
    return ExitCode.COMPLETE


def substitutes(people: str | None, stages: str | None) -> "Substitutes":
    """What the files of a people map and a stage map say."""
    from crmexport.mapping.maps import Substitutes, load_people, load_stages

    files = {name: file for name, file in (("people", people), ("stages", stages)) if file}
    return Substitutes(
        load_people(options.folder(people)) if people else None,
        load_stages(options.folder(stages)) if stages else None,
        files,
    )


def _export(
    archive: "Archive", targets: "Sequence[Target]", out: Path, lang: str, watch: Watch
) -> "Sequence[Output]":
    from crmexport.mapping import load_source_mapping
    from crmexport.target import export

    connector = connector_of(archive.source)
    mapping = load_source_mapping(archive.source.name)
    return export(archive, connector, mapping, targets, out, lang=lang, watch=counted(watch))


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
    folder = out / PurePosixPath(written[0].path).parts[0]
    rows = spaced(sum(output.rows for output in written))
    return _("{target}: files: {files}, rows: {rows}, in {folder}").format(
        target=target, files=spaced(len(written)), rows=rows, folder=folder
    )
