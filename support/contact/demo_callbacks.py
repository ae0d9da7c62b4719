"""Callbacks of the full demo world: one in line, one at a chosen time, one that nobody answered to the end."""
from datetime import timedelta

from sqlalchemy import select

from support.contact import kinds, times
from support.contact.callbacks import DUE, GIVEN_UP, WAITING, Callback
from support.database import db
from support.events import happened
from support.routing.calls import CALLBACK
from support.routing.models import CALL, LATER, WorkItem
from support.routing.models import WAITING as IN_LINE

NUMBERS = ("+491713920011", "+491713920012", "+491713920013")  # of the range that belongs to films and plays
WINDOW = timedelta(minutes=60)


def callbacks(world) -> None:
    """Of the questions that wait in queues which call back, three want to be called."""
    if not world.full:
        return
    items = {item.ticket_id: item for item in db.session.scalars(select(WorkItem).where(WorkItem.state == IN_LINE))}
    calling = {queue.id for queue in world.queues.values() if queue.callbacks}
    free = [one.ticket for one in world.tickets if one.ticket.id in items and items[one.ticket.id].queue_id in calling]
    for ticket, number, make in zip(free, NUMBERS, (_given_up, _due, _chosen), strict=False):
        item = items[ticket.id]
        ticket.conversation.channel = CALLBACK
        callback = Callback(
            ticket_id=ticket.id, queue_id=item.queue_id, number=number, asked_at=ticket.opened_at, state_at=ticket.opened_at, wanted_from=ticket.opened_at, attempts=0,
        )
        told = make(world, callback, item)
        db.session.add(callback)
        db.session.flush()
        world.history += [
            happened(kind, at, ticket_id=ticket.id, subject=("callback", callback.id), actor_id=actor, callback_id=callback.id, queue_id=item.queue_id, **data)
            for kind, at, actor, data in [(kinds.CALLBACK_ASKED, callback.asked_at, ticket.customer_id, {"chosen": callback.chosen}), *told]
        ]


def _due(world, callback: Callback, item: WorkItem) -> list:
    item.channel = CALL
    callback.state, callback.chosen, callback.wanted_until = DUE, False, callback.asked_at + timedelta(minutes=30)
    return []


def _chosen(world, callback: Callback, item: WorkItem) -> list:
    queue = next(queue for queue in world.queues.values() if queue.id == item.queue_id)
    calendar = next(calendar for calendar in world.calendars.values() if calendar.id == queue.calendar_id)
    window = times.windows(calendar.hours(), world.now + timedelta(minutes=90), WINDOW, 3)[0]
    item.channel, item.state, item.entered_at, item.later_until = CALL, LATER, window.start, window.start
    callback.state, callback.chosen, callback.wanted_from, callback.wanted_until = WAITING, True, window.start, window.end
    return []


def _given_up(world, callback: Callback, item: WorkItem) -> list:
    """Tried twice, a few minutes after each other; now it waits for a written answer."""
    agent = world.people["tomasz"].id
    span = world.now - callback.asked_at
    first, second = callback.asked_at + span * 0.3, callback.asked_at + span * 0.8
    callback.state, callback.state_at, callback.attempts, callback.result, callback.chosen = GIVEN_UP, second, 2, "no_answer", False
    return [
        (kinds.CALLBACK_NO_ANSWER, first, agent, {"attempts": 1, "result": "no_answer"}),
        (kinds.CALLBACK_GIVEN_UP, second, agent, {"attempts": 2, "result": "no_answer"}),
    ]
