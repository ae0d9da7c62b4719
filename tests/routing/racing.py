"""Two try the same thing in the same instant: contenders as threads or as processes, and the rounds they fight."""
import multiprocessing
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select, update

from support import clock, routing
from support.clock import now
from support.database import db, transaction
from support.errors import SwitchboardError
from support.events import Event
from support.people.person import Person
from support.routing import offers
from support.routing.models import LIVE, Offer, Presence, WorkItem
from support.settings import Settings
from support.tickets.models import Ticket
from tests.routing.desks import Desks
from tests.worlds import SHIFT
from wsgi import create_app


def accept(person_id: int, offer_id: int) -> bool:
    return _won(lambda: routing.accept(db.session.get(Person, person_id), offer_id))


def decline(person_id: int, offer_id: int) -> bool:
    return _won(lambda: routing.decline(db.session.get(Person, person_id), offer_id, "busy") or True)


def pull(person_id: int, item_id: int) -> bool:
    return _won(lambda: routing.pull(db.session.get(Person, person_id), item_id))


def expire(offer_id: int) -> bool:
    return offers.expire(offer_id)


def make(item_id: int, person_id: int) -> bool:
    return offers.make(item_id, person_id, []) is not None


STEPS = {step.__name__: step for step in (accept, decline, pull, expire, make)}


def _won(step) -> bool:
    try:
        return bool(step())
    except SwitchboardError:
        return False


HESITATION = 0.02  # seconds at most: threads stand in line, so whoever looks at less before writing would always be first


class Threads:
    """Contenders in this process."""

    def __init__(self, app, count: int = 2):
        self.app, self.start, self.rng = app, threading.Barrier(count), random.Random(1)
        self.pool = ThreadPoolExecutor(count)

    def race(self, *steps) -> list[bool]:
        """Each step is (name, *arguments); returns who won."""
        return list(self.pool.map(self._run, steps))

    def _run(self, step) -> bool:
        with self.app.app_context():
            self.start.wait(30)
            time.sleep(self.rng.uniform(0, HESITATION))
            return STEPS[step[0]](*step[1:])

    def close(self) -> None:
        self.pool.shutdown()


class Processes:
    """Contenders with an application of their own, as two web workers have."""

    def __init__(self, app, count: int = 2):
        context = multiprocessing.get_context("spawn")
        self.start = start = context.Barrier(count)  # kept: it vanishes with its last name here
        pairs = [context.Pipe() for _ in range(count)]
        self.ends = [ours for ours, _theirs in pairs]
        self.workers = [context.Process(target=_work, args=(theirs, start, app.config["SETTINGS"], SHIFT), daemon=True) for _ours, theirs in pairs]
        for worker in self.workers:
            worker.start()
        for end in self.ends:
            assert end.poll(120) and end.recv(), "each contender is there before the first round"

    def race(self, *steps) -> list[bool]:
        for end, step in zip(self.ends, steps, strict=True):
            end.send(step)
        return [end.recv() for end in self.ends]

    def close(self) -> None:
        for end in self.ends:
            end.send(None)
        for worker in self.workers:
            worker.join(10)


def _work(end, start, settings: Settings, shift: float) -> None:
    app = create_app(settings)
    clock.move(shift)  # the same time as the test's
    end.send(True)
    while (step := end.recv()) is not None:
        with app.app_context():
            start.wait(30)
            end.send(STEPS[step[0]](*step[1:]))


class Ring:
    """One ticket that is offered, fought over and put back, as often as asked."""

    def __init__(self, desks: Desks):
        self.desks, self.app, self.cast = desks, desks.app, desks.cast
        for key in ("ines", "tomasz"):
            desks.sit(key)
        self.ticket_id = desks.ask()
        with self.app.app_context():
            routing.reconcile(self.ticket_id)
            self.queue_id = db.session.scalar(select(WorkItem.queue_id))

    def waiting(self) -> int:
        """A fresh item that waits; everything of the last round is over."""
        with self.app.app_context(), transaction() as session:
            session.execute(update(Offer).where(Offer.state == LIVE).values(state="withdrawn", answered_at=now() - timedelta(hours=1)))
            session.execute(update(Offer).values(answered_at=now() - timedelta(hours=1)))
            session.execute(update(WorkItem).values(state="done", ended_at=now()))
            session.execute(update(Ticket).values(assignee_id=None))
            at = now()
            session.execute(update(Presence).where(Presence.chosen == "available").values(system="idle", missed=0, wrap_up_until=None, seen_at=at + timedelta(hours=1)))  # however slow the races are
            item = WorkItem(ticket_id=self.ticket_id, queue_id=self.queue_id, channel="chat", language="en", entered_at=at, state_at=at)
            session.add(item)
            session.flush()
            item_id = item.id
        return item_id

    def offered(self, expired: bool = False) -> tuple[int, int]:
        """A fresh offer to Ines: (item, offer); with its time already over if asked."""
        item_id = self.waiting()
        with self.app.app_context():
            offer_id = offers.make(item_id, self.cast["ines"], []).id
            if expired:
                with transaction() as session:
                    session.execute(update(Offer).where(Offer.id == offer_id).values(expires_at=now() - timedelta(seconds=1)))
        return item_id, offer_id

    def ring_again(self, item_id: int, offer_id: int) -> None:
        """The same offer once more, its time over: one short transaction, so that thousands of rounds stay affordable."""
        with self.app.app_context(), transaction() as session:
            over = now() - timedelta(seconds=1)
            session.execute(update(Offer).where(Offer.id == offer_id).values(state=LIVE, expires_at=over, answered_at=None))
            session.execute(update(WorkItem).where(WorkItem.id == item_id).values(state="offered", agent_id=None))
            session.execute(update(Ticket).where(Ticket.id == self.ticket_id).values(assignee_id=None))

    def told(self, item_id: int, *kinds: str) -> list[str]:
        """Which of these events were written about the item."""
        with self.app.app_context():
            query = select(Event.kind).where(Event.subject_type == "work_item", Event.subject_id == item_id, Event.kind.in_(kinds))
            return list(db.session.scalars(query))


