"""Several dispatching processes on one backlog, killed at random, while people ask, answer, leave and lose certificates; and the checker that reads the database after them.

`Centre` runs it, `problems` judges. A build with BROKEN believes its guess instead of asking again before it reserves: the proof must find that.
"""
import multiprocessing
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from support import clock, relay, routing, training
from support.clock import now
from support.database import db, transaction
from support.errors import SwitchboardError
from support.people.person import Person
from support.routing import offers, picture, work
from support.routing.models import LIVE, Offer, Presence, Queue, Turn, WorkItem
from support.settings import Settings
from support.tickets import open_ticket, reopen, resolve
from support.tickets.models import Disposition, Ticket
from support.training.models import Certificate, Skill
from tests.worlds import SHIFT
from wsgi import create_app

SWEEP = 2  # seconds between two sweeps of each process here
LEASE = 5  # seconds until the turn of one that was killed is over
SLOW = 3  # seconds on top, in which a round of a process ends and another is under way
PATIENCE = 60  # seconds more until a slow machine has seen enough
HESITATION = 0.3  # seconds at most between a look and its reservation, as on a machine that is busy: time for the world to change
STAFF = ("ines", "tomasz", "jonas", "lena", "priya", "samuel")
CUSTOMERS = ("maja", "odile", "gero")
TOPICS = ("orders", "returns", "payments", "products")


def guessed(item, agent_id: int, at):
    """What a build looks at that asks no rule again."""
    (seen,), (agent,) = picture.waiting_items(picture.Lines(at), at, item.id), picture.agents(at, [agent_id])
    return seen, agent


def run(settings: Settings, shift: float, broken: bool) -> None:
    """One process: relays, brings deliveries, does timed work and sweeps, until it is killed."""
    app = create_app(settings)
    clock.move(shift)  # the same time as the test's
    whole, rng = offers.make, random.Random()

    def make(*args):
        time.sleep(rng.uniform(0, HESITATION))
        return whole(*args)

    offers.make = make
    if broken:
        assert callable(offers._still_fit)  # what is broken must be there
        offers._still_fit = guessed
    swept = on_time = 0.0
    while True:
        try:
            with app.app_context():
                relay.number()
                relay.deliver()
                if time.monotonic() - on_time > 0.5:
                    routing.dispatching.on_time()
                    on_time = time.monotonic()
                if time.monotonic() - swept > SWEEP:
                    routing.sweep()
                    swept = time.monotonic()
        except Exception as error:  # a database that was too busy; the next round is the cure
            print("a round failed:", type(error).__name__, str(error)[:200], flush=True)
        time.sleep(0.05)


@dataclass
class Waits:
    """Since when a question has been waiting while somebody who may have it was free, as looked at from outside; counted from the last death, since
    each that dies may have the turn, and keeps it for the time of a lease."""

    since: dict[int, float] = field(default_factory=dict)
    longest: float = 0.0

    def died(self) -> None:
        self.since = {}

    def look(self, waiting: set[int]) -> None:
        at = time.monotonic()
        self.since = {item: self.since.get(item, at) for item in waiting}
        self.longest = max([self.longest, *(at - began for began in self.since.values())])


