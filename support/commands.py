"""What all commands of the product have in common: whoever sits at a terminal reads what to do, not where in the program it was noticed."""
import sqlite3

import click
from flask import current_app, g
from flask.cli import AppGroup
from flask_babel import gettext as _
from sqlalchemy.exc import DatabaseError, OperationalError, ProgrammingError

NO_DATABASE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


class Command(click.Command):
    """A command of ours. A database that is not there, full, broken or of another version is told in one sentence; a mistake of ours is not hidden by it."""

    def invoke(self, ctx: click.Context):
        try:
            return super().invoke(ctx)
        except (DatabaseError, sqlite3.DatabaseError) as error:
            original = getattr(error, "orig", error)
            code = getattr(original, "sqlite_errorcode", None)
            if isinstance(error, ProgrammingError) or code == sqlite3.SQLITE_ERROR:
                demand_schema()
                raise  # a statement of ours that is wrong
            if not isinstance(error, (OperationalError, sqlite3.OperationalError)) and code not in NO_DATABASE:
                raise
            g.failed = True  # nobody asks the database for the language of this sentence
            said = (str(original).strip().splitlines() or [type(original).__name__])[0]
            raise click.ClickException(_("The database cannot be used: %(why)s. Make room or start it, or name another one: DATA_DIR, DATABASE_URL.", why=said)) from None


class CommandGroup(AppGroup):
    """Several commands of ours under one word, such as `database upgrade`."""

    command_class = Command


def demand_schema() -> None:
    """Go on only with a database that fits this version of the program."""
    if not current_app.extensions["schema_fits"]():
        raise click.ClickException(_("The database does not fit this version. Run: flask --app wsgi database upgrade"))
