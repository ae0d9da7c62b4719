"""What the event log tells of imported tickets: it was opened then, said then, resolved then; and that it was brought here, and by which run."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, select, update

from support.database import db
from support.events import Event, happened, record_past
from support.importing import RunContext
from support.past_tickets.standing import Piece, Standing, is_open
from support.tickets import kinds

EVENTS = Event.__table__
MILESTONES = (kinds.OPENED, kinds.RESOLVED, kinds.CLOSED)


def write(run: RunContext, at: datetime, fresh: list[Standing], touched: list[Standing], added: list[tuple[Standing, Piece]], reopen: bool) -> None:
    """The events of new tickets, of new messages, and the new times of known ones."""
    rows = []
    for standing in fresh:
        rows += _milestones(standing, reopen)
    for standing, piece in added:
        rows.append(_message(standing, piece))
    for standing in fresh:
        rows.append(happened(kinds.IMPORTED, at, ticket_id=standing.ticket.id, source=run.source, reference=standing.reference, run_id=run.run_id))
    record_past(_in_order(rows + _corrected(touched, reopen)))


def _in_order(rows: list[dict]) -> list[dict]:
    """Of one instant: opened first, then what was said, then the end."""
    ranks = {str(kinds.OPENED): 0, str(kinds.RESOLVED): 2, str(kinds.CLOSED): 3, str(kinds.IMPORTED): 4}
    return sorted(rows, key=lambda row: (row["occurred_at"], ranks.get(row["kind"], 1)))


def _milestones(standing: Standing, reopen: bool) -> Iterable[dict]:
    ticket, origin = standing.ticket, standing.origin
    yield happened(
        kinds.OPENED, ticket.opened_at, ticket_id=ticket.id, actor_id=ticket.customer_id, topic=ticket.topic, order_id=ticket.order_id, follow_up_of=None,
        conversation_id=standing.conversation.id, channel=standing.conversation.channel,
    )
    if not is_open(origin.state):
        yield happened(
            kinds.RESOLVED, ticket.resolved_at, ticket_id=ticket.id, actor_id=ticket.assignee_id, disposition_id=ticket.disposition_id, **{"from": "open", "to": "resolved"}
        )
        yield happened(kinds.CLOSED, ticket.closed_at, ticket_id=ticket.id, **{"from": "resolved", "to": "closed"})
    elif not reopen and ticket.state == "closed":
        yield happened(kinds.CLOSED, ticket.closed_at, ticket_id=ticket.id, **{"from": origin.state, "to": "closed"})


def _message(standing: Standing, piece: Piece) -> dict:
    numbers = {"conversation_id": standing.conversation.id, "message_id": piece.id, "desk_seq": piece.place}
    if piece.note:
        return happened(kinds.NOTED, piece.at, ticket_id=standing.ticket.id, actor_id=piece.author_id, **numbers)
    return happened(kinds.POSTED, piece.at, ticket_id=standing.ticket.id, actor_id=piece.author_id, seq=piece.number, by_staff=piece.by_staff, **numbers)


def _corrected(touched: list[Standing], reopen: bool) -> list[dict]:
    """Move the events of known tickets to the times that are known now; returns those that are not there yet."""
    if not touched:
        return []
    ids = {standing.ticket.id for standing in touched}
    query = select(Event.id, Event.ticket_id, Event.kind, Event.occurred_at).where(Event.ticket_id.in_(ids), Event.kind.in_(MILESTONES), Event.history)
    known = {(ticket_id, kind): (event_id, kind, at) for event_id, ticket_id, kind, at in db.session.execute(query)}
    fresh, moved = [], []
    for standing in touched:
        for row in _milestones(standing, reopen):
            place = (row["ticket_id"], row["kind"])
            if place not in known and row["kind"] == kinds.RESOLVED:  # what was closed was the end: now it is known that it was resolved
                known[place] = known.pop((row["ticket_id"], str(kinds.CLOSED)), None)
            before = known.get(place)
            if before is None:
                fresh.append(row)
            elif before[1:] != (row["kind"], row["occurred_at"]):
                moved.append({"key": before[0], "what": row["kind"], "at": row["occurred_at"], "actor": row["actor_id"], "facts": row["data"]})
    if moved:
        c = EVENTS.c
        values = {c.kind: bindparam("what"), c.occurred_at: bindparam("at", type_=c.occurred_at.type), c.actor_id: bindparam("actor"), c.data: bindparam("facts", type_=c.data.type)}
        db.session.connection().execute(update(EVENTS).where(EVENTS.c.id == bindparam("key")).values(values), moved)
    return fresh


def move(ticket_id: int, places: dict[int, tuple[int, int | None]]) -> None:
    """The numbers that events name follow messages that were numbered anew; what is a note now is said as one."""
    query = select(Event).where(Event.ticket_id == ticket_id, Event.kind.in_((kinds.POSTED, kinds.NOTED)))
    for entry in db.session.scalars(query):
        desk_seq, seq = places.get(entry.data.get("message_id"), (None, None))
        if desk_seq is None:
            continue
        entry.data = {**entry.data, "desk_seq": desk_seq, **({"seq": seq} if seq else {})}
        if seq is None and entry.kind == kinds.POSTED:
            entry.kind, entry.data = str(kinds.NOTED), {name: value for name, value in entry.data.items() if name not in ("seq", "by_staff")}
