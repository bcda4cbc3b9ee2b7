"""`crmexport mapping new, people, stages, to-excel, from-excel`: files for a person to complete. None writes over another."""

from pathlib import Path
from typing import Annotated, Any

import typer

from crmexport.cli import options
from crmexport.cli.saying import echo
from crmexport.cli.words import as_typed
from crmexport.errors import ExitCode
from crmexport.text import _


def add(group: typer.Typer) -> None:
    """Add the commands to the group."""
    _new(group)
    _maps(group)
    _sheets(group)


def _new(group: typer.Typer) -> None:
    @options.command(
        group,
        "new",
        _(
            "Copy a layout to adapt, with a column for every custom field of the archive, how often it is filled, and samples."
        ),
    )
    def new(
        archive: Annotated[str, options.archive()],
        to: Annotated[str, options.target()],
        file: Annotated[
            str | None, typer.Argument(metavar=_("FILE"), help=_("Such as my-crm.yaml; it must not exist."))
        ] = None,
        lang: Annotated[str | None, options.lang()] = None,
    ) -> int:
        return make_layout(archive, to, file or f"my-{Path(to).stem}.yaml", options.language_of(lang))


def make_layout(archive: str, to: str, file: str, lang: str) -> int:
    """Write a layout of one's own, never over a file that is there."""
    from crmexport.archive import Archive
    from crmexport.fitting.new import write_new
    from crmexport.fitting.opening import mapped
    from crmexport.fitting.people import fresh
    from crmexport.mapping.to import layout_file

    path, base = fresh(options.folder(file)), layout_file(to)
    with Archive.open(options.place(archive)) as held:
        number = write_new(path, base, mapped(held), lang)
    echo(
        _(
            "Written: {path}, with {number} custom fields. Change it, then: crmexport export --to {typed}"
        ).format(path=path, number=number, typed=as_typed(path))
    )
    return ExitCode.COMPLETE


def _maps(group: typer.Typer) -> None:
    @options.command(
        group,
        "people",
        _(
            "Write a people map to complete: who in the next system stands for each user of the old one. YAML or .xlsx."
        ),
    )
    def people(
        file: Annotated[
            str,
            typer.Argument(
                metavar=_("FILE"), help=_("Such as people.yaml or people.xlsx; it must not exist.")
            ),
        ],
        archive: Annotated[str, options.archive()],
        lang: Annotated[str | None, options.lang()] = None,
    ) -> int:
        from crmexport.fitting.people import people_of, write_people

        return make_map(archive, file, options.language_of(lang), "people", people_of, write_people)

    @options.command(
        group,
        "stages",
        _(
            "Write a stage map to complete: which pipeline and stage of the next system stands for each of the old one."
        ),
    )
    def stages(
        file: Annotated[
            str,
            typer.Argument(
                metavar=_("FILE"), help=_("Such as stages.yaml or stages.xlsx; it must not exist.")
            ),
        ],
        archive: Annotated[str, options.archive()],
        lang: Annotated[str | None, options.lang()] = None,
    ) -> int:
        from crmexport.fitting.people import stages_of, write_stages

        return make_map(archive, file, options.language_of(lang), "stages", stages_of, write_stages)


def make_map(archive: str, file: str, lang: str, kind: str, make: Any, write_map: Any) -> int:
    """Make a map of the archive (“people” or “stages”) and write it, never over a file that is there."""
    from crmexport.archive import Archive
    from crmexport.fitting.opening import mapped
    from crmexport.fitting.people import fresh

    path = fresh(options.folder(file))
    with Archive.open(options.place(archive)) as held:
        write_map(path, make(mapped(held)), lang)
    echo(
        _(
            "Written: {path}. Complete it, and give it to every export for the new system: crmexport export --{kind} {typed}"
        ).format(path=path, kind=kind, typed=as_typed(path))
    )
    return ExitCode.COMPLETE


def _sheets(group: typer.Typer) -> None:
    @options.command(
        group, "to-excel", _("Write a mapping file as a workbook, for those who would rather not see YAML.")
    )
    def to_excel(
        layout: Annotated[
            str, typer.Argument(metavar=_("LAYOUT"), help=_("A target, or your own file: my-crm.yaml."))
        ],
        file: Annotated[
            str, typer.Argument(metavar=_("FILE"), help=_("Such as map.xlsx; it must not exist."))
        ],
    ) -> int:
        from crmexport.fitting.opening import writing
        from crmexport.fitting.people import fresh
        from crmexport.mapping.layout_sheets import to_workbook
        from crmexport.mapping.to import layout_file

        path = fresh(options.folder(file))
        with writing(path):
            to_workbook(layout_file(layout), path)
        echo(_("Written: {path}").format(path=path))
        return ExitCode.COMPLETE

    @options.command(group, "from-excel", _("Make a mapping file of such a workbook."))
    def from_excel(
        file: Annotated[str, typer.Argument(metavar=_("FILE"), help=_("Such as map.xlsx."))],
        layout: Annotated[
            str, typer.Argument(metavar=_("LAYOUT"), help=_("Such as my-crm.yaml; it must not exist."))
        ],
    ) -> int:
        from crmexport.fitting.opening import written
        from crmexport.fitting.people import fresh
        from crmexport.mapping.json_schema import schema_line
        from crmexport.mapping.layout_sheets import from_workbook

        path = fresh(options.folder(layout))
        text = from_workbook(options.folder(file))
        echo(_("Written: {path}").format(path=written(path, f"{schema_line('layout')}\n{text}")))
        return ExitCode.COMPLETE
