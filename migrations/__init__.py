"""Brings a database to the present models; used by `flask database upgrade`, the health page and the tests.

All functions take an engine, so they work for the application's database and for any other.
"""
import time
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from support.database import Base

LOCKED = "55P03"  # PostgreSQL's code for a lock that was not to be had in time
TRIES, PAUSE = 30, 1.0  # seconds between two tries
FULL_TEXT_SUFFIXES = ("_fts", "_fts_data", "_fts_idx", "_fts_docsize", "_fts_config", "_fts_content")


def configuration(engine: Engine | None = None) -> Config:
    """Alembic's configuration; without an engine `env.py` takes the application's."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Apply what is missing, in one transaction, one process at a time.

    On PostgreSQL a lock that is not to be had within two seconds ends the try, and all of it is taken back: then it is tried again, so that people who
    work meanwhile never wait longer. Raises what the last try ended with.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            command.upgrade(configuration(engine), revision)
            return
        except OperationalError as error:
            if not tries_left or getattr(error.orig, "sqlstate", None) != LOCKED:
                raise
            time.sleep(PAUSE)


def revise(engine: Engine, message: str) -> Path:
    """Write the migration that brings this (current) database to the models; returns its file."""
    return Path(command.revision(configuration(engine), message, autogenerate=True).path)


def is_current(engine: Engine) -> bool:
    """Whether the database has every migration that this program knows."""
    with engine.connect() as connection:
        have = set(MigrationContext.configure(connection).get_current_heads())
    return have == set(ScriptDirectory.from_config(configuration()).get_heads())


def differences(engine: Engine) -> list:
    """What separates the database from the models, as Alembic names it; empty when they agree."""
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": include_object, "compare_type": True, "target_metadata": Base.metadata}
        )
        return compare_metadata(context, Base.metadata)


def include_object(thing, name, kind, reflected, compare_to) -> bool:
    """Leave out tables that the database keeps for full-text search: no model stands behind them."""
    return not (kind == "table" and reflected and compare_to is None and name.endswith(FULL_TEXT_SUFFIXES))
