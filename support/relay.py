"""The relay: gives committed events their position and brings them to whoever follows.

Two kinds of follower. *Once* (`listen`): a delivery row for each event and listener, retried with growing pauses,
in order for one listener and ticket. *Everywhere* (`everywhere`, and `hint_on` for open screens): reads the log by position.
Any number of relays may run; the database is the arbiter. A listener may be called twice after a crash, so it must
be idempotent.
"""
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta

import structlog
from flask import Flask, current_app
from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import Session, aliased

from support.clock import now
from support.database import db, lock, transaction
from support.events import Delivery, Event, EventHead, Follower, after, head, know_of

log = structlog.get_logger(__name__)

BATCH = 200
LEASE = timedelta(seconds=60)
PAUSES = (1, 2, 5, 15, 60, 300, 900)  # seconds until the next try; the last one repeats


class Relay:
    """The followers of one application and what its threads share."""

    def __init__(self, app: Flask):
        self.app = app
        self.listeners: dict[str, dict[str, Callable[[Event], None]]] = defaultdict(dict)
        self.hinters: dict[str, list[Callable[[Event], Iterable[str]]]] = defaultdict(list)
        self.everywhere: list[Callable[[list[Event]], None]] = []
        self.push: Callable[[str, int], None] = lambda screen, version: None
        self.announce: Callable[[], None] = lambda: None
        self.position: int | None = None  # how far this process's own memory has followed
        self.followed_from: float | None = None  # time.monotonic() of the first look, and of the last that reached the head
        self.followed_at: float | None = None
        self.news = {"relay": threading.Event(), "deliveries": threading.Event(), "everywhere": threading.Event()}
        self.stopping = threading.Event()

    def ring(self) -> None:
        """Wake the loops of this process."""
        for news in self.news.values():
            news.set()


def init_app(app: Flask, settings) -> None:
    """Attach an empty relay; the rooms add their followers, the roof starts the threads."""
    app.extensions["relay"] = Relay(app)


def _relay(app: Flask | None = None) -> Relay:
    return (app or current_app).extensions["relay"]


def listen(app: Flask, name: str, kinds: Iterable[str], function: Callable[[Event], None]) -> None:
    """Call `function(event)` at least once for each event of these kinds, in order for one ticket."""
    for kind in kinds:
        _relay(app).listeners[kind][name] = function


def hint_on(app: Flask, kinds: Iterable[str], function: Callable[[Event], Iterable[str]]) -> None:
    """Tell the screens named by `function(event)` that they are older than this event."""
    for kind in kinds:
        _relay(app).hinters[kind].append(function)


def everywhere(app: Flask, function: Callable[[list[Event]], None]) -> None:
    """Call `function(events)` in every process, in order, for what it holds in memory."""
    _relay(app).everywhere.append(function)


def wake() -> None:
    """Say that there is something new; called by itself after each commit with events."""
    relay = _relay()
    relay.ring()
    relay.announce()


@sqlalchemy_event.listens_for(Session, "after_commit")
def _after_commit(session: Session) -> None:
    if session.info.pop("recorded", False) and current_app:
        wake()


@sqlalchemy_event.listens_for(Session, "after_rollback")
def _after_rollback(session: Session) -> None:
    session.info.pop("recorded", None)


def number() -> int:
    """Give positions to committed events without one, and make their deliveries; returns how many.

    The head row is locked first and the unnumbered are read in a second statement: that statement sees every
    commit made before it began, so positions have no gap and nobody can slip in below a position already read.
    """
    relay = _relay()
    waiting = db.session.scalar(select(Event.id).where(Event.position.is_(None)).limit(1))
    db.session.rollback()
    if waiting is None:
        return 0
    with transaction() as session:
        row = lock(session, EventHead, 1)
        fresh = list(session.scalars(select(Event).where(Event.position.is_(None)).order_by(Event.id).limit(BATCH)))
        deliveries = []
        for entry in fresh:
            row.position += 1
            entry.position = row.position
            if not entry.history:
                deliveries += [_delivery(entry, name) for name in relay.listeners.get(entry.kind, ())]
        session.flush()
        if deliveries:
            session.execute(insert(Delivery), deliveries)
    return len(fresh)


def _delivery(entry: Event, listener: str) -> dict:
    return {
        "event_id": entry.id, "listener": listener, "position": entry.position, "ticket_id": entry.ticket_id,
        "state": "due", "attempts": 0, "next_at": now(),
    }


def deliver() -> int:
    """Bring every due delivery to its listener; returns how many were tried."""
    tried = 0
    for event_id, listener in _due():
        if _claim(event_id, listener):
            tried += 1
            _call(event_id, listener)
    return tried


def _due() -> list[tuple[int, str]]:
    """Due deliveries with nothing of the same listener and ticket undone before them."""
    earlier = aliased(Delivery)
    instant = now()
    blocked = exists().where(
        earlier.listener == Delivery.listener, earlier.ticket_id == Delivery.ticket_id, earlier.state == "due", earlier.position < Delivery.position
    )
    free = Delivery.leased_until.is_(None) | (Delivery.leased_until < instant)
    query = select(Delivery.event_id, Delivery.listener).where(Delivery.state == "due", Delivery.next_at <= instant, free, ~blocked)
    rows = db.session.execute(query.order_by(Delivery.position).limit(BATCH)).all()
    db.session.rollback()
    return [tuple(row) for row in rows]


