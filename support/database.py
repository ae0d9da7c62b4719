"""The database: one session per piece of work, and `transaction()`, the only way to write.

SQLite and PostgreSQL get the same promises. SQLite: write-ahead log, `synchronous=FULL`, foreign keys on,
readers see a snapshot (`BEGIN`), writers take the lock at once (`BEGIN IMMEDIATE`), because reading first and
writing later dies with "database is locked" under load.
"""
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from inspect import iscoroutinefunction

import psycopg
from flask import current_app, g, has_request_context
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import JSON, DateTime, MetaData, event, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeDecorator

from support.errors import NotFound, Unavailable
from support.turns import Turns

db = SQLAlchemy()
# PostgreSQL only, for whoever writes: how long to wait for a lock, and how long to hold one while doing nothing. Without an end to it, one frozen
# process would keep all others waiting for ever. Nothing slow happens inside of `transaction()`, the largest batch of an import takes seconds;
# who only reads holds no lock and may take any time between two statements, such as for going through a large file.
LOCKS = "SELECT set_config('lock_timeout', '30s', true), set_config('idle_in_transaction_session_timeout', '120s', true)"
OTHERS_FIRST = ("55P03", "25P03")  # its codes for having waited too long, and for having held a lock too long
BESIDE = "beside"
# Connections for what is read while a request holds one already, each opened for that and closed. Were they of the request's pool, as many requests
# as it has connections could each hold one and wait for a second, and nobody would ever be served.
OUTAGES = ("08", "40", "53", "55", "57", "58")  # its classes for: no connection, taken back for others, no room, locked, stopped by somebody, the machine
SQLITE_OUTAGES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN)
ENOUGH = 10.0  # seconds one request may spend waiting for a slow PostgreSQL, before it gives its place to others
PATIENCE = 10  # seconds somebody waits for the only writer of SQLite: first among our own threads, then for other processes


class Base(DeclarativeBase):
    """Base of all models; constraints have stable names, so that migrations can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UTCDateTime(TypeDecorator):
    """An instant. Aware in Python and always UTC; refuses a time without a zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


JSONData = JSON().with_variant(JSONB(), "postgresql")


def init_app(app, settings) -> None:
    """Bind the application to the database named in the settings; opens nothing yet."""
    app.extensions["turns"] = Turns() if settings.on_sqlite else None
    if settings.on_sqlite:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        options = {"pool_size": 10, "max_overflow": 40}
    else:
        options = {"pool_size": 20, "max_overflow": 10, "pool_pre_ping": True, "pool_timeout": 5}
    # Without its parameters, an error that is logged holds nobody's words.
    common = {"url": settings.database_url, "hide_parameters": True, "connect_args": connect_args(settings)}
    app.config["SQLALCHEMY_ENGINES"] = {"default": {**common, **options}, BESIDE: {**common, "poolclass": NullPool}}
    db.init_app(app)
    # We have no asynchronous sessions; closing none of them would start an event loop at the end of every request.
    app.teardown_appcontext_funcs[:] = [function for function in app.teardown_appcontext_funcs if not iscoroutinefunction(function)]
    with app.app_context():
        for engine in db.engines.values():
            (_prepare_sqlite if settings.on_sqlite else _prepare_postgresql)(engine)


def connect_args(settings) -> dict:
    """How a connection is made. On PostgreSQL one whose other end is gone without a word fails within fifteen seconds."""
    if settings.on_sqlite:
        return {"timeout": PATIENCE, "check_same_thread": False, "isolation_level": None}
    return {"connect_timeout": 5, "keepalives": 1, "keepalives_idle": 5, "keepalives_interval": 3, "keepalives_count": 3, "tcp_user_timeout": 15_000}


def is_outage(error: BaseException) -> bool:
    """Whether this comes from a database that is gone, full, too busy or too slow, and not from a mistake of ours: the same may go well a little later."""
    if isinstance(error, PoolTimeout):
        return True
    original = getattr(error, "orig", None)
    code = getattr(original, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in SQLITE_OUTAGES
    if not isinstance(error, OperationalError | InterfaceError):
        return getattr(error, "connection_invalidated", False)
    return (getattr(original, "sqlstate", None) or "08")[:2] in OUTAGES


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _pragmas(connection, record):
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={PATIENCE * 1000}", "journal_size_limit=67108864"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection):
        connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('sqlite_begin', '')}")


