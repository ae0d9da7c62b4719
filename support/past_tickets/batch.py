"""A batch of rows becomes tickets: what is known of them already, whose they are, who wrote in them; then everything is written at once."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from flask_babel import gettext as _
from sqlalchemy import select

from support.database import db
from support.importing import Outcome, RunContext, Wrong
from support.past_tickets import writing
from support.past_tickets.rows import Said, TicketRow, Who
from support.past_tickets.standing import Piece, Standing, demand_one_customer, demand_untouched
from support.past_tickets.wishes import Wishes
from support.people import Author, Brought, Wanted, brought, past_authors
from support.tickets.models import Conversation, Message, Ticket
from support.tickets.origins import TicketOrigin


@dataclass
class People:
    """The people a batch names, by their keys."""

    customers: Brought
    staff: dict[str, int]


class Batch:
    """Some rows on their way into the database, inside one transaction."""

    def __init__(self, rows: Iterable[TicketRow], wishes: Wishes, run: RunContext):
        self.run, self.wishes, self.outcome = run, wishes, Outcome()
        self.standings: dict[str, Standing] = {}
        self.authors: dict[tuple[str, Who], Author] = {}
        for row in rows:
            self.standings.setdefault(row.reference, Standing(row.reference)).rows.append(row)

    def store(self) -> Outcome:
        """Everything that is new or has changed."""
        self._look_up()
        self._keep(demand_one_customer)
        self._keep(demand_untouched)
        self._keep(self._has_customer)
        people = self._people()
        self._keep(lambda standing, row: self._is_theirs(standing, row, people))
        for standing in self.standings.values():
            self._merge(standing, people)
        writing.Writing(list(self.standings.values()), people.staff, self.wishes, self.run, self.outcome).write()
        self._count(people)
        return self.outcome

    def _look_up(self) -> None:
        """What is stored of these tickets, locked in the order everybody locks in: conversations, then tickets."""
        query = select(TicketOrigin).where(TicketOrigin.source == self.run.source, TicketOrigin.reference.in_(self.standings))
        origins = {origin.ticket_id: origin for origin in db.session.scalars(query)}
        if not origins:
            return
        fresh = {"populate_existing": True}
        conversations = select(Conversation).where(Conversation.ticket_id.in_(origins)).order_by(Conversation.id).with_for_update().execution_options(**fresh)
        threads = {conversation.ticket_id: conversation for conversation in db.session.scalars(conversations)}
        tickets = select(Ticket).where(Ticket.id.in_(origins)).order_by(Ticket.id).with_for_update().execution_options(**fresh)
        by_thread = {}
        for ticket in db.session.scalars(tickets):
            standing = self.standings[origins[ticket.id].reference]
            standing.ticket, standing.origin, standing.conversation = ticket, origins[ticket.id], threads[ticket.id]
            standing.customer_id = ticket.customer_id
            by_thread[standing.conversation.id] = standing
        columns = (Message.conversation_id, Message.client_id, Message.created_at, Message.kind, Message.by_staff, Message.author_id, Message.desk_seq, Message.id, Message.body, Message.seq)
        for thread, key, at, kind, by_staff, author_id, number, message_id, body, seq in db.session.execute(select(*columns).where(Message.conversation_id.in_(by_thread))):
            by_thread[thread].pieces[key] = Piece(key, at, kind == "note", by_staff, author_id, number, message_id, was=(number, body, seq))

    def _keep(self, check) -> None:
        """Go on with the rows that pass; the others become rejects."""
        for standing in self.standings.values():
            standing.rows = self.outcome.sift(standing.rows, partial(check, standing), lambda row: row.line)
        self.standings = {reference: standing for reference, standing in self.standings.items() if standing.rows}

    @staticmethod
    def _has_customer(standing: Standing, row: TicketRow) -> None:
        if standing.is_new and standing.customer() is None:
            raise Wrong(_("Nothing says whose ticket this is: it names no customer by number or address, and no customer wrote in it."))

    def _people(self) -> People:
        wanted = []
        for standing in self.standings.values():
            customer, since = standing.customer(), min(row.fixed["opened_at"] or said.at for row in standing.rows for said in row.said)
            if customer is not None:
                wanted.append(_wanted(customer, since))
            for row in standing.rows:
                for said in row.said:
                    if said.kind == "customer" and said.who.known and not said.who.is_same(customer):
                        wanted.append(_wanted(said.who, said.at))
                    elif said.kind != "customer":
                        self._author(said.kind, said.who, said.at)
                if agent := row.facts.get("agent"):
                    self._author("agent", agent, since)
        staff, made = past_authors(self.run.source, self.authors.values())
        self.made_staff = made
        return People(brought(self.run.source, wanted), staff)

    def _is_theirs(self, standing: Standing, row: TicketRow, people: People) -> None:
        customer = standing.customer()
        others = [said.who for said in row.said if said.kind == "customer" and said.who.known and not said.who.is_same(customer)]
        for who in (*([customer] if customer else []), *others):
            if refusal := people.customers.refusal(_key(who), who.email):
                raise Wrong(refusal)
        if customer is None:
            return
        person_id = people.customers.ids[_key(customer)]
        if standing.customer_id is None:
            standing.customer_id = person_id
        elif row.customer.known and standing.customer_id != person_id:
            raise Wrong(_("Ticket %(number)s belongs to another customer.", number=row.reference[:40]))

    def _merge(self, standing: Standing, people: People) -> None:
        """The messages of the rows beside those that are stored."""
        customer, worked_on, place = standing.customer(), standing.worked_on, len(standing.pieces)
        for row in standing.rows:
            for said in row.said:
                known = standing.known(said)
                if known is None:
                    place += 1
                    author_id = self._author_id(said, standing, customer, people)
                    standing.pieces[said.key] = Piece(said.key, said.at, said.note, said.kind != "customer", author_id, place, None, said)
                    (standing.changed_rows if row.listed and not standing.is_new else standing.created_rows).add(row.line)
                    continue
                if said.note and not known.note:
                    standing.hide(known)
                    standing.changed_rows.add(row.line)
                if known.id and known.was[1] != said.body and not worked_on:
                    standing.rewritten.append((known, said.body))
                    standing.changed_rows.add(row.line)

    def _author_id(self, said: Said, standing: Standing, customer: Who | None, people: People) -> int:
        if said.kind != "customer":
            return people.staff[self._author(said.kind, said.who, said.at).key]
        if not said.who.known or said.who.is_same(customer):
            return standing.customer_id
        return people.customers.ids[_key(said.who)]

    def _author(self, kind: str, who: Who, since) -> Author:
        """Somebody of the staff there, made once for the batch."""
        if (kind, who) not in self.authors:
            if kind == "system":
                self.authors[kind, who] = Author(None, None, who.name or _("Automatic message"), since)
            else:
                name = who.name or (who.email.partition("@")[0] if who.email else None) or (_("Agent %(number)s", number=who.number) if who.number else None)
                self.authors[kind, who] = Author(who.email, who.number, name or _("Agent of %(source)s", source=self.run.source), since)
        return self.authors[kind, who]

    def _count(self, people: People) -> None:
        created = set().union(*(standing.created_rows for standing in self.standings.values()))
        changed = set().union(*(standing.changed_rows for standing in self.standings.values())) - created
        self.outcome.created, self.outcome.changed = len(created), len(changed)
        self.outcome.unchanged += sum(len(standing.rows) for standing in self.standings.values()) - len(created) - len(changed)
        for noun, keys in (("customers", people.customers.made), ("agents", self.made_staff)):
            self.run.count(self.outcome, noun, keys)


def _wanted(who: Who, since) -> Wanted:
    return Wanted(who.number, who.email, who.name, since)


def _key(who: Who) -> tuple[str, str]:
    return _wanted(who, None).key
