"""What the dispatcher costs with many agents at their desks, on a PostgreSQL of its own. Run by hand, when the machine has nothing else to do:

    .venv/bin/python -m benchmarks.dispatch [look] [offers] [--agents 1000] [--rate 10] [--seconds 60]

`look`: time and statements of one look, alone in this process. `offers`: the grown size (web, Redis, `flask work`); customers ask, agents accept and finish
through the product's own use cases, and each offer is followed from the commit of the question to the hint at the agent's desk and the fetch of what rings.
Everything random has a fixed seed. Written down in docs/performance.md.
"""
import heapq
import json
import os
import random
import tempfile
import threading
import time
import urllib.request
import uuid
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click
import psutil
import redis
from sqlalchemy import event, insert, select

from benchmarks import crowd
from benchmarks.installation import Product
from support import routing
from support.clock import now
from support.database import db, transaction
from support.errors import SwitchboardError
from support.events import Event
from support.people.person import Person
from support.routing import kinds
from support.routing.models import LIVE, Offer, Presence, Queue, QueueSkill, WorkItem
from support.tickets import open_ticket, resolve
from support.tickets.models import Disposition
from support.training.models import Certificate, Skill

SEED = 20261128
QUEUES = 8
CUSTOMERS = 2000  # each asks seldom, as the product allows
REACTION, HANDLING = 2.0, 20.0  # seconds, means
WARM = 10  # seconds that do not count
LOOKS = 20


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(["look", "offers"]))
@click.option("--agents", default=1000)
@click.option("--rate", default=10.0, help="questions a second")
@click.option("--seconds", default=60, help="how long they come, the first 10 do not count")
def main(parts: tuple[str, ...], agents: int, rate: float, seconds: int) -> None:
    """Print the tables."""
    click.echo(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, {agents} agents, {QUEUES} queues, seed {SEED}")
    with shop(agents) as center:
        if not parts or "look" in parts:
            look(center)
        if not parts or "offers" in parts:
            offers(center, rate, seconds)


class Center:
    """A shop with trained agents at their desks and customers."""

    def __init__(self, product: Product, agents: int):
        self.product, self.rng = product, random.Random(SEED)
        self.asked = 0
        self.customers, _ = crowd.sign_in_all("customer", CUSTOMERS)
        self.agents, cookies = crowd.sign_in_all("agent", agents)
        self.cookies = dict(zip(self.agents, cookies, strict=True))
        at = now()
        with transaction() as session:
            skills = [Skill(slug=f"skill-{number}", name=f"Skill {number}", kind="subject") for number in range(QUEUES)]
            language = Skill(slug="english", name="English", kind="language", language_code="en")
            session.add_all([*skills, language, Disposition(code="solved", name="Solved", active=True)])
            session.flush()
            for number, skill in enumerate(skills):
                queue = Queue(slug=f"queue-{number}", name=f"Queue {number}", needs=[QueueSkill(skill_id=skill.id, min_level=2, required=True)])
                session.add(queue)
            held = [(agent, skill.id, self.rng.randint(2, 5)) for agent in self.agents for skill in self.rng.sample(skills, self.rng.randint(1, 3))]
            held += [(agent, language.id, 4) for agent in self.agents]
            session.execute(insert(Certificate), [
                {"person_id": person, "skill_id": skill, "level": level, "valid_from": at - timedelta(days=9), "valid_until": at + timedelta(days=90), "created_at": at}
                for person, skill, level in held
            ])
            ahead = at + timedelta(hours=2)  # signs of life are not measured here
            session.execute(insert(Presence), [
                {
                    "person_id": agent, "chosen": "available", "chosen_at": at, "system": "idle", "system_at": at, "seen_at": ahead, "missed": 0,
                    "idle_since": at - timedelta(seconds=self.rng.randint(1, 600)),
                }
                for agent in self.agents
            ])
            self.disposition = session.scalar(select(Disposition.id))

    def ask(self, topic: str = "") -> int:
        """The next customer asks by chat; returns the ticket's id."""
        self.asked += 1
        person = db.session.get(Person, self.customers[self.asked % len(self.customers)])
        ticket = open_ticket(
            person, subject="Where is my tent?", body="It has not moved since Saturday.", topic=topic or f"queue-{self.rng.randrange(QUEUES)}", channel="chat",
            client_id=uuid.UUID(int=self.rng.getrandbits(128)).hex,
        )
        return ticket.id


@contextmanager
def shop(agents: int):
    with tempfile.TemporaryDirectory(prefix="switchboard-bench-") as folder:
        os.chmod(folder, 0o755)
        product = Product(Path(folder), set(), helped=True)
        try:
            with product.app.app_context():
                crowd.sign_in_all("administrator", 1)
                yield Center(product, agents)
        finally:
            product.stop()


def look(center: Center) -> None:
    """One question comes, and is looked at; then the same with a hundred who wait for somebody who is not there."""
    click.echo("\n| one look and its offer | p50 ms | p95 ms | CPU here p50 ms | statements |\n| --- | --- | --- | --- | --- |")
    for name, prepare in (("one waits", lambda: None), ("one waits beside a hundred whom nobody can serve", lambda: _nobody_can(center, 100))):
        prepare()
        took, cpu, statements = [], [], []
        for _ in range(LOOKS):
            routing.reconcile(center.ask())
            with counted(db.engine) as seen:
                began, spent = time.perf_counter(), time.process_time()
                routing.dispatch()
                took.append(1000 * (time.perf_counter() - began))
                cpu.append(1000 * (time.process_time() - spent))
            statements.append(len(seen))
        click.echo(f"| {name} | {_share(took, 0.5):.0f} | {_share(took, 0.95):.0f} | {_share(cpu, 0.5):.0f} | {_share(statements, 0.5):.0f} |")
    with transaction() as session:
        for item in session.scalars(select(WorkItem).where(WorkItem.state == "waiting")):
            item.state = "left"


def _nobody_can(center: Center, count: int) -> None:
    with transaction() as session:
        skill = Skill(slug="rare", name="Rare", kind="subject")
        session.add(skill)
        session.flush()
        session.add(Queue(slug="rare", name="Rare", needs=[QueueSkill(skill_id=skill.id, min_level=2, required=True)]))
    for _ in range(count):
        routing.reconcile(center.ask("rare"))


@contextmanager
def counted(engine):
    """The statements of this process."""
    seen = []

    def note(connection, cursor, statement, *_rest):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


class Watch(threading.Thread):
    """When which desk was told that it is old, from what goes to the sockets of all processes."""

    def __init__(self, url: str):
        super().__init__(daemon=True)
        self.subscription = redis.Redis.from_url(url).pubsub(ignore_subscribe_messages=True)
        self.subscription.subscribe("switchboard:push")
        self.told: dict[str, list[tuple[float, int]]] = {}
        self.hints, self.ending = 0, threading.Event()

    def run(self) -> None:
        while not self.ending.is_set():
            message = self.subscription.get_message(timeout=0.5)
            if message is None:
                continue
            at, said = time.time(), json.loads(message["data"])
            if said.get("event") == "stale":
                self.hints += 1
                data = said["data"][0] if isinstance(said["data"], list) else said["data"]
                self.told.setdefault(data["screen"], []).append((at, data["version"]))

    def first(self, screens: list[str], version: int) -> float | None:
        return min((at for screen in screens for at, known in self.told.get(screen, ()) if known >= version), default=None)


class Agents(threading.Thread):
    """Whoever it rings at looks at what rings, accepts after a moment, and finishes after a while."""

    def __init__(self, center: Center):
        super().__init__(daemon=True)
        self.center, self.rng, self.ending = center, random.Random(SEED + 1), threading.Event()
        self.fetched: list[float] = []
        self.refused = 0

    def run(self) -> None:
        with self.center.product.app.app_context():
            due, last = [], 0
            while not self.ending.wait(0.02):
                for offer in db.session.execute(select(Offer.id, Offer.agent_id).where(Offer.state == LIVE, Offer.id > last).order_by(Offer.id)).all():
                    last = offer.id
                    self._fetch(offer.agent_id)
                    heapq.heappush(due, (time.time() + self.rng.expovariate(1 / REACTION), "accept", offer.agent_id, offer.id))
                db.session.rollback()
                while due and due[0][0] <= time.time():
                    _at, step, agent, number = heapq.heappop(due)
                    try:
                        person = db.session.get(Person, agent)
                        if step == "accept":
                            ticket = routing.accept(person, number).ticket_id
                            heapq.heappush(due, (time.time() + self.rng.expovariate(1 / HANDLING), "finish", agent, ticket))
                        else:
                            resolve(person, number, self.center.disposition)
                    except SwitchboardError:
                        self.refused += 1

    def _fetch(self, agent: int) -> None:
        request = urllib.request.Request(f"{self.center.product.url}/desk/ring", headers={"Cookie": self.center.cookies[agent], "Sec-Fetch-Site": "same-origin"})
        began = time.perf_counter()
        with urllib.request.urlopen(request, timeout=20) as answer:
            answer.read()
        self.fetched.append(time.perf_counter() - began)


def offers(center: Center, rate: float, seconds: int) -> None:
    """The whole way of each question, at a steady rate."""
    product = center.product.start()
    watch, agents = Watch(product.redis.url), Agents(center)
    watch.start()
    agents.start()
    asked: dict[int, float] = {}
    worker = psutil.Process(product.processes[1].pid)
    began = at = time.time()
    spent = _spent(worker)
    while at < began + seconds:
        at += center.rng.expovariate(rate)
        time.sleep(max(0.0, at - time.time()))
        asked[center.ask()] = time.time()
        db.session.rollback()
    load = os.getloadavg()[0]
    time.sleep(8)
    agents.ending.set()
    agents.join(30)
    watch.ending.set()
    watch.join(5)
    click.echo(f"\nCPU of `flask work` for each question: {1000 * (_spent(worker) - spent) / max(1, len(asked)):.0f} ms")
    _table(asked, began + WARM, watch, agents, load)


def _spent(worker: psutil.Process) -> float:
    times = worker.cpu_times()
    return times.user + times.system


def _table(asked: dict[int, float], since: float, watch: Watch, agents: Agents, load: float) -> None:
    """The first offer of each question: when it was made, and when its desk was told of it."""
    db.session.rollback()
    entries = db.session.execute(select(Event.ticket_id, Event.position, Event.recorded_at, Event.data).where(Event.kind == kinds.MADE).order_by(Event.id))
    made, told, lost, first = [], [], 0, {}
    for ticket, position, recorded, data in entries:
        first.setdefault(ticket, (position, recorded, data["agent_id"]))
    for ticket, at in asked.items():
        if at < since:
            continue
        position, recorded, agent = first.get(ticket, (None, None, None))
        hinted = position and watch.first([f"desk:{agent}"], position)
        if not hinted:
            lost += 1
            continue
        made.append(1000 * (recorded.timestamp() - at))
        told.append(1000 * (hinted - at))
    fetched = [1000 * one for one in agents.fetched]
    click.echo(f"\nload {load:.1f}; {len(told)} questions counted, {lost} without an offer, {agents.refused} acts refused, {watch.hints / max(1, len(asked)):.0f} hints for each question")
    click.echo("\n| from the commit of the question | p50 ms | p99 ms |\n| --- | --- | --- |")
    rng = random.Random(SEED)
    for name, figures in (
        ("to the offer", made), ("to the hint at the desk", told), ("fetching what rings", fetched), ("to the offer on the screen", [one + rng.choice(fetched) for one in told]),
    ):
        click.echo(f"| {name} | {_share(figures, 0.5):.0f} | {_share(figures, 0.99):.0f} |")


def _share(figures: list[float], share: float) -> float:
    return sorted(figures)[min(len(figures) - 1, int(share * len(figures)))] if figures else float("nan")


if __name__ == "__main__":
    main()
