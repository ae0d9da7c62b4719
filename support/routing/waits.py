"""Waiting told honestly: the place in line, and “usually under so many minutes”, which nine of ten are.

In a small team a wait is nearly exponential, so no single number is honest; a limit that nine of ten stay under is. Whoever waits
keeps reading the limit that was announced to him (`told.py`), and reads it, too, when it did not hold. Rounded up to whole minutes.
"""
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import func, or_, select

from support.clock import now
from support.database import db
from support.people.person import Person
from support.routing import picture, queues, scores, told
from support.routing.crowds import Crowd, Waiting
from support.routing.fitness import THERE, Line, untrained
from support.routing.models import CHAT, LINE, TICKET, WAITING, Queue, ToldWait, WorkItem
from support.routing.overflow import Doors
from support.routing.told import IN_LINE
from support.tickets.models import Ticket


@dataclass(frozen=True)
class Place:
    """Where a ticket stands. `state`: waiting, offered, assigned, done, left.

    `position` counts from 1 and is None when nobody waits any more; `usually_under_seconds` is None when closed, when nobody
    trained is there, or when what was announced is over: that is in `longer_than_seconds` then. `opens_at` is set while the queue is closed,
    `served_until` while it still serves those who waited as it closed. `went_on`: another queue than the one that was chosen serves it;
    `written`: why a chat became this written question, `left`, `slow` or `closed`. `grace_seconds`: how long
    the place of a chat is kept for one who has left the page; None where it is kept in any case.
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
    longer_than_seconds: int | None = None
    middle_seconds: int | None = None  # half wait less; None when too little is known
    served_until: datetime | None = None
    went_on: bool = False
    written: str | None = None
    grace_seconds: int | None = None
    passed_on: bool = False  # somebody had it and passed it on, and nobody has taken it yet


@dataclass(frozen=True)
class PublicWait:
    """One public queue as the portal shows it. `usually_under_seconds` is None when closed or nobody trained is there.

    `refusal` says why no chat may begin in it now, `closed` or `full`; `closed_text` is what the shop says of it while it is closed.
    `waits_for_opening`: closed, but a chat may join the line already.
    """

    slug: str
    name: str
    description: str
    is_open: bool
    open_until: datetime | None
    opens_at: datetime | None
    usually_under_seconds: int | None
    waiting: int
    channels: tuple[str, ...]
    refusal: str | None = None
    closed_text: str = ""
    waits_for_opening: bool = False

    @property
    def takes_chat(self) -> bool:
        return "chat" in self.channels


class Scene:
    """What waits are told from, read once: who is there, the hours, and the last answered waits. A fixed number of statements."""

    def __init__(self, *queue_ids: int):
        self.at = now()
        self.lines = picture.Lines(self.at)
        self.agents = picture.seen(picture.at_desks(), self.at, loads={})  # whoever is there counts, free or busy
        self.waits, self.learned = told.known(queue_ids)

    def usually_under(self, queue: Queue, channel: str, language: str, ahead: int) -> int | None:
        """Seconds, in whole minutes, that nine of ten waits stay under; None when closed or, for live work, nobody trained is there."""
        present = self._trained_present(self.lines.line(queue.id, channel, language))
        if not self.lines.is_open(queue) or (not present and channel != TICKET):
            return None
        return told.whole_minutes(told.by_rule(queue, channel, self.waits, ahead, present))

    def if_joined(self, queue: Queue, crowd: Crowd, ahead: int) -> int | None:
        """The same for a chat that would begin now. Where nobody waits somebody may be free: what the last ones waited says most."""
        usual, line = self.usually_under(queue, CHAT, "", ahead), crowd.busiest(queue.id, CHAT)
        if usual is None or line is None:
            return usual
        sight = crowd.sight(line, self.at.timestamp())
        estimate = self.learned.estimate(sight)
        return told.whole_minutes(estimate.limit_seconds) if estimate.ready and sight.desks else usual

    def there(self) -> list:
        """Who is at a desk."""
        return [agent for agent in self.agents if agent.out in THERE]

    def opens_at(self, queue: Queue) -> datetime | None:
        """When a closed queue opens next; None when it is open or never opens."""
        hours = self.lines.hours(queue)
        return None if hours is None or hours.is_open(self.at) else hours.next_opening(self.at)

    def open_until(self, queue: Queue) -> datetime | None:
        hours = self.lines.hours(queue)
        return hours.open_until(self.at) if hours else None

    def _trained_present(self, line: Line) -> int:
        """How many trained people are at their desks, free or busy."""
        return sum(untrained(line, agent.levels) is None for agent in self.there())


def place(person, ticket) -> Place | None:
    """The place of a ticket that was found through the person; None before it ever stood in a line."""
    query = select(WorkItem, ToldWait).outerjoin(ToldWait, ToldWait.work_item_id == WorkItem.id).where(WorkItem.ticket_id == ticket.id)
    item, announced = db.session.execute(query.order_by(WorkItem.id.desc()).limit(1)).first() or (None, None)
    if item is None:
        return None
    queue = next((queue for queue in queues.all_queues() if queue.id == item.queue_id), None) or db.session.get(Queue, item.queue_id)
    if item.state not in IN_LINE:
        return Place(item.state, item.channel, queue.name, agent_name=_name(item.agent_id, person), since=item.state_at, written=item.written)
    scene, ahead = Scene(queue.id), _ahead(item)
    usual, longer, middle = scene.usually_under(queue, item.channel, item.language, ahead), None, None
    if usual is not None and announced is not None and item.answered_at is None:  # else somebody had it already, and it stands in line again
        usual, longer = (announced.limit_seconds, None) if scene.at <= announced.limit_at else (None, announced.limit_seconds)
        middle = int(announced.seen["middle_seconds"]) if announced.seen.get("ready") else None
    return Place(
        item.state, item.channel, queue.name, ahead + 1, ahead, usual, None, scene.opens_at(queue), item.entered_at, longer, middle,
        scene.lines.served_until(queue) if item.channel != TICKET else None, item.came_from_id is not None, item.written,
        current_app.config["SETTINGS"].grace_seconds if item.channel == CHAT and scene.lines.serves(queue, CHAT) else None, item.passed_at is not None,
    )


def public_waits() -> list[PublicWait]:
    """Every public queue: open or when, the usual wait of a chat, how many wait, which channels it takes now."""
    shown = queues.public()
    scene = Scene(*(queue.id for queue in shown))
    counts, waiting = _in_line(scene.lines)
    crowd, doors = Crowd(waiting, scene.there()), Doors(scene.lines, scene.agents, counts)
    return [_public(queue, counts.get(queue.id, (0, None))[0], scene, crowd, doors) for queue in shown]


def _public(queue: Queue, waiting: int, scene: Scene, crowd: Crowd, doors: Doors) -> PublicWait:
    is_open, refusal = scene.lines.is_open(queue), doors.refusal(queue)
    return PublicWait(
        queue.slug, queue.name, queue.description, is_open, scene.open_until(queue), scene.opens_at(queue),
        scene.if_joined(queue, crowd, waiting), waiting, ("form",) if refusal else ("chat", "form"), refusal,
        "" if is_open else queue.closed_text, not is_open and queue.when_closed == LINE,
    )


def _in_line(lines: picture.Lines) -> tuple[dict[int, tuple[int, datetime]], list[Waiting]]:
    """({queue: (chats in line, ringing ones included, since when the first waits)}, all who wait for a free agent), in one statement."""
    columns = (WorkItem.queue_id, WorkItem.channel, WorkItem.language, WorkItem.state, Ticket.priority)
    query = select(*columns, func.count(), func.min(WorkItem.entered_at)).join(Ticket, Ticket.id == WorkItem.ticket_id)
    counts: dict[int, tuple[int, datetime]] = {}
    waiting = []
    for queue_id, channel, language, state, priority, count, first in db.session.execute(query.where(WorkItem.state.in_(IN_LINE)).group_by(*columns)):
        if channel == CHAT:
            so_far, since = counts.get(queue_id, (0, first))
            counts[queue_id] = (so_far + count, min(since, first))
        if state == WAITING and queue_id in lines.queues:  # a queue of this very second may be missing there
            waiting.append(Waiting(lines.line(queue_id, channel, language), first.timestamp(), scores.ticket_value(priority, channel), count))
    return counts, waiting


def _ahead(item: WorkItem) -> int:
    alike = WorkItem.channel == TICKET if item.channel == TICKET else WorkItem.channel != TICKET  # whoever waits for a call stands with the chats
    before = or_(WorkItem.entered_at < item.entered_at, (WorkItem.entered_at == item.entered_at) & (WorkItem.id < item.id))
    query = select(func.count()).where(WorkItem.queue_id == item.queue_id, alike, WorkItem.state.in_(IN_LINE), before)
    return db.session.scalar(query) or 0


def _name(person_id: int | None, reader) -> str | None:
    """Customers see the first name of who looks after them, staff the whole one."""
    agent = db.session.get(Person, person_id) if person_id else None
    return agent and (agent.name if reader.is_staff else agent.first_name)
