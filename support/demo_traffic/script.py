"""Which talk a simulated ticket follows and how far it has come.

Nothing is kept in memory: the ticket's client id names the talk and a seed, its messages say what has been said.
"""
import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from support.clock import now
from support.database import db
from support.orders.model import Order, OrderLine
from support.orders.parcels import Parcel
from support.tickets.demo_slots import slots
from support.tickets.demo_talks import MARK, Line, Talk, filled, talks
from support.tickets.models import Message, Ticket

REMEMBERED = timedelta(hours=12)


@dataclass(frozen=True)
class Played:
    """A simulated ticket: its talk, how often each side has written, and who wrote last and when."""

    ticket: Ticket
    talk: Talk
    seed: str
    said: dict[str, int]
    last_by_staff: bool
    last_at: datetime

    def next_line(self) -> Line | None:
        """The first line of the talk that has not been said."""
        left = dict(self.said)
        for line in self.talk.lines:
            if not left.get(line.writer):
                return line
            left[line.writer] -= 1
        return None

    def next_of_customer(self) -> Line | None:
        """The customer's next line, whatever the agent has said: people do not follow a script."""
        lines = [line for line in self.talk.lines if line.writer == "C"]
        return lines[self.said["C"]] if self.said["C"] < len(lines) else None

    def waited(self, least: int, most: int) -> bool:
        """Whether this side has thought long enough; how long is fixed for each message."""
        patience = random.Random(f"{self.seed}{sum(self.said.values())}").randint(least, most)
        return now() - self.last_at > timedelta(seconds=patience)

    def words(self, line: Line, agent_name: str) -> str:
        return said(self.talk, line.text, self.seed, self.ticket.customer.name, agent_name, self.ticket.order)


def said(talk: Talk, text: str, seed: str, customer_name: str, agent_name: str, order: Order | None) -> str:
    """A text of a talk in the words of one seed."""
    zone = current_app.config["SETTINGS"].zone
    return filled(text, slots(talk, customer_name, agent_name, now(), zone, order), seed)


def played(*conditions) -> list[Played]:
    """The simulated tickets of the last hours that fit, each with what has been said."""
    query = (
        select(Ticket).where(Ticket.client_id.startswith(MARK, autoescape=True), Ticket.activity_at > now() - REMEMBERED, *conditions)
        .options(joinedload(Ticket.customer), selectinload(Ticket.conversations), selectinload(Ticket.order).options(*whole_order()))
        .order_by(Ticket.id)
    )
    tickets = list(db.session.scalars(query))
    told = _told([ticket.conversation.id for ticket in tickets])
    by_key = {talk.key: talk for talk in talks()}
    return [_played(ticket, by_key, told[ticket.conversation.id]) for ticket in tickets]


def whole_order() -> tuple:
    """What a talk may name of an order, loaded at once."""
    return (
        selectinload(Order.lines).joinedload(OrderLine.product), selectinload(Order.parcels).selectinload(Parcel.contents),
        selectinload(Order.parcels).selectinload(Parcel.tracking),
    )


def _played(ticket: Ticket, by_key: dict[str, Talk], told: list) -> Played:
    key, seed = ticket.client_id.removeprefix(MARK).rsplit("_", 1)
    counts = {"C": 0, "A": 0, "N": 0}
    for kind, by_staff, count, _last in told:
        counts["N" if kind == "note" else "A" if by_staff else "C"] += count
    last = max((row for row in told if row[0] == "reply"), key=lambda row: row[3])
    return Played(ticket, by_key[key], seed, counts, last[1], last[3])


def _told(conversation_ids: list[int]) -> dict[int, list]:
    query = (
        select(Message.conversation_id, Message.kind, Message.by_staff, func.count(), func.max(Message.created_at))
        .where(Message.conversation_id.in_(conversation_ids)).group_by(Message.conversation_id, Message.kind, Message.by_staff)
    )
    rows: dict[int, list] = {conversation_id: [] for conversation_id in conversation_ids}
    for conversation_id, *row in db.session.execute(query):
        rows[conversation_id].append(row)
    return rows
