"""`flask database …`: bring it up to date, copy it while it runs, bring a copy back."""
import sqlite3
from pathlib import Path

import click
from flask import current_app
from sqlalchemy.engine import make_url

import migrations
from migrations import sqlite_copy, whole
from support.commands import CommandGroup
from support.database import db

database = CommandGroup("database", help="The database: upgrade, backup, restore.")


def init_app(app, settings) -> None:
    """Add the commands, and the question whether the database fits this version."""
    for command in (database, whole.backup, whole.restore):
        app.cli.add_command(command)
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
        sqlite_copy.copy(source, part)
        sqlite_copy.demand_sound(part)
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
    sqlite_copy.demand_sound(source)
    if target.exists() and not yes:
        click.confirm(f"Replace everything in {target}?", abort=True)
    sqlite_copy.put_back(source, target)
    migrations.upgrade(db.engine)
    click.echo(f"{target} now holds the copy. Restart the server, so that nothing in its memory is older or newer.")


def _file() -> Path:
    settings = current_app.config["SETTINGS"]
    if not settings.on_sqlite:
        raise click.ClickException("This is for SQLite. For PostgreSQL, and with stored files, use `backup` and `restore`.")
    return Path(make_url(settings.database_url).database)
