"""Customers who wait in a chat line and are gone. Whoever comes back within the grace time has lost nothing; after it the chat leaves the line and the
question is answered in writing.

Only a page that gives signs of life by itself can be missed: a socket that shows the place, or a script that fetches. One without a script gives
none and is never taken to have left. Who judges must itself have been there all the time (`Watch`): after a restart, an outage or a jump of the clock
nobody is gone only because nobody could be heard.
"""
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import structlog
from flask import current_app
from sqlalchemy import or_, select, update

from support.clock import now
from support.database import db, transaction
from support.errors import SwitchboardError
from support.routing import overflow, picture
from support.routing.fitness import CHAT
from support.routing.models import OFFERED, WAITING, WorkItem
from support.tickets.models import Conversation

log = structlog.get_logger(__name__)

IN_LINE = WorkItem.state.in_((WAITING, OFFERED)) & (WorkItem.channel == CHAT)
FRESH = timedelta(seconds=15)  # a sign of life newer than this is not written again
JUMP = 5.0  # seconds by which the two clocks may differ between two rounds
APART = 30.0  # seconds between two rounds after which this process was not there all the time


class Watch:
    """Since when this process has heard its customers without a break."""

    def __init__(self):
        self._since: float | None = None
        self._last: tuple[datetime, float] | None = None

    def steady_seconds(self, at: datetime, ticks: float) -> float:
        """Called each round with the time and a clock that never jumps; how long nothing has been in between."""
        if self._last is None or ticks - self._last[1] > APART or abs((at - self._last[0]).total_seconds() - (ticks - self._last[1])) > JUMP:
            self._since = ticks
        self._last = (at, ticks)
        return ticks - self._since

    def broken(self) -> None:
        """Something kept it from hearing anybody: it begins anew."""
        self._last = None


def heard(signs: Mapping[int, bool], conversations: Collection[int] = ()) -> None:
    """Keep signs of life: {ticket: whether its page gives them by itself}, and conversations that somebody has open.

    A page that was opened and has given none yet is not known to be able to. One statement, and one more for those whose last sign is a while ago.
    """
    if not signs and not conversations:
        return
    at = now()
    stale = or_(WorkItem.seen_at.is_(None), WorkItem.seen_at < at - FRESH, WorkItem.ticket_id.in_([ticket_id for ticket_id, gives in signs.items() if not gives]))
    query = select(WorkItem.id, WorkItem.ticket_id, WorkItem.seen_at, Conversation.id).join(Conversation, Conversation.ticket_id == WorkItem.ticket_id)
    alive, opened = set(), set()
    for item_id, ticket_id, seen_at, conversation_id in db.session.execute(query.where(IN_LINE, stale)):
        if conversation_id in conversations or signs.get(ticket_id):
            alive.add(item_id)
        elif ticket_id in signs and seen_at is not None:
            opened.add(item_id)
    db.session.rollback()
    for ids, seen_at in ((alive, at), (opened - alive, None)):
        if ids:
            with transaction() as session:
                session.execute(update(WorkItem).where(WorkItem.id.in_(ids), IN_LINE).values(seen_at=seen_at).execution_options(synchronize_session=False))


def gone(at: datetime) -> list[int]:
    """Waiting chats whose page was there and has given no sign of life for the grace time, where somebody could have been served all that time."""
    grace = timedelta(seconds=current_app.config["SETTINGS"].grace_seconds)
    query = select(WorkItem.id, WorkItem.queue_id).where(WorkItem.state == WAITING, WorkItem.channel == CHAT, WorkItem.seen_at < at - grace)
    found = db.session.execute(query.order_by(WorkItem.id).limit(overflow.AT_ONCE)).all()
    if not found:
        return []
    served = [picture.Lines(instant) for instant in (at - grace, at)]
    return [item_id for item_id, queue_id in found if all(queue_id in lines.queues and lines.serves(lines.queues[queue_id], CHAT) for lines in served)]


def let_go(at: datetime) -> int:
    """All of those leave the line; how many. One that fails must not keep the others."""
    left = 0
    for item_id in gone(at):
        try:
            left += overflow.leave(item_id)
        except SwitchboardError:
            db.session.rollback()
        except Exception:
            db.session.rollback()
            log.exception("a chat could not leave the line", item=item_id)
    return left
