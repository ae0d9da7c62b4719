"""Who is at work: one process at a time on a run, under a mark that tells its claim from every earlier one; one run at a time on what comes from a source."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from support.clock import now
from support.database import db, existing, lock, transaction
from support.errors import IllegalMove
from support.events import declare, record
from support.importing import holders
from support.importing.runs import RUNNING, WAITING, ImportRun

FINISHED = declare("import.finished", "an import is done, was stopped or failed (data: what, state, created, changed, rejected)", _l("{actor} imported {what}: {created} rows new, {rejected} rejected"))
LEASE = timedelta(seconds=120)


class Lost(IllegalMove):
    """Somebody else has taken the run up meanwhile."""

    sentence = _l("Another process goes on with this import.")


def claim(run_id: int) -> ImportRun:
    """Take the run for this process; its `holder` is the mark of this claim. Raises IllegalMove when another process is at it or it has ended."""
    with transaction() as session:
        found, at = lock(session, ImportRun, run_id), now()
        if found.state not in (WAITING, RUNNING) or found.is_held:
            raise IllegalMove(_("This import is not waiting, or another process is at work on it."))
        found.state, found.holder, found.leased_until = RUNNING, f"{holders.me()} {secrets.token_hex(8)}", at + LEASE
        found.started_at, found.taken_at, found.taken_from = found.started_at or at, at, found.position
        found.ended_at, found.error = None, None
    return existing(ImportRun, run_id)


def held(run_id: int, mark: str) -> ImportRun:
    """The run, locked, while this claim holds it. Raises Lost."""
    found = lock(db.session, ImportRun, run_id)
    if found.state != RUNNING or found.holder != mark:
        raise Lost()
    return found


def give_back(run_id: int, mark: str) -> None:
    """This process ends before the run does: whoever looks next goes on behind the last stored batch, without waiting for the lease."""
    with transaction():
        held(run_id, mark).leased_until = None


def take_turn(session, kind: str, source: str) -> None:
    """Wait until no other import of this kind and source stores anything, and let none until the end of the transaction: each sees what the other brought.

    A lock of its own, not that of a row which pages write too: a batch may take long, and saving a mapping waits for none. SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        number = hashlib.blake2b(f"import {kind} {source}".encode(), digest_size=8).digest()
        session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(number, signed=True))))


def end(run_id: int, mark: str, state: str, error: str | None = None) -> None:
    """The run is over before its last row: failed or stopped."""
    with transaction():
        found = held(run_id, mark)
        found.state, found.error, found.ended_at, found.leased_until, found.stop_asked = state, error, now(), None, False
        tell(found)


def tell(found: ImportRun) -> None:
    """Of every end of a run, since what it stored stays; only a trial leaves nothing to tell of."""
    if not found.dry:
        counts = {"created": found.created, "changed": found.changed, "rejected": found.rejected}
        record(FINISHED, subject=("import", found.id), history=True, what=found.kind, state=found.state, **counts).actor_id = found.started_by_id