def fight(ring: Ring, contenders, rounds: int) -> dict[str, int]:
    """Five fights, each a fifth of the rounds; asserts one winner in every one and returns how often who won."""
    ines, tomasz = ring.cast["ines"], ring.cast["tomasz"]
    wins: dict[str, int] = {}
    for number in range(rounds):
        fights = (accept_or_expire, accept_twice, accept_or_decline, pull_twice, offer_twice)
        name = fights[number % len(fights)](ring, contenders, ines, tomasz)
        wins[name] = wins.get(name, 0) + 1
    return wins


def accept_or_expire(ring: Ring, contenders, ines: int, tomasz: int) -> str:
    item_id, offer_id = ring.offered(expired=True)
    accepted, expired = contenders.race(("accept", ines, offer_id), ("expire", offer_id))
    assert accepted != expired, "exactly one of accept and expire wins"
    assert ring.told(item_id, "offer.accepted", "offer.timed_out") == ["offer.accepted" if accepted else "offer.timed_out"]
    assert_ends(ring, item_id, "assigned" if accepted else "waiting", ines if accepted else None)
    return "accept over expire" if accepted else "expire over accept"


def accept_or_expire_again(ring: Ring, contenders, item_id: int, offer_id: int) -> bool:
    """The same fight over an offer that rings once more; returns whether accept won."""
    ring.ring_again(item_id, offer_id)
    accepted, expired = contenders.race(("accept", ring.cast["ines"], offer_id), ("expire", offer_id))
    assert accepted != expired, "exactly one of accept and expire wins"
    assert_ends(ring, item_id, "assigned" if accepted else "waiting", ring.cast["ines"] if accepted else None)
    return accepted


def accept_twice(ring: Ring, contenders, ines: int, tomasz: int) -> str:
    item_id, offer_id = ring.offered()
    won = contenders.race(("accept", ines, offer_id), ("accept", ines, offer_id))
    assert sorted(won) == [False, True], "of two tabs one wins and the other is told"
    assert ring.told(item_id, "offer.accepted") == ["offer.accepted"]
    assert_ends(ring, item_id, "assigned", ines)
    return "one of two tabs"


def accept_or_decline(ring: Ring, contenders, ines: int, tomasz: int) -> str:
    item_id, offer_id = ring.offered()
    accepted, declined = contenders.race(("accept", ines, offer_id), ("decline", ines, offer_id))
    assert accepted != declined
    assert_ends(ring, item_id, "assigned" if accepted else "waiting", ines if accepted else None)
    return "accept over decline" if accepted else "decline over accept"


def pull_twice(ring: Ring, contenders, ines: int, tomasz: int) -> str:
    item_id = ring.waiting()
    won = contenders.race(("pull", ines, item_id), ("pull", tomasz, item_id))
    assert sorted(won) == [False, True], "of two agents one takes it"
    assert ring.told(item_id, "work.taken") == ["work.taken"]
    assert_ends(ring, item_id, "assigned", ines if won[0] else tomasz)
    return "one of two pulls"


def offer_twice(ring: Ring, contenders, ines: int, tomasz: int) -> str:
    item_id = ring.waiting()
    won = contenders.race(("make", item_id, ines), ("make", item_id, tomasz))
    assert sorted(won) == [False, True], f"one live offer for an item, not {won}"
    assert_ends(ring, item_id, "offered", None)
    return "one of two offers"


def assert_ends(ring: Ring, item_id: int, state: str, agent_id: int | None) -> None:
    with ring.app.app_context():
        item, ticket = db.session.get(WorkItem, item_id), db.session.get(Ticket, ring.ticket_id)
        assert (item.state, item.agent_id, ticket.assignee_id) == (state, agent_id, agent_id)
