"""What every page reads and people seldom change, kept in the memory of each process: queues, hours, skills, codes, notices.

A room makes one `Kept` at module level and calls it for the value. It is read anew after a commit of this process that
touched its tables, and after an event of its kinds from any other. Whoever has read the head of the log gets nothing older
than that; everybody else nothing older than a second. Inside `transaction()` it always comes from the database.
"""
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from time import monotonic

from flask import current_app
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from support import events, relay
from support.database import db, session_beside
from support.errors import Unavailable

TRUSTED_SECONDS = 1.0  # without a look at the events
PATIENCE = 5.0  # seconds for another one's look
HEAD = "(head)"


class Kept:
    """One kept value: `read(session)` makes it from the database. All threads share it, so nobody may change it."""

    def __init__(self, read: Callable[[Session], object], *, models: Iterable[type], kinds: Iterable[str]):
        self.read, self.models, self.kinds = read, frozenset(models), tuple(kinds)

    def __call__(self):
        return self.read(db.session) if db.session.info.get("writing") else _shelf().value_of(self)

    def forget(self) -> None:
        """Read it anew at the next call, whatever was heard."""
        _shelf().drop(lambda kept: kept is self)

    def last(self):
        """The value as this process had it last, without asking anybody; None when it never had one. For pages that say what is broken."""
        found = _shelf().values.get(self)
        return found and found[0]


class Shelf:
    """What one application keeps, and how far it is known to be right: at which time, up to which position of the log."""

    def __init__(self):
        self.values: dict[Kept, tuple[object, int]] = {}  # with the number of events of its kinds there were
        self.looked_at, self.position = float("-inf"), 0
        self.drops = 0  # so that whoever was reading meanwhile does not put old things back
        self.busy = threading.RLock()

    def value_of(self, kept: Kept):
        if not self._is_sure():
            with self._turn():
                self._is_sure() or self._look()
        found = self.values.get(kept)
        if found is None:
            with self._turn():
                found = self.values.get(kept) or self._read(kept)
        return found[0]

    @contextmanager
    def _turn(self):
        """One looks for all. Nobody stands in that line for long: when the database is slow, each would wait for all before."""
        if not self.busy.acquire(timeout=PATIENCE):
            raise Unavailable(retry_after=int(PATIENCE))
        try:
            yield
        finally:
            self.busy.release()

    def drop(self, is_old: Callable[[Kept], bool]) -> None:
        self.drops += 1
        for kept in [kept for kept in list(self.values) if is_old(kept)]:
            self.values.pop(kept, None)

    def _is_sure(self) -> bool:
        followed = relay.followed(since=self.looked_at)
        at, position = max(self.looked_at, followed[0]), max(self.position, followed[1])
        return monotonic() - at < TRUSTED_SECONDS and position >= events.known_head()

    def _look(self) -> None:
        """Ask the log, in one statement, whether anything was changed. In a session of its own: the request's may look at an older state."""
        at = monotonic()
        with session_beside() as session:
            counts, position = _counts(session, {kind for kept in list(self.values) for kind in kept.kinds})
        marks = {kept: found[1] for kept, found in list(self.values.items())}
        self.drop(lambda kept: marks.get(kept) != sum(counts[kind] for kind in kept.kinds))
        self.looked_at, self.position = at, position

    def _read(self, kept: Kept) -> tuple[object, int]:
        drops = self.drops
        with session_beside() as session:
            counts, _position = _counts(session, kept.kinds)
            found = (kept.read(session), sum(counts.values()))
            session.expunge_all()
        if drops == self.drops:
            self.values[kept] = found
        return found


def init_app(app, settings) -> None:
    app.extensions["kept"] = Shelf()
    relay.everywhere(app, _follow)


def _shelf() -> Shelf:
    return current_app.extensions["kept"]


def _counts(session: Session, kinds: Iterable[str]) -> tuple[Counter, int]:
    """How many events of each kind there are, and the head of the log. Unlike ids, a count misses no late commit."""
    counted = select(events.Event.kind, func.count()).where(events.Event.kind.in_(list(kinds))).group_by(events.Event.kind)
    head = select(literal(HEAD), events.EventHead.position)
    rows = dict(session.execute(counted.union_all(head)).all())
    position = rows.pop(HEAD, 0)
    return Counter(rows), position


def _follow(news: list[events.Event]) -> None:
    kinds = {event.kind for event in news}
    _shelf().drop(lambda kept: not kinds.isdisjoint(kept.kinds))


@sqlalchemy_event.listens_for(Session, "after_flush")
def _note_objects(session: Session, context) -> None:
    _touched(session).update(type(row) for rows in (session.new, session.dirty, session.deleted) for row in rows)


@sqlalchemy_event.listens_for(Session, "do_orm_execute")
def _note_statement(state) -> None:
    if not state.is_select and state.bind_mapper is not None:
        _touched(state.session).add(state.bind_mapper.class_)


def _touched(session: Session) -> set[type]:
    return session.info.setdefault("touched", set())


@sqlalchemy_event.listens_for(Session, "after_commit")
def _after_commit(session: Session) -> None:
    touched = session.info.pop("touched", None)
    if touched and current_app:
        _shelf().drop(lambda kept: not touched.isdisjoint(kept.models))


@sqlalchemy_event.listens_for(Session, "after_rollback")
def _after_rollback(session: Session) -> None:
    session.info.pop("touched", None)
