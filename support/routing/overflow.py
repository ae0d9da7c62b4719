"""When a line is full, slow or closed: whether a chat is taken at all, where it goes on, and when it becomes a written question.

Each queue chooses (`when_full`, `when_closed`). Nothing is lost and nobody loses his place: `entered_at` goes along. Nothing goes on to a queue
that is closed, full itself, or has nobody at a desk who is trained for it; a way back is refused where queues are saved (`queues.py`).
"""
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, select

from support.clock import now
from support.database import db, lock, transaction
from support.routing import kinds, picture, standing
from support.routing.fitness import CHAT, THERE, TICKET, untrained
from support.routing.models import FORM, LEFT, LINE, OFFERED, OVERFLOW, WAITING, Queue, WorkItem
from support.routing.work import told
from support.tickets.models import Conversation, Ticket

CLOSED, FULL, SLOW, GONE = "closed", "full", "slow", "left"  # why it goes on, or became a written question
AT_ONCE = 100  # items in one round


class Doors:
    """All queues at one instant: which take a chat that would begin now, and where it would stand. Reads only what somebody asks for."""

    def __init__(self, lines: picture.Lines | None = None, agents: list | None = None, waiting: dict | None = None):
        self.at = lines.at if lines else now()
        self.lines = lines or picture.Lines(self.at)
        self._agents, self._waiting = agents, waiting

    def refusal(self, queue: Queue, language: str = "") -> str | None:
        """Why no chat may begin in this queue now, closed or full; None when one may."""
        if self.lines.is_open(queue):
            return FULL if queue.when_full == FORM and self.is_full(queue) else None
        if queue.active and (queue.when_closed == LINE or queue.when_closed == OVERFLOW and self.onward(queue, language)):
            return None
        return CLOSED

    def entrance(self, queue: Queue, language: str) -> tuple[Queue, str | None]:
        """Where a chat of this queue that begins now stands, and why it is not the queue itself."""
        code = None
        if not self.lines.is_open(queue):
            code = CLOSED if queue.when_closed == OVERFLOW else None
        elif queue.when_full == OVERFLOW and self.is_full(queue):
            code = FULL
        onward = self.onward(queue, language) if code else None
        return (onward, code) if onward else (queue, None)

    def is_full(self, queue: Queue) -> bool:
        """Whether as many wait as may, or the first of them waits as long as anybody should."""
        if queue.most_waiting is None and queue.longest_wait_seconds is None:
            return False
        count, first = self._in_line().get(queue.id, (0, None))
        return bool(count) and (count >= (queue.most_waiting or count + 1) or self.is_slow(queue, first))

    def is_slow(self, queue: Queue, entered_at: datetime | None) -> bool:
        """Whether who came then has waited too long. Only open hours count: overnight nobody could be served."""
        if queue.longest_wait_seconds is None or entered_at is None or (self.at - entered_at).total_seconds() < queue.longest_wait_seconds:
            return False
        hours = self.lines.hours(queue)
        return hours is None or hours.business_seconds(entered_at, self.at) >= queue.longest_wait_seconds

    def onward(self, queue: Queue, language: str) -> Queue | None:
        """The queue that takes over, if it can serve now."""
        other = self.lines.queues.get(queue.overflow_id)
        if other is None or other.id == queue.id or not self.lines.is_open(other) or self.is_full(other):
            return None
        line = self.lines.line(other.id, CHAT, language)
        return other if any(untrained(line, agent.levels) is None for agent in self._there()) else None

    def _there(self) -> list:
        if self._agents is None:
            self._agents = picture.seen(picture.at_desks(), self.at, loads={})
        return [agent for agent in self._agents if agent.out in THERE]

    def _in_line(self) -> dict[int, tuple[int, datetime]]:
        """{queue: (chats in line, since when the first waits)}"""
        if self._waiting is None:
            query = select(WorkItem.queue_id, func.count(), func.min(WorkItem.entered_at)).where(WorkItem.channel == CHAT, WorkItem.state.in_((WAITING, OFFERED)))
            self._waiting = {queue_id: (count, first) for queue_id, count, first in db.session.execute(query.group_by(WorkItem.queue_id))}
        return self._waiting


def slow(at: datetime) -> list[int]:
    """Chats that have waited as long as anybody should in their queue, for which there is another way now. Costs nothing where no queue has such a limit."""
    limited = [queue for queue in standing.queues() if queue.active and queue.longest_wait_seconds and queue.when_full in (FORM, OVERFLOW)]
    if not limited:
        return []
    doors = Doors(picture.Lines(at))
    return [item.id for queue in limited if doors.lines.is_open(queue) for item in _old(queue, at) if doors.is_slow(queue, item.entered_at) and _way(doors, queue, item)]