def _prepare_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def _begin(connection):
        if connection.get_execution_options().get("bounded_locks"):
            try:
                connection.connection.dbapi_connection.execute(LOCKS)
            except psycopg.OperationalError as error:  # not through SQLAlchemy, which would have seen that this connection is gone
                connection.invalidate(error)
                raise OperationalError("SELECT set_config", None, error, connection_invalidated=True) from error

    @event.listens_for(engine, "before_cursor_execute")
    def _before(connection, cursor, statement, parameters, context, many):
        if has_request_context():
            if g.get("database_seconds", 0.0) > ENOUGH:
                raise Unavailable()
            g.asked_at = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def _after(connection, cursor, statement, parameters, context, many):
        if has_request_context():
            g.database_seconds = g.get("database_seconds", 0.0) + time.perf_counter() - g.asked_at


@contextmanager
def transaction(keep: bool = False) -> Iterator[Session]:
    """One use case, one commit. Everything inside is stored, or nothing is.

    `keep` leaves loaded what was read and written inside, as it was in this commit, for an answer that shows just that.
    The reading transaction of this session ends first and its objects are read anew, so a decision inside never
    rests on what was seen before. A call inside another one joins the outer transaction. Raises Unavailable when
    the writers before us, or who holds what we need, take too long.
    """
    session = db.session
    if session.info.get("writing"):
        yield session
        return
    session.rollback()
    turns = current_app.extensions["turns"]
    if turns is not None and not turns.take(PATIENCE):
        raise Unavailable()
    session.info["writing"] = True
    try:
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE", "bounded_locks": True})
        yield session
        _commit(session, keep)
    except BaseException as error:
        _give_up(session)
        if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in OTHERS_FIRST:
            raise Unavailable() from error
        raise
    finally:
        session.info.pop("writing", None)
        if turns is not None:
            turns.give()


def _give_up(session: Session) -> None:
    """Take all back. A server that has ended the connection has done so already; the session must not use that one again."""
    try:
        session.rollback()
    except DBAPIError:
        session.invalidate()


@contextmanager
def snapshot() -> Iterator[Session]:
    """Several reads from one instant, for boards and figures. Do not write inside.

    What the session holds stays loaded, before and after; what is read inside is as it is at that instant.
    """
    session = db.session
    if session.info.get("writing"):
        yield session
        return
    _end_reading(session)
    options = {} if session.get_bind().dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    session.connection(execution_options=options)
    session.info["snapshot"] = True
    try:
        yield session
    finally:
        session.info.pop("snapshot", None)
        _end_reading(session)


def end_reading() -> None:
    """Give the connection back for a while, before something slow. Inside a transaction or a snapshot nothing happens."""
    session = db.session
    if not (session.info.get("writing") or session.info.get("snapshot")):
        _end_reading(session)


def _end_reading(session: Session) -> None:
    """End the reading transaction without forgetting what was read."""
    if session.new or session.dirty or session.deleted or not session.is_active:
        session.rollback()
        return
    _commit(session, keep=True)


def _commit(session: Session, keep: bool) -> None:
    expires, session.expire_on_commit = session.expire_on_commit, session.expire_on_commit and not keep
    try:
        session.commit()
    finally:
        session.expire_on_commit = expires


@event.listens_for(Session, "do_orm_execute")
def _read_anew(state) -> None:
    """Inside a snapshot an object that was loaded before gets the values of the snapshot."""
    if state.is_select and state.session.info.get("snapshot"):
        state.update_execution_options(populate_existing=True)


def session_beside() -> Session:
    """A session of its own, for what many requests need and one of them reads. Hold a lock: each takes a connection that no pool bounds."""
    return Session(db.get_engine(BESIDE))


def existing(model: type, key):
    """The row, to look at; NotFound if there is none."""
    row = db.session.get(model, key)
    if row is None:
        raise NotFound()
    return row


def lock(session: Session, model: type, key):
    """The row as it is now, locked until the end of the transaction; NotFound if there is none. The key may be a part of a statement that finds it."""
    row = session.scalar(select(model).where(model.id == key).with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound()
    return row