class Centre:
    """The people, played by the test's process, and the processes they rely on."""

    def __init__(self, app, *, processes: int = 3, seed: int = 5, broken: bool = False):
        self.app, self.cast, self.rng, self.broken = app, app.extensions["cast"], random.Random(seed), broken
        self.context = multiprocessing.get_context("forkserver")  # those who follow the dead need not load the program again
        self.context.set_forkserver_preload(["wsgi", "tests.routing.chaos"])
        self.waits, self.kills, self.taken_back = Waits(), 0, {}
        with app.app_context():
            self.disposition = db.session.scalar(select(Disposition.id).where(Disposition.active).limit(1))
            self.skills = dict(db.session.execute(select(Skill.slug, Skill.id)).all())
            for key in STAFF:
                routing.choose_presence(self.person(key), "available")
        self.workers = [self._start() for _ in range(processes)]

    def person(self, key: str) -> Person:
        return db.session.get(Person, self.cast[key])

    def _start(self):
        worker = self.context.Process(target=run, args=(self.app.config["SETTINGS"], SHIFT, self.broken), daemon=True)
        worker.start()
        return worker

    def play(self, seconds: float, kills: bool = True, least: int = 0) -> None:
        """So many seconds of a busy hour, on a slow machine more, until there were at least so many offers; about every two seconds a process, or all of
        them, die by kill -9 in whatever they do, and others come."""
        end, next_kill, next_look = time.monotonic() + seconds, time.monotonic() + 4, 0.0
        acts = [self.asks] * 5 + [self.answers] * 8 + [self.finishes] * 4 + [self.comes] * 3 + [self.leaves, self.loses, self.loses, self.lapses, self.pulls, self.reopens, self.learns]
        while time.monotonic() < end or time.monotonic() < end + PATIENCE and self.made() < least:
            with self.app.app_context():
                try:
                    self.rng.choice(acts)()
                except SwitchboardError:
                    db.session.rollback()  # somebody was faster: as it should be
                if time.monotonic() > next_look:
                    self.waits.look(waiting_in_vain())
                    next_look = time.monotonic() + 0.25
            if kills and time.monotonic() > next_kill:
                self._strike()
                self.kills += 1
                self.waits.died()
                next_kill = time.monotonic() + 2
            time.sleep(self.rng.uniform(0, 0.05))

    def _strike(self) -> None:
        """One dies; every third time all of them, while one has the turn."""
        struck = [self.rng.randrange(len(self.workers))]
        if self.kills % 3 == 1:
            struck, end = range(len(self.workers)), time.monotonic() + 1
            while not self._is_turn_held() and time.monotonic() < end:
                time.sleep(0.005)
        for number in struck:
            self.workers[number].kill()
        for number in struck:
            self.workers[number].join()
            self.workers[number] = self._start()

    def _is_turn_held(self) -> bool:
        with self.app.app_context():
            return db.session.scalar(select(Turn.id).where(Turn.leased_until > now())) is not None

    def made(self) -> int:
        with self.app.app_context():
            return db.session.scalar(select(func.count()).select_from(Offer))

    def calm(self, seconds: float) -> None:
        """Nobody does anything any more but give signs of life; whatever is left must come right by itself."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with self.app.app_context():
                self.waits.look(waiting_in_vain())
            time.sleep(0.25)

    def close(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.join()

    # what people do

    def asks(self, topic: str = "", language: str = "", channel: str = "") -> None:
        open_ticket(
            self.person(self.rng.choice(CUSTOMERS)), subject="Where is it", body="It has not come.", topic=topic or self.rng.choice(TOPICS),
            channel=channel or self.rng.choice(["chat", "chat", "form"]), client_id=f"{self.rng.getrandbits(80):020x}",
            language=language or self.rng.choice(["en", "en", "de"]),
        )

    def answers(self) -> None:
        offer = self._one(select(Offer).where(Offer.state == LIVE))
        if offer is not None:
            person = db.session.get(Person, offer.agent_id)
            routing.accept(person, offer.id) if self.rng.random() < 0.8 else routing.decline(person, offer.id, "busy")

    def finishes(self) -> None:
        item = self._one(select(WorkItem).where(WorkItem.state == "assigned"))
        if item is not None:
            person = db.session.get(Person, item.agent_id)
            resolve(person, item.ticket_id, self.disposition)

    def reopens(self) -> None:
        ticket = self._one(select(Ticket).where(Ticket.state == "resolved"))
        if ticket is not None:
            reopen(db.session.get(Person, ticket.customer_id), ticket.id)

    def pulls(self) -> None:
        item = self._one(select(WorkItem).where(WorkItem.state == "waiting"))
        if item is not None:
            work.pull(self.person(self.rng.choice(STAFF)), item.id)

    def comes(self) -> None:
        routing.choose_presence(self.person(self.rng.choice(STAFF)), "available")

    def leaves(self) -> None:
        routing.choose_presence(self.person(self.rng.choice(STAFF)), "break")

    def loses(self) -> None:
        """A question comes, and before or while it is offered nobody is trained for it any more; soon some are again."""
        topic = self.rng.choice(TOPICS)
        self.asks(topic, "en", "chat")
        time.sleep(self.rng.uniform(0.05, 0.6))
        staff = [self.cast[key] for key in STAFF]
        held = select(Certificate.id).where(Certificate.revoked_at.is_(None), Certificate.skill_id == self.skills[topic], Certificate.person_id.in_(staff))
        for number in list(db.session.scalars(held)):
            training.revoke(self.person("arno"), number)
            self.taken_back[number] = now()  # from here on it is stored, and no offer may rest on it
        for key in self.rng.sample(STAFF, 4):
            training.grant(self.person("arno"), person_id=self.cast[key], skill_id=self.skills[topic], level=self.rng.randint(3, 5))

    def lapses(self) -> None:
        """One ends by its date within two seconds, and nobody is told."""
        with transaction() as session:
            held = session.scalar(select(Certificate).where(Certificate.revoked_at.is_(None), Certificate.person_id == self.cast[self.rng.choice(STAFF)]).limit(1))
            if held is not None and (held.valid_until is None or held.valid_until > now()):
                held.valid_until = now() + timedelta(seconds=self.rng.uniform(0.2, 2))

    def learns(self) -> None:
        """Somebody is trained."""
        for slug in ("english", "german", *TOPICS):
            key = self.rng.choice(STAFF)
            training.grant(self.person("arno"), person_id=self.cast[key], skill_id=self.skills[slug], level=self.rng.randint(2, 5))

    def _one(self, query):
        found = list(db.session.scalars(query.limit(40)))
        return self.rng.choice(found) if found else None


# the checker: plain rules on plain rows, none of them asked of the product


def _trained(certificates: list, person: int, skill: int, level: int, at: datetime, taken_back: dict) -> bool:
    return any(
        one.person_id == person and one.skill_id == skill and one.level >= level and one.valid_from <= at
        and (one.valid_until is None or at < one.valid_until) and (one.revoked_at is None or at < taken_back.get(one.id, one.revoked_at))
        for one in certificates
    )


def _may(certificates, queue: Queue, language_skill: int | None, person: int, at: datetime, taken_back: dict | None = None) -> bool:
    asked = [(need.skill_id, max(1, need.min_level)) for need in queue.needs if need.required] + ([(language_skill, 1)] if language_skill else [])
    return all(_trained(certificates, person, skill, level, at, taken_back or {}) for skill, level in asked)


def _books():
    queues = {queue.id: queue for queue in db.session.scalars(select(Queue))}
    languages = dict(db.session.execute(select(Skill.language_code, Skill.id).where(Skill.language_code.is_not(None), Skill.active)).all())
    return queues, languages, list(db.session.scalars(select(Certificate)))


def waiting_in_vain() -> set[int]:
    """Live questions that wait now though somebody who may have them sits idle, carries nothing, and has not let them pass; by minus their ticket,
    those that have no place in line yet."""
    db.session.rollback()
    at = now()
    queues, languages, certificates = _books()
    carrying = set(db.session.scalars(select(WorkItem.agent_id).where(WorkItem.state == "assigned")))
    idle = [row.person_id for row in db.session.scalars(select(Presence).where(Presence.system == "idle", Presence.chosen == "available")) if row.person_id not in carrying]
    passed = {(offer.work_item_id, offer.agent_id) for offer in db.session.scalars(select(Offer).where(Offer.state.in_(("declined", "timed_out"))))}
    found = {
        item.id for item in db.session.scalars(select(WorkItem).where(WorkItem.state == "waiting", WorkItem.channel == "chat"))
        for person in idle
        if (item.id, person) not in passed and _may(certificates, queues[item.queue_id], languages.get(item.language), person, at)
    }
    placed = select(WorkItem.ticket_id).where(WorkItem.state.in_(("waiting", "offered", "assigned")))
    found |= {-number for number in db.session.scalars(select(Ticket.id).where(Ticket.state.in_(("new", "open")), Ticket.id.not_in(placed)))}
    db.session.rollback()
    return found


def problems(taken_back: dict[int, datetime], limits) -> list[str]:
    """Everything that must not have happened, from the history in the database. Each begins with its kind."""
    db.session.rollback()
    queues, languages, certificates = _books()
    made, items = list(db.session.scalars(select(Offer).order_by(Offer.offered_at, Offer.id))), {item.id: item for item in db.session.scalars(select(WorkItem))}
    found = []
    for name, key in (("item", lambda offer: offer.work_item_id), ("agent", lambda offer: offer.agent_id)):
        rows = defaultdict(list)
        for offer in made:
            rows[key(offer)].append(offer)
        for number, own in rows.items():
            own.sort(key=lambda offer: (offer.offered_at, offer.id))
            for first, second in zip(own, own[1:], strict=False):
                if first.answered_at is None or second.offered_at < first.answered_at:
                    found.append(f"two: offers {first.id} and {second.id} ring together at {name} {number}")
    for offer in made:
        item = items[offer.work_item_id]
        if not _may(certificates, queues[item.queue_id], languages.get(item.language), offer.agent_id, offer.offered_at, taken_back):
            found.append(f"unqualified: offer {offer.id} to {offer.agent_id}")
    by_ticket = defaultdict(list)
    for item in items.values():
        if item.state in ("waiting", "offered", "assigned"):
            by_ticket[item.ticket_id].append(item)
    found += [f"two: ticket {ticket} has {len(own)} live pieces of work" for ticket, own in by_ticket.items() if len(own) > 1]
    rings = {offer.work_item_id for offer in made if offer.state == LIVE}
    found += [f"sums: {item.id} is {item.state}, ringing: {item.id in rings}" for item in items.values() if (item.state == "offered") != (item.id in rings)]
    tickets = {ticket.id: ticket for ticket in db.session.scalars(select(Ticket))}
    found += [
        f"sums: work {item.id} is with {item.agent_id}, its ticket with {tickets[item.ticket_id].assignee_id}"
        for item in items.values() if item.state == "assigned" and tickets[item.ticket_id].assignee_id != item.agent_id
    ]
    found += _overloaded(made, items, tickets, limits)
    return found


def _overloaded(made: list[Offer], items: dict, tickets: dict, limits) -> list[str]:
    """Whoever was offered a chat carried room for it at that instant. A reopening may end a stretch twice: then the item of that time has its own end."""
    found = []
    for offer in made:
        item = items[offer.work_item_id]
        if item.channel != "chat":
            continue
        carried = [
            one for one in items.values()
            if one.channel == "chat" and one.id != item.id and one.agent_id == offer.agent_id and one.state == "assigned" and one.state_at <= offer.offered_at
            and tickets[one.ticket_id].resolved_at is None
        ]
        if (len(carried) + 1) * limits.chat_units > limits.units or len(carried) >= limits.max_chats:
            found.append(f"overload: offer {offer.id} came to {offer.agent_id} with {len(carried)} chats")
    return found
