"""Copies of a PostgreSQL database by pg_dump and pg_restore, which must be on the PATH and not older than the server."""
import os
import shutil
import subprocess
from pathlib import Path

import click
from sqlalchemy import inspect, text
from sqlalchemy.engine import Engine

from migrations import aside


def dump(engine: Engine, target: Path) -> None:
    """Everything that was committed when it began, from one snapshot, while people work."""
    _run("pg_dump", engine, "--format=custom", "--schema=public", "--no-owner", "--no-privileges", f"--file={target}")


def demand_sound(path: Path) -> None:
    """Refuse what pg_restore cannot read, before anything is touched."""
    listed = _call("pg_restore", ["--list", str(path)], {})
    if "TABLE DATA public event_head" not in listed:
        raise click.ClickException(f"{path} is not a copy of a Switchboard database.")


def put_back(engine: Engine, source: Path) -> None:
    """Replace the database by a copy; what was there is kept in a schema of its own (see `aside`), and comes back if the copy cannot be read to its end."""
    with engine.connect() as connection:
        others = connection.scalar(text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"))
    if others > engine.pool.checkedin():
        raise click.ClickException("Others use this database. Stop the web server and `flask work`, then restore.")
    engine.dispose()
    kept = aside.schema_for(inspect(engine).get_schema_names().__contains__)
    _execute(engine, f"ALTER SCHEMA public RENAME TO {kept}", "CREATE SCHEMA public")
    try:
        _run("pg_restore", engine, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--schema=public", str(source))
    except click.ClickException:
        _execute(engine, "DROP SCHEMA public CASCADE", f"ALTER SCHEMA {kept} RENAME TO public")
        raise


def _execute(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _run(tool: str, engine: Engine, *words: str) -> None:
    """The password goes by the environment: words of a command can be read by everybody on the machine."""
    url = engine.url.set(drivername="postgresql")
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    _call(tool, [f"--dbname={url._replace(password=None).render_as_string()}", *words], secret)


def _call(tool: str, words: list[str], environment: dict[str, str]) -> str:
    if shutil.which(tool) is None:
        raise click.ClickException(f"{tool} is not on this machine; install the client tools of PostgreSQL (on Debian or Ubuntu: apt-get install postgresql-client), or make the copy where it is.")
    done = subprocess.run([tool, *words], env={**os.environ, **environment}, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"code {done.returncode}"])[-1]
        raise click.ClickException(f"{tool} could not do it: {last}")
    return done.stdout
