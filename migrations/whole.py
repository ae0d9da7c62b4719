"""`flask backup` and `flask restore`: a whole installation in one folder: database, stored files, secret key.

The database comes first and the files after it: a file is there before the row that names it, so every file that the copy knows is in it.
"""
import json
import os
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url

import migrations
from migrations import aside, postgresql_copy, sqlite_copy
from support.clock import now
from support.commands import Command, demand_schema
from support.database import db

ABOUT, SECRET, FILES = "about.json", "secret_key", "files"
NAMES = {"sqlite": "switchboard.db", "postgresql": "switchboard.dump"}


@click.command("backup", cls=Command)
@click.argument("folder", type=click.Path(path_type=Path))
@with_appcontext
def backup(folder: Path) -> None:
    """Copy database, stored files and secret key into a new FOLDER while people work."""
    demand_schema()
    if folder.exists():
        raise click.ClickException(f"{folder} is already there; a backup never replaces another one.")
    part = folder.with_name(folder.name + ".part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700, parents=True)
        _fill(part)
        part.replace(folder)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise click.ClickException(f"The backup was not made: {error}") from error
    except click.ClickException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    click.echo(f"{folder}: {size / 1e6:.1f} MB. It holds the secret key: keep it where only administrators read.")


@click.command("restore", cls=Command)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Replace what is there without asking.")
@with_appcontext
def restore(folder: Path, yes: bool) -> None:
    """Bring back what `backup` put into FOLDER; what is there now is kept beside it."""
    db.session.execute(text("SELECT 1"))
    store = db.engine.dialect.name
    source = folder / NAMES[store]
    if not (folder / ABOUT).exists() or not source.exists():
        raise click.ClickException(f"{folder} holds no backup of a {'SQLite' if store == 'sqlite' else 'PostgreSQL'} installation; DATABASE_URL must be of the same kind.")
    (sqlite_copy if store == "sqlite" else postgresql_copy).demand_sound(source)
    if _holds_anything() and not yes:
        raise click.ClickException("There is an installation here already. Say --yes to replace it; it is kept beside the restored one.")
    db.session.close()
    if store == "sqlite":
        sqlite_copy.put_back(source, _sqlite_file())
    else:
        postgresql_copy.put_back(db.engine, source)
    migrations.upgrade(db.engine)
    _put_back_beside(folder / FILES, _data() / FILES)
    _put_back_secret(folder / SECRET)
    click.echo("Restored. Start the web server and `flask work` again, so that nothing in their memory is older or newer.")


def _fill(folder: Path) -> None:
    store = db.engine.dialect.name
    target = folder / NAMES[store]
    if store == "sqlite":
        sqlite_copy.copy(_sqlite_file(), target)
        sqlite_copy.demand_sound(target)
    else:
        postgresql_copy.dump(db.engine, target)
        postgresql_copy.demand_sound(target)
    if (_data() / FILES).is_dir():
        # Half an upload is no use to anybody, and what nobody sent may be deleted at any moment.
        shutil.copytree(_data() / FILES, folder / FILES, ignore=shutil.ignore_patterns("parts"), copy_function=_copy_if_there)
    with open(os.open(folder / SECRET, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(current_app.config["SETTINGS"].secret_key)
    (folder / ABOUT).write_text(json.dumps({"made_at": now().isoformat(), "store": store, "version": _version()}, indent=1), encoding="utf8")


def _copy_if_there(source: str, target: str) -> None:
    try:
        shutil.copy2(source, target)
    except FileNotFoundError:
        pass


def _holds_anything() -> bool:
    tables = inspect(db.engine)
    return tables.has_table("person") and db.session.scalar(text("SELECT 1 FROM person LIMIT 1")) is not None


def _put_back_beside(source: Path, target: Path) -> None:
    """The stored files; those that were here are moved aside."""
    if target.exists():
        target.rename(aside.path_for(target))
    if source.is_dir():
        shutil.copytree(source, target)


def _put_back_secret(source: Path) -> None:
    """Without it everybody is signed out, and the links in mails that were sent lead nowhere."""
    settings, kept = current_app.config["SETTINGS"], source.read_text(encoding="ascii").strip()
    if kept == settings.secret_key:
        return
    own = _data() / SECRET
    if not own.exists() or own.read_text(encoding="ascii").strip() != settings.secret_key:
        click.echo(f"SECRET_KEY of this installation is another one. Set it to what stands in {source}, or everybody is signed out and links in older mails lead nowhere.", err=True)
        return
    own.rename(aside.path_for(own))
    with open(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(kept)


def _sqlite_file() -> Path:
    return Path(make_url(current_app.config["SETTINGS"].database_url).database)


def _data() -> Path:
    return current_app.config["SETTINGS"].data_dir


def _version() -> str:
    try:
        return version("switchboard")
    except PackageNotFoundError:
        return "checkout"
