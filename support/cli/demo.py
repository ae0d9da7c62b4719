"""`flask demo`: fill an empty database with the demo shop and say how to sign in."""
import time

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from support import demo as world
from support.commands import Command
from support.database import db
from support.people import cast
from support.people.person import Person


@click.command("demo", cls=Command)
@with_appcontext
def demo() -> None:
    """Fill an empty database with a believable shop; refuse any other database."""
    settings = current_app.config["SETTINGS"]
    if settings.mode == "production":
        raise click.ClickException("The demo world is for MODE=demo only; its passwords are known to everybody.")
    if db.session.scalar(select(Person.id).limit(1)) is None:
        started = time.perf_counter()
        world.build("full")
        click.echo(f"The demo shop was made in {time.perf_counter() - started:.1f} s.")
    elif not cast.is_here():
        raise click.ClickException("This database is not empty and not a demo. Choose another DATA_DIR or DATABASE_URL.")
    if settings.host not in ("127.0.0.1", "localhost", "::1"):
        click.secho(f"Anybody who reaches {settings.host} can sign in with these passwords; show it to friends only.", fg="yellow", err=True)
    click.echo(f"\n  {settings.base_url}/\n")
    for line in cast.sign_in_lines(settings):
        click.echo(f"  {line}")
    click.echo("")
