"""What all commands of the product have in common: whoever sits at a terminal reads what to do, not where in the program it was noticed."""
import sqlite3

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError


class Command(click.Command):
    """A command of ours. A database that is not there, full, or of another version is told in one sentence; a mistake of ours is not hidden by it."""

    def invoke(self, ctx: click.Context):
        try:
            return super().invoke(ctx)
        except (OperationalError, ProgrammingError, sqlite3.OperationalError) as error:
            original = getattr(error, "orig", error)
            if isinstance(error, ProgrammingError) or getattr(original, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
                demand_schema()
                raise  # a statement of ours that is wrong
            said = (str(original).strip().splitlines() or [type(original).__name__])[0]
            raise click.ClickException(f"The database cannot be used: {said}. Make room or start it, or name another one: DATA_DIR, DATABASE_URL.") from None


class CommandGroup(AppGroup):
    """Several commands of ours under one word, such as `database upgrade`."""

    command_class = Command


def demand_schema() -> None:
    """Go on only with a database that fits this version of the program."""
    if not current_app.extensions["schema_fits"]():
        raise click.ClickException("The database does not fit this version. Run: flask --app wsgi database upgrade")
