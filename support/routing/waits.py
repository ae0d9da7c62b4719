"""Waiting told honestly: the place in line, and “usually under so many minutes”, which nine of ten are.

In a small team a wait is nearly exponential, so no single number is honest; the ninetieth percentile of the last answered
ones is. Rounded up to whole minutes.
"""
import math
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from support.clock import now
from support.database import db
from support.people.person import Person
from support.routing import picture, queues
from support.routing.fitness import untrained
from support.routing.models import CHAT, OFFERED, TICKET, WAITING, Queue, WorkItem
from support.routing.scores import TICKET_SECONDS

SAMPLE = 50  # the last answered ones
LEAST_SAMPLE = 8  # fewer say nothing; the target of the queue stands in
COVERED = 0.9


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


def place(person, ticket) -> Place | None:
    """The place of a ticket that was found through the person; None before it ever stood in a line."""
    query = select(WorkItem, Queue).join(Queue, Queue.id == WorkItem.queue_id).where(WorkItem.ticket_id == ticket.id)
    row = db.session.execute(query.order_by(WorkItem.id.desc()).limit(1)).first()
    if row is None:
        return None
    item, queue = row
    if item.state not in (WAITING, OFFERED):
        return Place(item.state, item.channel, queue.name, agent_name=_name(item.agent_id, person), since=item.state_at)
    ahead = _ahead(item)
    opens_at = queues.opens_at(queue)
    usual = None if opens_at else usually_under(queue, item.channel, item.language, ahead)
    return Place(item.state, item.channel, queue.name, ahead + 1, ahead, usual, None, opens_at, item.entered_at)


def public_waits() -> list[PublicWait]:
    """Every public queue: open or when, the usual wait of a chat, how many wait, which channels it takes now."""
    counts = dict(
        db.session.execute(
            select(WorkItem.queue_id, func.count()).where(WorkItem.state.in_((WAITING, OFFERED)), WorkItem.channel == CHAT).group_by(WorkItem.queue_id)
        ).all()
    )
    return [_public(queue, counts.get(queue.id, 0)) for queue in queues.public()]


def usually_under(queue: Queue, channel: str, language: str, ahead: int) -> int | None:
    """Seconds, whole minutes, that nine of ten waits stay under; None when nobody trained is there."""
    present = trained_present(queue, channel, language)
    if not present and channel != TICKET:
        return None
    waits = _last_waits(queue.id, channel)
    if len(waits) >= LEAST_SAMPLE:
        seconds = waits[min(len(waits) - 1, math.ceil(COVERED * len(waits)) - 1)]
    else:
        target = TICKET_SECONDS if channel == TICKET else queue.target_seconds
        seconds = max(target, target * (ahead + 1) / max(1, present))
    return max(60, math.ceil(seconds / 60) * 60)


def trained_present(queue: Queue, channel: str, language: str) -> int:
    """How many trained people are at their desks, free or busy."""
    at = now()
    line = picture.Lines(at).line(queue.id, channel, language)
    there = (None, "ringing", "wrap_up", "not_answering")
    return sum(agent.out in there and untrained(line, agent.levels) is None for agent in picture.agents(at))


def _public(queue: Queue, waiting: int) -> PublicWait:
    hours = queues.hours_of(queue)
    at = now()
    is_open = hours is None or hours.is_open(at)
    usual = usually_under(queue, CHAT, "", waiting) if is_open else None
    return PublicWait(
        queue.slug, queue.name, queue.description, is_open, hours.open_until(at) if hours and is_open else None,
        None if is_open else hours.next_opening(at), usual, waiting, ("chat", "form") if is_open else ("form",),
    )


def _ahead(item: WorkItem) -> int:
    before = or_(WorkItem.entered_at < item.entered_at, (WorkItem.entered_at == item.entered_at) & (WorkItem.id < item.id))
    query = select(func.count()).where(
        WorkItem.queue_id == item.queue_id, WorkItem.channel == item.channel, WorkItem.state.in_((WAITING, OFFERED)), before
    )
    return db.session.scalar(query) or 0


def _last_waits(queue_id: int, channel: str) -> list[float]:
    """Seconds of the last answered waits, shortest first."""
    query = select(WorkItem.entered_at, WorkItem.answered_at).where(
        WorkItem.queue_id == queue_id, WorkItem.channel == channel, WorkItem.answered_at.is_not(None)
    )
    rows = db.session.execute(query.order_by(WorkItem.answered_at.desc()).limit(SAMPLE))
    return sorted(max(0.0, (answered - entered).total_seconds()) for entered, answered in rows)


def _name(person_id: int | None, reader) -> str | None:
    """Customers see the first name of who looks after them, staff the whole one."""
    agent = db.session.get(Person, person_id) if person_id else None
    return agent and (agent.name if reader.is_staff else agent.first_name)
