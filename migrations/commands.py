"""`flask database …`: bring it up to date, copy it while it runs, bring a copy back."""
import sqlite3
from pathlib import Path

import click
from flask import current_app
from sqlalchemy.engine import make_url

import migrations
from support.commands import CommandGroup
from support.database import db

database = CommandGroup("database", help="The database: upgrade, backup, restore.")


def init_app(app, settings) -> None:
    """Add the commands, and the question whether the database fits this version."""
    app.cli.add_command(database)
    app.extensions["schema_fits"] = lambda: migrations.is_current(db.engine)


@database.command("upgrade")
def upgrade() -> None:
    """Bring the database to what this version needs; does nothing when it is there already."""
    migrations.upgrade(db.engine)
    click.echo("The database is up to date.")


@database.command("revision")
@click.argument("message")
def revision(message: str) -> None:
    """Write the migration for models that have changed; read it before you commit it."""
    click.echo(migrations.revise(db.engine, message))


@database.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
def backup(target: Path) -> None:
    """Copy the SQLite database into TARGET while people work."""
    source = _file()
    if target.exists():
        raise click.ClickException(f"{target} is already there; a backup never replaces another one.")
    part = target.with_name(target.name + ".part")
    try:
        _copy(source, part)
        _demand_sound(part)
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise click.ClickException(f"The backup was not made: {error}") from error
    click.echo(f"{target}: {target.stat().st_size / 1e6:.1f} MB. Keep the file secret_key of the data folder with it.")


@database.command("restore")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(source: Path, yes: bool) -> None:
    """Bring back the copy in SOURCE; what is there now is kept beside it as `.before-restore`."""
    target = _file()
    _demand_sound(source)
    if target.exists() and not yes:
        click.confirm(f"Replace everything in {target}?", abort=True)
    if target.exists():
        kept = target.with_name(target.name + ".before-restore")
        kept.unlink(missing_ok=True)
        _copy(target, kept)
    _copy(source, target)
    migrations.upgrade(db.engine)
    click.echo(f"{target} now holds the copy. Restart the server, so that nothing in its memory is older or newer.")


def _file() -> Path:
    settings = current_app.config["SETTINGS"]
    if not settings.on_sqlite:
        raise click.ClickException("This is for SQLite. On PostgreSQL use pg_dump and pg_restore.")
    return Path(make_url(settings.database_url).database)


def _copy(source: Path, target: Path) -> None:
    """SQLite's own online copy: consistent, and readers and writers go on."""
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30) as have, sqlite3.connect(target, timeout=30) as into:
        have.backup(into, pages=-1)
    into.close()
    have.close()


def _demand_sound(path: Path) -> None:
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
            connection.execute("SELECT 1 FROM event_head").fetchone()
        connection.close()
    except sqlite3.Error as error:
        raise click.ClickException(f"{path} is not a copy of a Switchboard database ({error}).") from error
    if answer != "ok":
        raise click.ClickException(f"{path} is damaged: {answer}")
