"""`flask import KIND FILE`: the same import as the administrators' pages, with progress and report in the terminal."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import format_decimal
from flask_babel import gettext as _

from support.commands import Command
from support.errors import IllegalMove, NotFound
from support.importing import arriving
from support.importing.importer import importer_for, importers
from support.importing.mapping import Mapping, Unmappable, fitting, ready_mappings, saved_mappings
from support.importing.new_runs import take_up
from support.importing.reading import Unreadable, survey
from support.importing.running import run
from support.importing.runs import DONE, ImportRun
from support.importing.terminal import progress_line, report_lines

QUIET_SECONDS = 5.0  # between two lines of progress in a log


@click.command("import", cls=Command)
@click.argument("kind")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mapping", "mapping_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="TOML file that says which column gives which field.")
@click.option("--source", default="", help="Name of where the file comes from; its mapping is remembered under it.")
@click.option("--set", "settings", multiple=True, metavar="FIELD=COLUMN", help="One column of the mapping; may be given several times.")
@click.option("--const", "constants", multiple=True, metavar="FIELD=VALUE", help="The same value for every row; may be given several times.")
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE", help="What the mapping says beyond columns; may be given several times.")
@click.option("--encoding", default="", help="Encoding of the file, such as cp1252; UTF-8 if not given.")
@click.option("--dry-run", is_flag=True, help="Do everything, store nothing, and report.")
@click.option("--show-mapping", is_flag=True, help="Print the mapping that would be used, and do nothing.")
@with_appcontext
def import_(kind, file, mapping_file, source, settings, constants, options, encoding, dry_run, show_mapping) -> None:
    """Import FILE (CSV or JSON lines, also as .gz; articles also as a folder of Markdown). KIND is what its rows are, such as orders.

    Without a mapping the one kept for --source is used, else the ready one whose columns the file has, else the columns that are called like the fields.
    """
    try:
        importer = importer_for(kind)
    except NotFound as error:
        raise click.ClickException(_("There is no import of “%(kind)s”. There are: %(kinds)s.", kind=kind, kinds=", ".join(sorted(importers())))) from error
    try:
        name = Path(os.path.abspath(file)).name
        file = arriving.gathered(importer, file) if file.is_dir() else file
        mapping = _mapping(importer, file, mapping_file, source, encoding)
        mapping = replace(
            mapping, columns={**mapping.columns, **_pairs(settings)}, constants={**mapping.constants, **_pairs(constants)}, options={**mapping.options, **_pairs(options)}
        )
        if show_mapping:
            click.echo(mapping.to_toml(), nl=False)
            return
        found = take_up(kind, file, mapping, encoding=encoding, dry=dry_run, name=name)
    except Unmappable as error:
        raise click.ClickException("\n  ".join([_("The mapping does not fit this file:"), *map(str, error.sentences), *_fields(importer)])) from error
    except Unreadable as error:
        raise click.ClickException(f"{name}: {error.sentence}") from error
    if found.position:
        click.echo(_("Going on behind row %(row)s, where this import was interrupted.", row=format_decimal(found.position)))
    _do(found.id)


def _do(run_id: int) -> None:
    live, said_at = sys.stderr.isatty(), [0.0]

    def show(state: ImportRun) -> None:
        if live:
            click.echo(f"\r\x1b[K{progress_line(state)}", nl=False, err=True)
        elif state.seconds - said_at[0] >= QUIET_SECONDS:
            said_at[0] = state.seconds
            click.echo(progress_line(state), err=True)

    try:
        found = run(run_id, show)
    except IllegalMove as error:
        raise click.ClickException(str(error.sentence)) from error
    except KeyboardInterrupt:
        raise click.ClickException(_("Interrupted. What was stored is kept; the same command goes on from there."))
    if live:
        click.echo("", err=True)
    for line in report_lines(found):
        click.echo(line)
    if found.state != DONE:
        raise SystemExit(1)


def _mapping(importer, file: Path, mapping_file: Path | None, source: str, encoding: str) -> Mapping:
    if mapping_file:
        try:
            mapping = Mapping.from_toml(mapping_file.read_text(encoding="utf8"))
        except UnicodeDecodeError as error:
            raise Unmappable([_("The file of the mapping is not text in UTF-8.")]) from error
        return replace(mapping, source=source or mapping.source)
    return fitting(importer, survey(file, encoding).layout.header, source)


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    wrong = [name + sign for name, sign, _value in pairs if not sign]
    if wrong:
        raise click.ClickException(_("“%(word)s” lacks the =; write for example order_number=InvoiceNo.", word=wrong[0]))
    return {name.strip(): value.strip() for name, _sign, value in pairs}


def _fields(importer) -> list[str]:
    named = [(_("%(name)s (needed)", name=each.name) if each.required else each.name, each.type) for each in importer.fields]
    return ["", _("Fields of %(kind)s:", kind=importer.name), *(f"  {name}: {kind}" for name, kind in named)]


@click.command("mappings", cls=Command)
@click.argument("kind")
@with_appcontext
def mappings(kind) -> None:
    """List the mappings for KIND that come with the product or were used here."""
    ready = ready_mappings(kind)
    for name, mapping in saved_mappings(kind).items():
        called = _("%(name)s (comes with the product)", name=name) if ready.get(name) == mapping else name
        click.echo(f"# {called}\n{mapping.to_toml()}")


def init_app(app) -> None:
    for command in (import_, mappings):
        app.cli.add_command(command)
