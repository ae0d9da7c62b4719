"""Disposition codes for administration: the list, making, changing, retiring."""
import re

from flask_babel import gettext as _
from sqlalchemy import func, select

from support.database import existing, lock, transaction
from support.errors import Invalid
from support.events import record
from support.listing import Listing
from support.people.permissions import demand
from support.tickets import kinds
from support.tickets.models import Disposition, Ticket


def disposition_list(person, args) -> Listing:
    """Rows of `(Disposition, how many tickets have it)`."""
    demand(person, "administer")
    used = select(func.count()).where(Ticket.disposition_id == Disposition.id).scalar_subquery()
    sorts = {"position": Disposition.position, "name": Disposition.name, "code": Disposition.code, "used": used}
    listing = Listing(args, sorts=sorts, default="position", search=[Disposition.name, Disposition.code], filters={"active": ("yes", "no")})
    query = select(Disposition, used)
    if chosen := listing.filters.get("active"):
        query = query.where(Disposition.active.is_(chosen == "yes"))
    return listing.apply(query)


def find_disposition(person, disposition_id: int) -> Disposition:
    """One code for administration; NotFound."""
    demand(person, "administer")
    return existing(Disposition, disposition_id)


def save_disposition(person, disposition_id: int | None, *, code: str, name: str, position: int, active: bool) -> Disposition:
    """Make or change a code; Invalid when another one has it."""
    demand(person, "administer")
    if not re.fullmatch(r"[a-z0-9-]{2,40}", code):
        raise Invalid({"code": _("Use small letters, digits and hyphens.")})
    with transaction() as session:
        if session.scalar(select(Disposition.id).where(Disposition.code == code, Disposition.id != (disposition_id or 0))) is not None:
            raise Invalid({"code": _("Another one has this code.")})
        disposition = lock(session, Disposition, disposition_id) if disposition_id else Disposition()
        disposition.code, disposition.name, disposition.position, disposition.active = code, name, position, active
        session.add(disposition)
        session.flush()
        record(kinds.DISPOSITION_SAVED, subject=("disposition", disposition.id), actor=person)
    return disposition
