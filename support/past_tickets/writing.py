"""Writes the tickets of a batch: new ones in bulk, and what changed in those that are here."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from support.clock import now
from support.database import db
from support.importing import Outcome, RunContext
from support.orders.finding import squeezed
from support.orders.model import Order
from support.past_tickets import chronicle, ratings
from support.past_tickets.rows import Who
from support.past_tickets.standing import Piece, Standing, is_open
from support.past_tickets.wishes import Wishes
from support.people import Author
from support.tickets import all_dispositions
from support.tickets.models import Conversation, Message, Ticket
from support.tickets.origins import TicketOrigin

MESSAGES = Message.__table__


class Writing:
    """The tickets of one batch, checked."""

    def __init__(self, standings: list[Standing], staff: dict[str, int], wishes: Wishes, run: RunContext, outcome: Outcome):
        self.standings, self.staff, self.wishes, self.run, self.outcome = standings, staff, wishes, run, outcome
        self.at = now()
        self.orders = self._orders()
        self.outcomes = {word.lower(): each.id for each in all_dispositions() for word in (each.name, each.code)}

    def write(self) -> None:
        fresh = [standing for standing in self.standings if standing.is_new]
        known = [standing for standing in self.standings if not standing.is_new and not standing.worked_on]
        self._make(fresh)
        touched = [standing for standing in known if self._change(standing)]
        self._number(touched)
        added = [(standing, piece) for standing in self.standings for piece in standing.ordered if piece.id is None]
        self._say(added)
        self._rewrite([change for standing in known for change in standing.rewritten])
        chronicle.write(self.run, self.at, fresh, touched, added, self.wishes.reopen)
        rated = ratings.store(self.standings)
        self._count("tickets", (standing.reference for standing in fresh))
        self._count("messages", ((standing.reference, piece.key) for standing, piece in added))
        self._count("ratings", rated)
        if self.wishes.reopen:
            self._count("tickets that go on", (standing.reference for standing in self.standings if is_open(standing.origin.state) and not standing.worked_on and standing.ticket.state == "closed"))

    def _count(self, noun: str, keys: Iterable) -> None:
        self.run.count(self.outcome, noun, keys)

    def _make(self, fresh: list[Standing]) -> None:
        if not fresh:
            return
        for standing in fresh:
            facts, fixed, opened = standing.facts, standing.fixed(), standing.opened_at()
            outcome = fixed.get("outcome")
            standing.ticket = Ticket(
                customer_id=standing.customer_id, subject=_subject(standing), state="closed", priority=fixed["priority"], topic=fixed.get("topic", ""),
                language=fixed["language"], order_id=self.orders.get((squeezed(fixed["order"]), standing.customer_id)) if fixed.get("order") else None,
                disposition_id=self.outcomes.get((outcome or "").lower()), opened_at=opened, version=1,
            )
            standing.conversation = Conversation(channel=fixed["channel"], started_at=opened, seq=0, desk_seq=0, customer_seq=0, customer_got=0, staff_seq=0, staff_got=0)
            standing.ticket.conversations = [standing.conversation]
            standing.origin = TicketOrigin(
                source=self.run.source, reference=standing.reference, run_id=self.run.run_id, state="closed", messages=0, version=1, imported_at=self.at,
                tags=[outcome] if outcome and standing.ticket.disposition_id is None else [],
            )
            self._stand(standing, facts)
            self._renumber(standing)
        db.session.add_all(standing.ticket for standing in fresh)
        db.session.flush()
        for standing in fresh:
            standing.origin.ticket_id = standing.ticket.id
        db.session.add_all(standing.origin for standing in fresh)
        db.session.flush()

    def _change(self, standing: Standing) -> bool:
        """Bring a known ticket up to what the batch says; whether anything of it changed."""
        before = _as_it_stands(standing)
        facts = standing.facts
        standing.ticket.opened_at = standing.conversation.started_at = standing.opened_at()
        self._stand(standing, facts)
        if self.wishes.reopen and is_open(standing.origin.state) and standing.ticket.state == "closed":
            standing.origin.run_id = self.run.run_id
        if standing.hidden:
            self._forget(standing)
        changed = _as_it_stands(standing) != before
        if changed and not standing.created_rows | standing.changed_rows:
            standing.changed_rows.add(max(standing.rows, key=lambda row: row.at).line)
        return changed or bool(standing.hidden) or any(piece.id is None for piece in standing.pieces.values())

    @staticmethod
    def _forget(standing: Standing) -> None:
        """Nothing of a message that is a note now stays with what the customer sees: not its words as the subject, not its time as the first reply."""
        ticket, shown = standing.ticket, [piece for piece in standing.ordered if not piece.note]
        ticket.first_reply_at = _earliest(None, (piece.at for piece in shown if piece.by_staff))
        if ticket.subject in {_first_words(piece.was[1]) for piece in standing.hidden}:
            words = [piece.said.body if piece.said else piece.was[1] for piece in shown]
            ticket.subject = _first_words(words[0]) if words else standing.reference

    def _stand(self, standing: Standing, facts: dict) -> None:
        """How the ticket stands: times, who was responsible, what it was there."""
        ticket, origin, ordered = standing.ticket, standing.origin, standing.ordered
        origin.status, origin.state = facts.get("status", origin.status or ""), facts.get("state", origin.state)
        origin.resolved_at, origin.closed_at = facts.get("resolved_at", origin.resolved_at), facts.get("closed_at", origin.closed_at)
        if (tags := facts.get("tags")) is not None and not set(tags) <= set(origin.tags):
            origin.tags = sorted({*origin.tags, *tags})
        last = ordered[-1].at
        ticket.activity_at = standing.conversation.activity_at = last
        ticket.assignee_id = self._responsible(facts.get("agent"), ordered) or ticket.assignee_id
        ticket.first_reply_at = _earliest(ticket.first_reply_at, (piece.at for piece in ordered if piece.said is not None and piece.said.kind == "agent" and not piece.note))
        if not is_open(origin.state):
            ticket.resolved_at = origin.resolved_at or origin.closed_at or last
            ticket.closed_at, ticket.state = max(origin.closed_at or ticket.resolved_at, ticket.resolved_at), "closed"
        elif ticket.state == "closed":
            ticket.resolved_at, ticket.closed_at = None, last
        standing.conversation.ended_at = ticket.closed_at

    def _responsible(self, agent: Who | None, ordered: list[Piece]) -> int | None:
        """Who had it: whom the file names, else who answered last, as far as the batch tells."""
        if agent:
            return self.staff[Author(agent.email, agent.number, agent.name or "", self.at).key]
        answers = [piece for piece in ordered if piece.by_staff and not piece.note]
        return answers[-1].author_id if answers and answers[-1].said is not None and answers[-1].said.kind == "agent" else None

    def _renumber(self, standing: Standing) -> None:
        """Give each message its place; a conversation counts what it has."""
        seq = 0
        for place, piece in enumerate(standing.ordered, start=1):
            seq += not piece.note
            piece.place, piece.number = place, None if piece.note else seq
        talk = standing.conversation
        talk.seq = talk.customer_seq = talk.customer_got = talk.staff_seq = talk.staff_got = seq
        standing.conversation.desk_seq = standing.origin.messages = len(standing.pieces)

    def _number(self, touched: list[Standing]) -> None:
        """Number the messages of known tickets; what was written between stored ones moves those behind it."""
        moved = []
        for standing in touched:
            self._renumber(standing)
            stored = [piece for piece in standing.pieces.values() if piece.id and (piece.place, piece.number) != (piece.was[0], piece.was[2])]
            if stored:
                ids = [piece.id for piece in standing.pieces.values() if piece.id]
                db.session.connection().execute(
                    update(MESSAGES).where(MESSAGES.c.id.in_(ids)).values(desk_seq=-MESSAGES.c.desk_seq, seq=-MESSAGES.c.seq)
                )
                moved += [{"key": piece.id, "place": piece.place, "number": piece.number, "sort": _kind(piece)} for piece in standing.pieces.values() if piece.id]
                chronicle.move(standing.ticket.id, {piece.id: (piece.place, piece.number) for piece in standing.pieces.values() if piece.id})
        if moved:
            values = {"desk_seq": bindparam("place"), "seq": bindparam("number"), "kind": bindparam("sort")}
            db.session.connection().execute(update(MESSAGES).where(MESSAGES.c.id == bindparam("key")).values(values), moved)

    def _say(self, added: list[tuple[Standing, Piece]]) -> None:
        rows = [
            {"conversation_id": standing.conversation.id, "seq": piece.number, "desk_seq": piece.place, "kind": _kind(piece),
             "author_id": piece.author_id, "by_staff": piece.by_staff, "body": piece.said.body, "client_id": piece.key, "created_at": piece.at}
            for standing, piece in added
        ]
        if rows:
            ids = db.session.scalars(insert(Message).returning(Message.id, sort_by_parameter_order=True), rows)
            for (_standing, piece), message_id in zip(added, ids, strict=True):
                piece.id = message_id

    @staticmethod
    def _rewrite(changes: list[tuple[Piece, str]]) -> None:
        if changes:
            rows = [{"key": piece.id, "words": body} for piece, body in changes]
            db.session.connection().execute(update(MESSAGES).where(MESSAGES.c.id == bindparam("key")).values(body=bindparam("words")), rows)

    def _orders(self) -> dict[tuple[str, int], int]:
        """Orders by number and customer: a number that belongs to somebody else leads nowhere."""
        numbers = {squeezed(row.fixed["order"]) for standing in self.standings for row in standing.rows if row.fixed["order"]}
        if not numbers:
            return {}
        return {(number, person_id): order_id for order_id, number, person_id in db.session.execute(select(Order.id, Order.number, Order.person_id).where(Order.number.in_(numbers)))}


def _subject(standing: Standing) -> str:
    """The subject; without one the first words that the customer may see."""
    named = next((row.subject for row in standing.rows if row.subject), "")
    if named:
        return named
    first = next((piece for piece in standing.ordered if not piece.note), standing.ordered[0])
    return _first_words(first.said.body) if not first.note else standing.reference


def _first_words(body: str) -> str:
    line = " ".join(body.split())
    return line if len(line) <= 80 else line[:79].rstrip() + "…"


def _kind(piece: Piece) -> str:
    return "note" if piece.note else "reply"


def _as_it_stands(standing: Standing) -> tuple:
    ticket, origin = standing.ticket, standing.origin
    return (
        ticket.opened_at, ticket.state, ticket.resolved_at, ticket.closed_at, ticket.assignee_id, ticket.activity_at, ticket.first_reply_at,
        origin.status, origin.state, origin.resolved_at, origin.closed_at, tuple(origin.tags),
    )


def _earliest(known: datetime | None, others: Iterable[datetime]) -> datetime | None:
    return min(filter(None, (known, *others)), default=None)
