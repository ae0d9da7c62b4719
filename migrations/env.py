"""Alembic's entry: on which database and how migrations run. Called by `migrations.upgrade` and `flask database …`."""
from alembic import context
from flask import current_app
from sqlalchemy import JSON, text

from migrations import include_object
from support.database import Base, UTCDateTime, db

LOCK = 7_450_241  # any number that is ours: two upgrades at once on PostgreSQL wait for each other


def render(kind, thing, autogenerate):
    """Write our own column types into a new migration by name."""
    if kind == "type" and isinstance(thing, UTCDateTime):
        autogenerate.imports.add("from support.database import UTCDateTime")
        return "UTCDateTime()"
    if kind == "type" and isinstance(thing, JSON):
        autogenerate.imports.add("from support.database import JSONData")
        return "JSONData"
    return False


def run() -> None:
    engine = context.config.attributes.get("engine")
    if engine is None:
        if not current_app:
            raise SystemExit("Run migrations by `flask --app wsgi database …`, which knows the settings.")
        engine = db.engine
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if sqlite:
            # Batch mode makes a table anew and drops the old one, which must not delete the rows that point at it.
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
            connection = connection.execution_options(sqlite_begin="IMMEDIATE")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=include_object,
            render_item=render,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=False,
        )
        try:
            with context.begin_transaction():
                if not sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
                    connection.execute(text("SELECT set_config('lock_timeout', '2s', true)"))  # people go on meanwhile: whoever waits for a lock keeps all behind it waiting
                context.run_migrations()
                _check_foreign_keys(connection, sqlite)
        finally:
            if sqlite:
                connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")


def _check_foreign_keys(connection, sqlite: bool) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first() if sqlite else None
    if broken:
        raise RuntimeError(f"the migration would leave rows in {broken[0]} that point at nothing; nothing was changed")


if context.is_offline_mode():
    raise SystemExit("Migrations are run on a database, not written out as SQL.")
run()
