"""Copies of a SQLite database by its own online way: consistent, while readers and writers go on."""
import sqlite3
from pathlib import Path

import click

from migrations import aside


def copy(source: Path, target: Path) -> None:
    """Everything that was committed when it began."""
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30) as have, sqlite3.connect(target, timeout=30) as into:
        have.backup(into, pages=-1)
    into.close()
    have.close()


def demand_sound(path: Path) -> None:
    """Refuse what is damaged, or no database of ours, in a sentence."""
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
            connection.execute("SELECT 1 FROM event_head").fetchone()
        connection.close()
    except sqlite3.Error as error:
        raise click.ClickException(f"{path} is not a copy of a Switchboard database ({error}).") from error
    if answer != "ok":
        raise click.ClickException(f"{path} is damaged: {answer}")


def put_back(source: Path, target: Path) -> None:
    """Replace the database by a copy; what was there is kept beside it (see `aside`)."""
    if target.exists():
        copy(target, aside.path_for(target))
    copy(source, target)
