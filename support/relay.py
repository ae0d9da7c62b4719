"""The relay: gives committed events their position and brings them to whoever follows.

Two kinds of follower. *Once* (`listen`): a delivery row for each event and listener, see `deliveries`. *Everywhere*
(`everywhere`, and `hint_on` for open screens, see `hints`): reads the log by position. Any number of relays may run; the
database is the arbiter.
"""
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable

import structlog
from flask import Flask, current_app
from prometheus_client import Counter, Histogram
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from support import deliveries, hints
from support.database import db, lock, transaction
from support.deliveries import Listener, Listeners
from support.events import Delivery, Event, EventHead, after, head

log = structlog.get_logger(__name__)

BATCH = 200
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
PACE = 0.05  # seconds between two rounds of a loop: a burst of commits is one round more, not one each
UNHURRIED = 0.1  # the same where a round is long, and many events are served by one


class Relay:
    """The followers of one application and what its threads share."""

    def __init__(self, app: Flask):
        self.app = app
        self.listeners: Listeners = defaultdict(dict)
        self.hinters: dict[str, list[hints.Hinter]] = defaultdict(list)
        self.everywhere: list[Callable[[list[Event]], None]] = []
        self.push: Callable[[str, int], None] = lambda screen, version: None
        self.numbers: Callable[[str, dict[str, int]], None] = lambda screen, numbers: None
        self.announce: Callable[[], None] = lambda: None
        self.position: int | None = None  # how far this process's own memory has followed
        self.followed_from: float | None = None  # time.monotonic() of the first look, and of the last that reached the head
        self.followed_at: float | None = None
        self.news = {"relay": threading.Event(), "deliveries": threading.Event(), "everywhere": threading.Event()}
        self.stopping = threading.Event()
        self.tried = Counter("switchboard_deliveries_tried", "Deliveries this process has brought to a listener, well or not", registry=None)
        self.hinted = Histogram("switchboard_hint_seconds", "From the writing of an event to its hint to the screens", buckets=SECONDS, registry=None)
        self.failed = Counter("switchboard_relay_failures", "Rounds of a loop of the relay that ended by a fault", ["loop"], registry=None)

    def ring(self) -> None:
        """Wake the loops of this process."""
        for news in self.news.values():
            news.set()


def init_app(app: Flask, settings) -> None:
    """Attach an empty relay; the rooms add their followers, the roof starts the threads."""
    app.extensions["relay"] = Relay(app)


def _relay(app: Flask | None = None) -> Relay:
    return (app or current_app).extensions["relay"]


def listen(
    app: Flask, name: str, kinds: Iterable[str], function: Callable[[Event], None] | None = None, afterwards: Callable[[], object] | None = None,
) -> None:
    """Call `function(event)` at least once for each event of these kinds, in order for one ticket.

    `afterwards()` is called once for all events that came together, before any of them counts as delivered.
    """
    for kind in kinds:
        _relay(app).listeners[kind][name] = Listener(function, afterwards)


def hint_on(app: Flask, kinds: Iterable[str], function: Callable[[Event], Iterable[str]]) -> None:
    """Tell the screens named by `function(event)` that they are older than this event."""
    hint_on_all(app, kinds, hints.of_each(function))


def hint_on_all(app: Flask, kinds: Iterable[str], function: hints.Hinter) -> None:
    """The same for a function that looks at all events of one round together, for what would otherwise ask the database for each."""
    for kind in kinds:
        _relay(app).hinters[kind].append(function)


def everywhere(app: Flask, function: Callable[[list[Event]], None]) -> None:
    """Call `function(events)` in every process, in order, for what it holds in memory."""
    _relay(app).everywhere.append(function)


def tell(screen: str, **numbers: int) -> None:
    """Show those who look at this screen some numbers at once. It only spares them a fetch, which would bring the same."""
    _relay().numbers(screen, numbers)


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
        due = []
        for entry in fresh:
            row.position += 1
            entry.position = row.position
            if not entry.history:
                due += [deliveries.row_for(entry, name) for name in relay.listeners.get(entry.kind, ())]
        session.flush()
        if due:
            session.execute(insert(Delivery), due)
    return len(fresh)


def run_once() -> int:
    """Number, hint and deliver what there is now; returns how much was done. Used by tests; a server has two loops for it."""
    return number() + hint() + deliver()


def deliver() -> int:
    """Bring every due delivery to its listener; returns how many were tried."""
    relay = _relay()
    tried = deliveries.deliver(relay.listeners, relay.stopping.is_set)
    relay.tried.inc(tried)
    return tried


def is_ending() -> bool:
    """Whether this process has been asked to end: long work finishes the piece it is at and leaves the rest to others."""
    return _relay().stopping.is_set()


def hint() -> int:
    """Tell the screens what has become old; returns of how many events."""
    return hints.push(_relay().hinters, _relay().push, _relay().hinted.observe)


def _pass_on() -> bool:
    """Number and hint; tells whether there may be more. Never waits for a listener: a full hall must not make the screens old."""
    numbered = number()
    if numbered:
        _relay().news["deliveries"].set()
    return (hint() == hints.BATCH) | (numbered == BATCH)


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


def loop(app: Flask) -> None:
    """Number events and tell the screens until the application stops: at once after a commit here, else once a second."""
    _repeat(app, "relay", _pass_on, 1.0)


def loop_deliveries(app: Flask) -> None:
    """Bring deliveries to their listeners until the application stops."""
    _repeat(app, "deliveries", deliver, 1.0, pace=UNHURRIED)


def loop_everywhere(app: Flask) -> None:
    """Keep this process's memory fresh until the application stops."""
    _repeat(app, "everywhere", lambda: catch_up() == BATCH, 0.5)


def _repeat(app: Flask, name: str, work: Callable[[], object], seconds: float, pace: float = PACE) -> None:
    """`work()` tells whether there may be more at once. News that comes within one `pace` leads to one more round."""
    relay = _relay(app)
    news = relay.news[name]
    while not relay.stopping.is_set():
        news.wait(timeout=seconds)
        news.clear()
        try:
            with app.app_context():
                while work() and not relay.stopping.is_set():
                    pass
            relay.stopping.wait(pace)
        except Exception:
            relay.failed.labels(name).inc()
            log.exception("loop pauses", loop=name)
            relay.stopping.wait(1.0)
