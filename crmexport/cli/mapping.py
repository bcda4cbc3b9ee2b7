"""`crmexport mapping …`: work on mapping files against the real archive, offline."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmexport.cli import mapping_files, options
from crmexport.cli.progress import counted, watching
from crmexport.cli.saying import echo
from crmexport.cli.words import nearest
from crmexport.errors import ExitCode
from crmexport.text import _, spaced, visible

if TYPE_CHECKING:
    from crmexport.fitting import Accounts
    from crmexport.fitting.check import Finding
    from crmexport.fitting.preview import Preview
    from crmexport.target import Target
    from crmexport.target.workshop import Workshop
    from crmexport.watch import Watch


def add(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = options.group(
        app, "mapping", _("Adapt a mapping to your archive and your next system. Needs no network.")
    )
    _coverage(group)
    _check(group)
    _preview(group)
    mapping_files.add(group)


def html_option() -> Any:
    """`--html`: a page beside what is said."""
    return typer.Option("--html", metavar=_("FILE"), help=_("Write it as a page for the browser, too."))


def json_option() -> Any:
    """`--json`: for programs."""
    return typer.Option("--json", help=_("Say it as one JSON object."))


def _coverage(group: typer.Typer) -> None:
    @options.command(
        group,
        "coverage",
        _("Account for every value of the archive: whether it reaches a target, and if not, why."),
    )
    def coverage(
        archive: Annotated[str, options.archive()],
        to: Annotated[str, options.target()],
        entity: Annotated[
            str | None, typer.Option("--entity", metavar=_("NAME"), help=_("Only this kind, such as deal."))
        ] = None,
        html: Annotated[str | None, html_option()] = None,
        as_json: Annotated[bool, json_option()] = False,
        lang: Annotated[str | None, options.lang()] = None,
    ) -> int:
        from crmexport.fitting.pages import coverage_page

        if entity:
            check_entity(entity)
        accounts = accounts_of(archive, to, options.language_of(lang))
        if html:
            write(html, coverage_page(accounts, to))
        show_coverage(accounts, to, entity, as_json)
        return ExitCode.COMPLETE


def check_entity(name: str) -> None:
    """Raises ConfigurationError when there is no such entity."""
    from crmexport.errors import ConfigurationError
    from crmexport.model import ENTITIES

    if name not in ENTITIES:
        words = _("“{name}” is no entity; there are: {known}")
        raise ConfigurationError(words.format(name=name, known=nearest(name, list(ENTITIES))))


def accounts_of(archive: str, to: str, lang: str) -> "Accounts":
    """The accounts of the target `to` over the archive."""
    from crmexport.fitting import covered
    from crmexport.fitting.beside import note_beside
    from crmexport.target import load_target

    target = load_target(to)
    with opened(archive, target, lang) as (shop, watch):
        return note_beside(covered(shop, target, watch), shop, target)


@contextmanager
def opened(
    archive: str, target: "Target", lang: str, *, keep: bool = True
) -> "Iterator[tuple[Workshop, Watch]]":
    """A workshop over the archive in which `target` can be made, and who is told how far it is.

    `keep`: whether all entities will be read.
    """
    from crmexport.archive import Archive
    from crmexport.fitting.opening import prepared

    with Archive.open(options.place(archive)) as held, watching(_("Mapping")) as events:
        watch = counted(events)
        with prepared(held, target, lang, watch, keep=keep) as shop:
            yield shop, watch


def show_coverage(accounts: "Accounts", target: str, entity: str | None, as_json: bool) -> None:
    """Print the accounts."""
    from crmexport.fitting.told import lines, percent, summary

    if as_json:
        echo(json.dumps({"target": target, **accounts.as_dict()}, ensure_ascii=False))
        return
    rows = [
        (
            line.title if line.is_kind else f"  {line.title}",
            spaced(line.values),
            percent(line.share),
            line.rest,
        )
        for line in lines(accounts, entity)
    ]
    print_table(
        (_("Field"), _("Values"), _("Reach it"), _("Not in a column of its own, and why")),
        rows,
        numbers=(1, 2),
    )
    echo(summary(accounts, target))


def print_table(
    headings: tuple[str, ...], rows: Sequence[tuple[str, ...]], numbers: tuple[int, ...] = ()
) -> None:
    """Print a table that fits the terminal; nothing in it is taken for markup."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, heading in enumerate(headings):
        table.add_column(
            Text(visible(heading)), justify="right" if place in numbers else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    Console(highlight=False, emoji=False).print(table)


def write(path: str, text: str) -> None:
    """Write a page, and say where."""
    from crmexport.fitting.opening import written

    echo(_("Written: {path}").format(path=written(options.folder(path), text)), err=True)


def _check(group: typer.Typer) -> None:
    @options.command(
        group,
        "check",
        _(
            "Check a mapping file against the archive: wrong words, fields without a column, values that will not fit. Exit code "
            "2: the file is wrong; 3: values would not reach the target."
        ),
    )
    def check(
        archive: Annotated[str, options.archive()],
        to: Annotated[str, options.target()],
        as_json: Annotated[bool, json_option()] = False,
        lang: Annotated[str | None, options.lang()] = None,
    ) -> int:
        from crmexport.fitting.check import WRONG

        accounts = accounts_of(archive, to, options.language_of(lang))
        if any(one.kind == WRONG for one in show_findings(accounts, to, as_json)):
            return ExitCode.USAGE
        return ExitCode.GAPS if accounts.total().lost else ExitCode.COMPLETE


def show_findings(accounts: "Accounts", to: str, as_json: bool) -> "list[Finding]":
    """Print what there is to mend, grouped, the worst first, and give it."""
    from crmexport.fitting.check import GROUPS, checked, group
    from crmexport.fitting.told import summary

    found = checked(accounts)
    if as_json:
        echo(json.dumps([one._asdict() for one in found], ensure_ascii=False))
        return found
    for place, heading in enumerate(GROUPS):
        sentences = [one.sentence for one in found if group(one) == place]
        if sentences:
            echo("\n".join([_(heading), *(f"  {sentence}" for sentence in sentences), ""]))
    echo(summary(accounts, to))
    return found


def _preview(group: typer.Typer) -> None:
    @options.command(
        group,
        "preview",
        _("Show a few records on their whole way: as received, as an entity, as a row of the target."),
    )
    def preview(
        archive: Annotated[str, options.archive()],
        to: Annotated[str, options.target()],
        rows: Annotated[
            str, typer.Option("--rows", metavar=_("NUMBER"), help=_("How many of each table."))
        ] = "5",
        table: Annotated[
            str | None, typer.Option("--table", metavar=_("NAME"), help=_("Only this table of the target."))
        ] = None,
        html: Annotated[str | None, html_option()] = None,
        lang: Annotated[str | None, options.lang()] = None,
    ) -> int:
        number = options.whole("--rows", rows, least=1) or 1
        found = previews_of(archive, to, number, table, options.language_of(lang))
        if html:
            from crmexport.fitting.pages import preview_page

            write(html, preview_page(found, to))
        for one in found:
            echo(f"{one.title} ({one.table})")
            print_table((one.record, one.entity, to), one.steps)
        return ExitCode.COMPLETE


def previews_of(archive: str, to: str, rows: int, table: str | None, lang: str) -> "list[Preview]":
    """The first rows of the target `to`, each with the record and the entity it was made of."""
    from crmexport.fitting.preview import previews
    from crmexport.target import load_target

    target = load_target(to)
    with opened(archive, target, lang, keep=False) as (shop, _watch):
        entities = shop.mapped
        return list(previews(shop, target, entities.mapping, entities.with_records, rows, table))
