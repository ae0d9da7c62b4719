"""A ticket of a batch on its way into the database: what was stored of it before, what the rows of the batch add, and how it stands then."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from flask_babel import gettext as _

from support.importing import Wrong
from support.past_tickets.rows import Said, TicketRow, Who
from support.tickets.models import LIVE, Conversation, Ticket
from support.tickets.origins import TicketOrigin


@dataclass(slots=True)
class Piece:
    """One message: stored before (then it has an `id`), or new (then it has what was said). `number` is by what the customer knows it; notes have none."""

    key: str
    at: datetime
    note: bool
    by_staff: bool
    author_id: int
    place: int
    id: int | None = None
    said: Said | None = None
    was: tuple = ()
    number: int | None = None


@dataclass
class Standing:
    """One ticket. Without `ticket` it is new."""

    reference: str
    rows: list[TicketRow] = field(default_factory=list)
    ticket: Ticket | None = None
    conversation: Conversation | None = None
    origin: TicketOrigin | None = None
    pieces: dict[str, Piece] = field(default_factory=dict)
    customer_id: int | None = None
    rewritten: list[tuple[Piece, str]] = field(default_factory=list)
    hidden: list[Piece] = field(default_factory=list)
    changed_rows: set[int] = field(default_factory=set)
    created_rows: set[int] = field(default_factory=set)

    @property
    def is_new(self) -> bool:
        return self.ticket is None

    @property
    def worked_on(self) -> bool:
        """Whether people have written in it or changed it here since its import."""
        return not self.is_new and (self.conversation.desk_seq != self.origin.messages or self.ticket.version != self.origin.version)

    @property
    def ordered(self) -> list[Piece]:
        """All messages as they were written; of one second in the order in which they came."""
        return sorted(self.pieces.values(), key=lambda piece: (piece.at, piece.place))

    def known(self, said: Said) -> Piece | None:
        """The message as it is here already; also where another file says otherwise whether it is a note."""
        return next((self.pieces[key] for key in (said.key, *said.twins) if key in self.pieces), None)

    def hide(self, piece: Piece) -> None:
        """Make a note of a message that came in as a reply; never the other way round."""
        piece.note = True
        if piece.id:
            self.hidden.append(piece)

    def customer(self) -> Who | None:
        """Whose ticket the rows say it is: the customer they name, else who wrote the first message as customer."""
        named = [row.customer for row in self.rows if row.customer.known]
        wrote = sorted((each.at, number, each.who) for number, each in enumerate(said for row in self.rows for said in row.said) if each.kind == "customer" and each.who.known)
        return _together(named) if named else wrote[0][2] if wrote else None

    @cached_property
    def facts(self) -> dict:
        """How it stood at last: by the newest rows, unless something newer is stored."""
        newest = max((piece.at for piece in self.pieces.values() if piece.id), default=None)
        found = {}
        for row in sorted(self.rows, key=lambda row: row.at):
            if newest is None or row.at >= newest:
                found.update(row.facts)
        return found

    def fixed(self) -> dict:
        """What is decided when the ticket is made: the first row that names a thing decides."""
        found: dict = {}
        for row in self.rows:
            found.update({name: value for name, value in row.fixed.items() if value and not (found.get(name) and found[name] != _USUAL.get(name))})
        return found

    def opened_at(self) -> datetime:
        """A ticket is as old as it says, or as its oldest message."""
        named = [row.fixed["opened_at"] for row in self.rows if row.fixed["opened_at"]]
        return min([*named, *(piece.at for piece in self.pieces.values()), *([self.ticket.opened_at] if self.ticket else [])])


_USUAL = {"priority": "normal", "channel": "form"}


def _together(named: list[Who]) -> Who:
    """One customer from what several rows say of them. A number and an address belong together only where one row names both."""
    chosen = next((who for who in named if who.number and who.email), named[0])
    return Who(chosen.number, chosen.email, chosen.name or next((who.name for who in named if who.name), None))


def demand_one_customer(standing: Standing, row: TicketRow) -> None:
    """Raise Wrong when a row names another customer than the ticket's, or when nobody can know whether its rows name two."""
    named, mine = [each.customer for each in standing.rows if each.customer.known], row.customer
    if not named:
        return
    whole = _together(named)
    if not (whole.number and whole.email) and any(who.number for who in named) and any(who.email for who in named):
        raise Wrong(_("Ticket %(number)s names one customer by number only and one by address only. Name both in one row, or one of them in all.", number=row.reference[:40]))
    if mine.known and (mine.number != whole.number if mine.number and whole.number else mine.email != whole.email if mine.email and whole.email else False):
        raise Wrong(_("Ticket %(number)s belongs to another customer.", number=row.reference[:40]))


def demand_untouched(standing: Standing, row: TicketRow) -> None:
    """Raise Wrong when the row would add to a ticket that people work on here, or take words from its customer that they were shown."""
    if not standing.worked_on:
        return
    known = [(said, standing.known(said)) for said in row.said]
    if any(said.note and piece is not None and not piece.note for said, piece in known):
        raise Wrong(_("Ticket %(number)s was worked on here since its import. A message of it is a note in this file, and its customer can read it here: look at the ticket.",
                      number=row.reference[:40]))
    if any(piece is None for _said, piece in known):
        raise Wrong(_("Ticket %(number)s was worked on here since its import and stays as it is.", number=row.reference[:40]))


def is_open(state: str) -> bool:
    """Whether the old system's state means that somebody still had to do something."""
    return state in LIVE