def unserved(at: datetime) -> list[int]:
    """Chats whose queue has been closed for longer than it goes on serving, unless they wait for the opening."""
    lines = picture.Lines(at)
    shut = [queue.id for queue in lines.queues.values() if queue.active and queue.when_closed != LINE and not lines.serves(queue, CHAT)]
    query = select(WorkItem.id).where(WorkItem.state == WAITING, WorkItem.channel == CHAT, WorkItem.queue_id.in_(shut))
    return list(db.session.scalars(query.order_by(WorkItem.entered_at).limit(AT_ONCE))) if shut else []


def go_on(item_id: int) -> bool:
    """Whatever its queue says of one who waited too long, or waits in a closed line: on to the other queue, or a written question. Checks all of it again."""
    return _end(item_id, None)


def leave(item_id: int) -> bool:
    """The customer of a waiting chat is gone for longer than the grace time: it leaves the line, and the question is answered in writing. False if he is back."""
    return _end(item_id, GONE)


def _end(item_id: int, code: str | None) -> bool:
    with transaction() as session:
        conversation_of = select(func.max(Conversation.id)).join(WorkItem, WorkItem.ticket_id == Conversation.ticket_id).where(WorkItem.id == item_id)
        conversation = lock(session, Conversation, conversation_of.scalar_subquery())
        item = lock(session, WorkItem, item_id)
        doors = Doors()
        queue = doors.lines.queues.get(item.queue_id)
        if item.state != WAITING or item.channel != CHAT or queue is None or not session.get(Ticket, item.ticket_id, populate_existing=True).is_live:
            return False
        code = code or _code(doors, queue, item)
        if code is None or code == GONE and not _is_gone(item, doors.at):
            return False
        other = doors.onward(queue, item.language) if code != GONE and OVERFLOW == (queue.when_closed if code == CLOSED else queue.when_full) else None
        if other is not None:
            send_on(item, other, code)
        elif code != SLOW or queue.when_full == FORM:
            _write(session, item, conversation, code, doors.at)
        else:
            return False
    return True


def send_on(item: WorkItem, other: Queue, code: str) -> None:
    """To the other queue, in its old place. Inside a transaction that holds the item."""
    item.came_from_id = item.came_from_id or item.queue_id
    came_from = item.queue_id
    item.queue_id = other.id
    told(kinds.OVERFLOWED, item, from_queue_id=came_from, channel=item.channel, reason=code)


def _is_gone(item: WorkItem, at: datetime) -> bool:
    return item.seen_at is not None and item.seen_at < at - timedelta(seconds=current_app.config["SETTINGS"].grace_seconds)


def _code(doors: Doors, queue: Queue, item: WorkItem) -> str | None:
    """Why it may not stay where it is."""
    if not doors.lines.is_open(queue):
        return CLOSED if queue.active and queue.when_closed != LINE and not doors.lines.serves(queue, CHAT) else None
    return SLOW if queue.when_full in (FORM, OVERFLOW) and doors.is_slow(queue, item.entered_at) and _way(doors, queue, item) else None


def _way(doors: Doors, queue: Queue, item: WorkItem) -> bool:
    """Whether one who waited too long can go anywhere. Whoever was answered once and waits again is not put off in writing."""
    return item.answered_at is None if queue.when_full == FORM else doors.onward(queue, item.language) is not None


def _old(queue: Queue, at: datetime) -> list[WorkItem]:
    since = at - timedelta(seconds=queue.longest_wait_seconds)
    query = select(WorkItem).where(WorkItem.state == WAITING, WorkItem.queue_id == queue.id, WorkItem.channel == CHAT, WorkItem.entered_at <= since)
    return list(db.session.scalars(query.order_by(WorkItem.entered_at).limit(AT_ONCE)))


def _write(session, item: WorkItem, conversation: Conversation, code: str, at: datetime) -> None:
    """The chat is over, the question is not: it waits on in the same place as a written one, which may be answered any time."""
    item.state, item.state_at, item.ended_at = LEFT, at, at
    told(kinds.FINISHED, item, channel=item.channel, outcome=LEFT)
    session.flush()  # one live item for a ticket at any moment
    conversation.channel = FORM
    written = WorkItem(
        ticket_id=item.ticket_id, queue_id=item.came_from_id or item.queue_id, channel=TICKET, language=item.language, state=WAITING, entered_at=item.entered_at,
        state_at=at, last_agent_id=item.last_agent_id, written=code,
    )
    session.add(written)
    session.flush()
    told(kinds.WRITTEN, written, channel=FORM, reason=code)
    told(kinds.QUEUED, written, channel=TICKET, reason="written")
