"""Waiting told honestly: the place in line, and “usually under so many minutes”, which nine of ten are.

In a small team a wait is nearly exponential, so no single number is honest; the ninetieth percentile of the last answered
ones is. Rounded up to whole minutes.
"""
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from support.clock import now
from support.database import db
from support.people.person import Person
from support.routing import picture, queues
from support.routing.fitness import THERE, TICKET_SECONDS, Line, untrained
from support.routing.models import CHAT, OFFERED, TICKET, WAITING, Queue, WorkItem

SAMPLE = 50  # the last answered ones
LEAST_SAMPLE = 8  # fewer say nothing; the target of the queue stands in
COVERED = 0.9
MEMORY = timedelta(days=28)  # older waits tell nothing about today
IN_LINE = (WAITING, OFFERED)


@dataclass(frozen=True)
class Place:
    """Where a ticket stands. `state`: waiting, offered, assigned, done, left.

    `position` counts from 1 and is None when nobody waits any more; `usually_under_seconds` is None when closed or nobody
    trained is there; `opens_at` is set while the queue is closed.
    """

    state: str
    channel: str
    queue_name: str
    position: int | None = None
    ahead: int = 0
    usually_under_seconds: int | None = None
    agent_name: str | None = None
    opens_at: datetime | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class PublicWait:
    """One public queue as the portal shows it. `usually_under_seconds` is None when closed or nobody trained is there."""

    slug: str
    name: str
    description: str
    is_open: bool
    open_until: datetime | None
    opens_at: datetime | None
    usually_under_seconds: int | None
    waiting: int
    channels: tuple[str, ...]


class Scene:
    """What waits are told from, read once: who is there, the hours, and the last answered waits. A fixed number of statements."""

    def __init__(self, *queue_ids: int):
        self.at = now()
        self.lines = picture.Lines(self.at)
        self.agents = picture.seen(picture.at_desks(), self.at, loads={})  # whoever is there counts, free or busy
        self.waits = _last_waits(queue_ids)

    def usually_under(self, queue: Queue, channel: str, language: str, ahead: int) -> int | None:
        """Seconds, in whole minutes, that nine of ten waits stay under; None when closed or, for live work, nobody trained is there."""
        present = self._trained_present(self.lines.line(queue.id, channel, language))
        if not self.lines.is_open(queue) or (not present and channel != TICKET):
            return None
        waits = self.waits.get((queue.id, channel), [])
        if len(waits) >= LEAST_SAMPLE:
            seconds = waits[math.ceil(COVERED * len(waits)) - 1]
        else:
            target = TICKET_SECONDS if channel == TICKET else queue.target_seconds
            seconds = max(target, target * (ahead + 1) / max(1, present))
        return max(60, math.ceil(seconds / 60) * 60)

    def opens_at(self, queue: Queue) -> datetime | None:
        """When a closed queue opens next; None when it is open or never opens."""
        hours = self.lines.hours(queue)
        return None if hours is None or hours.is_open(self.at) else hours.next_opening(self.at)

    def open_until(self, queue: Queue) -> datetime | None:
        hours = self.lines.hours(queue)
        return hours.open_until(self.at) if hours else None

    def _trained_present(self, line: Line) -> int:
        """How many trained people are at their desks, free or busy."""
        return sum(agent.out in THERE and untrained(line, agent.levels) is None for agent in self.agents)


def place(person, ticket) -> Place | None:
    """The place of a ticket that was found through the person; None before it ever stood in a line."""
    query = select(WorkItem).where(WorkItem.ticket_id == ticket.id)
    item = db.session.scalar(query.order_by(WorkItem.id.desc()).limit(1))
    if item is None:
        return None
    queue = next((queue for queue in queues.all_queues() if queue.id == item.queue_id), None) or db.session.get(Queue, item.queue_id)
    if item.state not in IN_LINE:
        return Place(item.state, item.channel, queue.name, agent_name=_name(item.agent_id, person), since=item.state_at)
    scene, ahead = Scene(queue.id), _ahead(item)
    usual = scene.usually_under(queue, item.channel, item.language, ahead)
    return Place(item.state, item.channel, queue.name, ahead + 1, ahead, usual, None, scene.opens_at(queue), item.entered_at)


def public_waits() -> list[PublicWait]:
    """Every public queue: open or when, the usual wait of a chat, how many wait, which channels it takes now."""
    shown = queues.public()
    scene, counts = Scene(*(queue.id for queue in shown)), _chats_in_line()
    return [_public(queue, counts.get(queue.id, 0), scene) for queue in shown]


def _public(queue: Queue, waiting: int, scene: Scene) -> PublicWait:
    is_open = scene.lines.is_open(queue)
    return PublicWait(
        queue.slug, queue.name, queue.description, is_open, scene.open_until(queue), scene.opens_at(queue),
        scene.usually_under(queue, CHAT, "", waiting), waiting, ("chat", "form") if is_open else ("form",),
    )


def _chats_in_line() -> dict[int, int]:
    query = select(WorkItem.queue_id, func.count()).where(WorkItem.state.in_(IN_LINE), WorkItem.channel == CHAT)
    return dict(db.session.execute(query.group_by(WorkItem.queue_id)).all())


def _ahead(item: WorkItem) -> int:
    before = or_(WorkItem.entered_at < item.entered_at, (WorkItem.entered_at == item.entered_at) & (WorkItem.id < item.id))
    query = select(func.count()).where(WorkItem.queue_id == item.queue_id, WorkItem.channel == item.channel, WorkItem.state.in_(IN_LINE), before)
    return db.session.scalar(query) or 0


def _last_waits(queue_ids: tuple[int, ...]) -> dict[tuple[int, str], list[float]]:
    """{(queue, channel): seconds of its last answered waits, shortest first}."""
    newest = func.row_number().over(partition_by=(WorkItem.queue_id, WorkItem.channel), order_by=WorkItem.answered_at.desc()).label("newest")
    answered = select(WorkItem.queue_id, WorkItem.channel, WorkItem.entered_at, WorkItem.answered_at, newest)
    rows = answered.where(WorkItem.queue_id.in_(queue_ids), WorkItem.answered_at > now() - MEMORY).subquery()
    waits: dict[tuple[int, str], list[float]] = {}
    for queue_id, channel, entered, reached, _rank in db.session.execute(select(rows).where(rows.c.newest <= SAMPLE)):
        waits.setdefault((queue_id, channel), []).append(max(0.0, (reached - entered).total_seconds()))
    return {key: sorted(seconds) for key, seconds in waits.items()}


def _name(person_id: int | None, reader) -> str | None:
    """Customers see the first name of who looks after them, staff the whole one."""
    agent = db.session.get(Person, person_id) if person_id else None
    return agent and (agent.name if reader.is_staff else agent.first_name)
