"""Canned replies: words agents need often, with a few named values filled in.

`{{customer.first_name}}` and the like are replaced from a fixed list; nothing else between braces is ever evaluated.
"""
import re

from flask_babel import gettext as _
from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from support.contact import kinds
from support.database import Base, existing, lock, transaction
from support.errors import Invalid
from support.events import record
from support.kept import Kept
from support.listing import Listing
from support.people.permissions import demand

VARIABLE = re.compile(r"\{\{\s*([a-z_.]{1,40})\s*\}\}")
VALUES = {
    "customer.first_name": lambda ticket, agent: ticket.customer.first_name,
    "customer.name": lambda ticket, agent: ticket.customer.name,
    "agent.first_name": lambda ticket, agent: agent.first_name,
    "ticket.number": lambda ticket, agent: ticket.number,
    "order.number": lambda ticket, agent: ticket.order.number if ticket.order else "",
}


class CannedReply(Base):
    """Words for a situation that comes up often."""

    __tablename__ = "canned_reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    shortcut: Mapped[str] = mapped_column(String(30), unique=True)
    body: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)


def fill(body: str, ticket, agent) -> str:
    """The text with the known variables replaced; unknown ones stay as they are, so that a slip is seen."""
    return VARIABLE.sub(lambda match: str(VALUES[match[1]](ticket, agent)) if match[1] in VALUES else match[0], body)


def filled_for(person, ticket) -> list[tuple[CannedReply, str]]:
    """All active replies with this ticket's values filled in, by title."""
    demand(person, "desk")
    return [(reply, fill(reply.body, ticket, person)) for reply in _active()]


_active = Kept(
    lambda session: list(session.scalars(select(CannedReply).where(CannedReply.active).order_by(CannedReply.title))),
    models=(CannedReply,), kinds=(kinds.REPLY_SAVED,),
)


def reply_list(person, args) -> Listing:
    """All canned replies for administration."""
    demand(person, "administer")
    sorts = {"title": CannedReply.title, "shortcut": CannedReply.shortcut, "active": CannedReply.active}
    return Listing(args, sorts=sorts, default="title", search=[CannedReply.title, CannedReply.shortcut, CannedReply.body]).apply(select(CannedReply))


def find(person, reply_id: int) -> CannedReply:
    """One canned reply for administration; NotFound."""
    demand(person, "administer")
    return existing(CannedReply, reply_id)


def save(person, reply_id: int | None, *, title: str, shortcut: str, body: str, active: bool) -> CannedReply:
    """Make or change a canned reply; Invalid when the shortcut is taken or a variable is unknown."""
    demand(person, "administer")
    unknown = [name for name in VARIABLE.findall(body) if name not in VALUES]
    if unknown:
        raise Invalid({"body": _("There is no value called %(name)s.", name=unknown[0])})
    if not re.fullmatch(r"[a-z0-9-]{1,30}", shortcut):
        raise Invalid({"shortcut": _("Use small letters, digits and hyphens.")})
    with transaction() as session:
        taken = session.scalar(select(CannedReply.id).where(CannedReply.shortcut == shortcut, CannedReply.id != (reply_id or 0)))
        if taken is not None:
            raise Invalid({"shortcut": _("Another reply has this shortcut.")})
        reply = lock(session, CannedReply, reply_id) if reply_id else CannedReply()
        reply.title, reply.shortcut, reply.body, reply.active = title, shortcut, body, active
        session.add(reply)
        session.flush()
        record(kinds.REPLY_SAVED, subject=("canned_reply", reply.id), actor=person)
    return reply
