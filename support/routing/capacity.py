"""How much agents carry now. Live work counts in units, deferrable tickets by number; what waits for the customer counts nothing."""
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from flask import current_app
from sqlalchemy import func, or_, select

from support.database import db
from support.routing.fitness import Limits
from support.routing.models import ASSIGNED, CALL, CHAT, TICKET, WorkItem
from support.tickets.models import Ticket

COUNTING = ("new", "open")


def counts(channel: str, ticket_state: str) -> bool:
    """Whether work in hand takes room: a call until it ends, the rest while it is the staff's turn."""
    return channel == CALL or ticket_state in COUNTING


def in_use():
    """The same as a part of a statement about work items and their tickets."""
    return or_(WorkItem.channel == CALL, Ticket.state.in_(COUNTING))


@dataclass(frozen=True)
class Load:
    """What one agent carries: live units of the limit, chats, deferrable tickets."""

    units: int = 0
    chats: int = 0
    tickets: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.units or self.tickets)


NOTHING = Load()


def limits() -> Limits:
    settings = current_app.config["SETTINGS"]
    return Limits(settings.units, settings.chat_units, settings.max_chats, settings.max_tickets)


def in_training() -> Limits:
    """What somebody in training carries: one chat at a time, and no call beside other work, since there a ticket takes live room too."""
    common = limits()
    return replace(common, max_chats=min(1, common.max_chats), ticket_units=max(1, common.ticket_units), calls_interrupt=False)


def loads(person_ids: Iterable[int] | None = None) -> dict[int, Load]:
    """{person: Load} in one statement, of everybody or of those asked for; people without work are absent."""
    query = (
        select(WorkItem.agent_id, WorkItem.channel, func.count())
        .join(Ticket, Ticket.id == WorkItem.ticket_id)
        .where(WorkItem.state == ASSIGNED, in_use())
        .group_by(WorkItem.agent_id, WorkItem.channel)
    )
    if person_ids is not None:
        query = query.where(WorkItem.agent_id.in_(list(person_ids)))
    found: dict[int, dict[str, int]] = {}
    for person_id, channel, count in db.session.execute(query):
        found.setdefault(person_id, {})[channel] = count
    return {person_id: weighed(by) for person_id, by in found.items()}


def weighed(carried: Mapping[str, int]) -> Load:
    """So many contacts of each channel as a load."""
    weight = limits().weight
    return Load(sum(weight(channel) * n for channel, n in carried.items()), carried.get(CHAT, 0), carried.get(TICKET, 0))


def load(person_id: int) -> Load:
    return loads([person_id]).get(person_id, Load())
