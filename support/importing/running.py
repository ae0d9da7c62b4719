"""A run at work: batches of rows, one transaction each, in which the run's position is stored too.

So a run that was killed goes on behind the last stored batch, by whoever takes it when its lease is over. Whoever slept past its own lease
stores nothing any more: each claim has a mark, and a batch is kept only under it. A dry run does the same and takes back each batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NoReturn

import structlog
from flask_babel import format_decimal
from flask_babel import gettext as _
from sqlalchemy.exc import DataError, IntegrityError

from support import shop
from support.clock import now
from support.database import db, existing, transaction
from support.errors import Unavailable
from support.importing import reading
from support.importing.claiming import LEASE, Lost, claim, end, give_back, held, take_turn, tell
from support.importing.importer import Importer, Outcome, Row, RunContext, importer_for
from support.importing.mapping import Unmappable
from support.importing.plan import Plan
from support.importing.reading import Raw, Unreadable
from support.importing.rejects import Rejects
from support.importing.runs import DONE, FAILED, STOPPED, ImportRun
from support.importing.values import Wrong

AT_FAULT = (IntegrityError, DataError, ValueError, RecursionError)  # what one row may cause, so that the others can go on; ValueError is also text that cannot be written
log = structlog.get_logger(__name__)


class _TakeBack(Exception):
    """Ends a transaction of a dry run."""


class _Stopped(Exception):
    """Somebody asked to stop."""


class Leave(Exception):
    """Raised by `progress` when this process ends: another one goes on with the run at once."""


@dataclass
class _Batch:
    """Some rows of the file: all as they stand there, those that can be stored, and why the others cannot."""

    raws: list[Raw]
    rows: list[Row]
    rejects: list[tuple[int, str]]
    left_out: int


def run(run_id: int, progress: Callable[[ImportRun], None] | None = None) -> ImportRun:
    """Do the run, or go on with it, until it is done, failed or stopped; returns it as it stands then.

    `progress` is called after each batch. Raises IllegalMove when another process is at it or it has ended.
    """
    claimed = claim(run_id)
    mark = claimed.holder
    try:
        _Work(claimed, progress or (lambda _run: None)).do()
    except Lost:
        raise
    except _Stopped:
        end(run_id, mark, STOPPED)
    except Leave:
        give_back(run_id, mark)
    except (Unreadable, Unmappable) as error:
        end(run_id, mark, FAILED, str(error.sentence))
    except Exception:
        db.session.rollback()
        log.exception("import failed", run=run_id)
        end(run_id, mark, FAILED, _("Something went wrong behind row %(row)s. What was stored before is kept; start it again to go on.",
                                    row=format_decimal(db.session.get(ImportRun, run_id).position)))
    return existing(ImportRun, run_id)


class _Work:
    """One process at one run."""

    def __init__(self, found: ImportRun, progress: Callable[[ImportRun], None]):
        self.run_id, self.mark, self.progress = found.id, found.holder, progress
        self.path, self.layout, self.dry, self.position, self.sha256 = Path(found.path), found.read_layout(), found.dry, found.position, found.sha256
        self.rows = found.rows
        self.importer: Importer = importer_for(found.kind)
        mapping = found.read_mapping()
        wrong = mapping.problems(self.importer, self.layout.header)
        self.problems = wrong
        self.plan = None if wrong else Plan(self.importer, mapping, shop.profile().zone)
        self.rejects = Rejects(found.rejects_path, self.layout, found.rejects_bytes)
        self.options, self.source = mapping.options, mapping.source

    def do(self) -> None:
        if self.problems:
            raise Unmappable(self.problems)
        stamp = self._stamp()
        self._demand_unchanged()
        self.context = RunContext(self.run_id, self.source, self.dry, self.options, self.plan.zone, self.path)
        raws = reading.rows(self.path, self.layout)
        self.importer.begin(self.context)
        for batch in self._batches(islice(raws, self.position)):
            self.importer.passed(batch.rows, self.context)
        for batch in self._batches(raws):
            self.importer.prepare(batch.rows, self.context)
            if self._stamp() != stamp:  # now, when all of the batch has been read: nothing of a changed file may be stored
                self._tell_of_change()
            if not self._store(batch):
                raise _Stopped
            self.position += len(batch.raws)
            self.progress(existing(ImportRun, self.run_id))
        if self.position != self.rows:
            self._tell_of_change()
        self._demand_unchanged()
        self._patiently(self._finish)

    def _stamp(self) -> tuple[int, int, int] | None:
        """What another content of the file, or another file in its place, changes. None when there is none any more."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_size, found.st_mtime_ns, found.st_ino

    def _tell_of_change(self) -> NoReturn:
        raise Unreadable(_("The file was changed while it was read: %(read)s of %(all)s rows came. Bring it back as it was and start the import again, or start a new one.",
                           read=format_decimal(self.position), all=format_decimal(self.rows)))

    def _demand_unchanged(self) -> None:
        if reading.fingerprint(self.path) != self.sha256:
            raise Unreadable(_("The file has changed since it was looked at. Start a new import of it."))

    def _batches(self, raws: Iterator[Raw]) -> Iterator[_Batch]:
        while some := list(islice(raws, self.importer.batch)):
            batch = _Batch(some, [], [], 0)
            for raw in some:
                try:
                    if raw.problem is None and not self.plan.counts(raw):
                        batch.left_out += 1
                    else:
                        batch.rows.append(self.plan.convert(raw))
                except Wrong as problem:
                    batch.rejects.append((raw.line, str(problem)))
            yield batch

    def _store(self, batch: _Batch) -> bool:
        """Store the batch with the new position; False when somebody asked to stop. Halves a batch that the database refuses."""
        try:
            return self._store_as(batch, batch.rows, len(batch.raws))
        except AT_FAULT:
            db.session.rollback()
        for row in batch.rows:
            self._store_one(batch, row)
        return self._store_as(batch, [], len(batch.raws))

    def _store_one(self, batch: _Batch, row: Row) -> None:
        """One row of a batch that was refused as a whole; the one at fault becomes a reject. The position moves behind the whole batch only."""
        try:
            self._store_as(_Batch(batch.raws, [], [], 0), [row], 0)
        except AT_FAULT as error:
            db.session.rollback()
            log.warning("row refused by the database", run=self.run_id, line=row.line, error=type(error).__name__)
            batch.rejects.append((row.line, _("The database cannot keep this row: a value in it is already taken or does not fit.")))

    def _store_as(self, batch: _Batch, rows: list[Row], moves: int) -> bool:
        return self._patiently(lambda: self._try_to_store(batch, rows, moves))

    def _patiently(self, step: Callable[[], bool | None]) -> bool | None:
        """Do the step; while others hold what it needs it is tried again, for as long as nobody asks to stop."""
        while True:
            try:
                return step()
            except Unavailable:
                log.info("import waits", run=self.run_id)
            with suppress(Unavailable), transaction():
                found = held(self.run_id, self.mark)
                found.leased_until = now() + LEASE
                if found.stop_asked:
                    raise _Stopped

    def _try_to_store(self, batch: _Batch, rows: list[Row], moves: int) -> bool:
        outcome = Outcome()
        try:
            with transaction() as session:
                take_turn(session, self.importer.name, self.source)
                outcome = self.importer.load(rows, self.context) if rows else outcome
                if self.dry:
                    raise _TakeBack
                return self._note(batch, outcome, moves)
        except _TakeBack:
            with transaction():
                return self._note(batch, outcome, moves)

    def _note(self, batch: _Batch, outcome: Outcome, moves: int) -> bool:
        """Write down in the open transaction what became of the batch."""
        found = held(self.run_id, self.mark)
        if found.position != self.position:
            raise Lost()
        rejects = [*batch.rejects, *outcome.rejects]
        found.position = self.position + moves
        found.created, found.changed, found.unchanged = found.created + outcome.created, found.changed + outcome.changed, found.unchanged + outcome.unchanged
        found.rejected, found.left_out, found.leased_until = found.rejected + len(rejects), found.left_out + batch.left_out, now() + LEASE
        found.things = _added(found.things, outcome)
        if rejects:
            cells = {raw.line: raw.values for raw in batch.raws}
            found.rejects_bytes = self.rejects.write([(line, sentence, cells.get(line, {})) for line, sentence in rejects])
        return not found.stop_asked

    def _finish(self) -> None:
        outcome = None
        try:
            with transaction() as session:
                take_turn(session, self.importer.name, self.source)
                outcome = self.importer.finish(self.context)
                if self.dry:
                    raise _TakeBack
                self._close(outcome)
        except _TakeBack:
            with transaction():
                self._close(outcome)

    def _close(self, outcome: Outcome | None) -> None:
        found = held(self.run_id, self.mark)
        found.things = _added(found.things, outcome or Outcome())
        found.state, found.ended_at, found.leased_until, found.error, found.stop_asked = DONE, now(), None, None, False
        tell(found)


def _added(things: dict, outcome: Outcome) -> dict:
    return {**things, **{name: things.get(name, 0) + count for name, count in outcome.things.items()}}