def _claim(event_id: int, listener: str) -> bool:
    instant = now()
    with transaction() as session:
        claimed = session.execute(
            update(Delivery)
            .where(Delivery.event_id == event_id, Delivery.listener == listener, Delivery.state == "due", Delivery.next_at <= instant)
            .where(Delivery.leased_until.is_(None) | (Delivery.leased_until < instant))
            .values(leased_until=instant + LEASE, attempts=Delivery.attempts + 1)
        )
    return claimed.rowcount == 1


def _call(event_id: int, listener: str) -> None:
    entry = db.session.get(Event, event_id)
    know_of(entry.position)
    function = _relay().listeners.get(entry.kind, {}).get(listener)
    try:
        if function is not None:  # a listener that a newer version dropped has nothing left to do
            function(entry)
    except Exception as error:
        db.session.rollback()
        log.exception("listener failed", listener=listener, event_id=event_id)
        _settle(event_id, listener, error=f"{type(error).__name__}"[:300])
    else:
        _settle(event_id, listener)


def _settle(event_id: int, listener: str, error: str | None = None) -> None:
    with transaction() as session:
        row = session.get(Delivery, (event_id, listener))
        row.leased_until, row.error = None, error
        if error is None:
            row.state = "done"
        else:
            pause = PAUSES[min(row.attempts, len(PAUSES)) - 1]
            row.next_at = now() + timedelta(seconds=pause * random.uniform(0.8, 1.2))


def hint() -> int:
    """Push the hints of all events behind the shared cursor, then move it; returns how many events."""
    relay = _relay()
    start = _lease_cursor()
    if start is None:
        return 0
    events = after(start, BATCH)
    screens: dict[str, int] = {}
    for entry in events:
        for screens_of in relay.hinters.get(entry.kind, ()) if not entry.history else ():
            for screen in screens_of(entry):
                screens[screen] = entry.position
    for screen, version in screens.items():
        relay.push(screen, version)
    reached = events[-1].position if events else start
    with transaction() as session:
        session.execute(update(Follower).where(Follower.name == "hints", Follower.position <= reached).values(leased_until=None, position=reached))
    return len(events)


def _lease_cursor() -> int | None:
    """Take the shared cursor of the hints; its position, or None when nothing is new or another relay has it."""
    known = db.session.get(Follower, "hints")
    behind = known is None or known.position < head()
    db.session.rollback()
    if not behind:
        return None
    instant = now()
    with transaction() as session:
        cursor = session.get(Follower, "hints", with_for_update=True)
        if cursor is None or (cursor.leased_until and cursor.leased_until > instant):
            return None
        cursor.leased_until = instant + timedelta(seconds=5)
        return cursor.position


def run_once() -> int:
    """Number, hint and deliver what there is now; returns how much was done. Used by tests; a server has two loops for it."""
    return number() + hint() + deliver()


def _pass_on() -> int:
    """Number and hint. Never waits for a listener: a full hall must not make the screens old."""
    numbered = number()
    if numbered:
        _relay().news["deliveries"].set()
    return numbered + hint()


def catch_up() -> int:
    """Bring what this process holds in memory up to the head of the log; returns how many events it read.

    The first call only remembers where the log stands: what is built later is built from the database anyway.
    """
    relay, began = _relay(), time.monotonic()
    db.session.rollback()  # a look of this loop must not end where an earlier one began
    if relay.position is None:
        relay.position, relay.followed_from = head(), began
        return 0
    events = after(relay.position, BATCH)
    if events:
        for function in relay.everywhere:
            _follow(function, events)
        relay.position = events[-1].position
    if len(events) < BATCH:
        relay.followed_at = began
    return len(events)


def follows(app: Flask) -> bool:
    """Whether this process has begun to follow the log."""
    return _relay(app).position is not None


def followed(since: float) -> tuple[float, int]:
    """When, and up to which position, what this process knew at `since` had followed the log. Times are of `time.monotonic()`."""
    relay = _relay()
    if relay.followed_at is None or since < relay.followed_from:
        return since, 0
    return relay.followed_at, relay.position


def _follow(function: Callable[[list[Event]], None], events: list[Event]) -> None:
    try:
        function(events)
    except Exception:
        db.session.rollback()
        log.exception("follower failed", follower=function.__qualname__)


def prune() -> None:
    """Forget deliveries that were done more than a week ago; the events themselves stay."""
    with transaction() as session:
        session.execute(delete(Delivery).where(Delivery.state == "done", Delivery.next_at < now() - timedelta(days=7)))


def loop(app: Flask) -> None:
    """Number events and tell the screens until the application stops: at once after a commit here, else once a second."""
    _repeat(app, "relay", _pass_on, 1.0)


def loop_deliveries(app: Flask) -> None:
    """Bring deliveries to their listeners until the application stops."""
    _repeat(app, "deliveries", deliver, 1.0)


def loop_everywhere(app: Flask) -> None:
    """Keep this process's memory fresh until the application stops."""
    _repeat(app, "everywhere", catch_up, 0.5)


def _repeat(app: Flask, name: str, work: Callable[[], int], seconds: float) -> None:
    relay = _relay(app)
    news = relay.news[name]
    while not relay.stopping.is_set():
        news.wait(timeout=seconds)
        news.clear()
        try:
            with app.app_context():
                while work() and not relay.stopping.is_set():
                    pass
        except Exception:
            log.exception("loop pauses", loop=name)
            relay.stopping.wait(1.0)
