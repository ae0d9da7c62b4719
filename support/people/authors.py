"""Staff of another helpdesk, as the authors of what they wrote there: named accounts that nobody can sign in with."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from support.clock import now
from support.database import Base, db
from support.people.person import AGENT, STAFF, Person, normal


class StaffReference(Base):
    """By what another system's member of staff is known again."""

    __tablename__ = "staff_reference"

    source: Mapped[str] = mapped_column(String(40), primary_key=True)
    reference: Mapped[str] = mapped_column(String(220), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


@dataclass(frozen=True)
class Author:
    """A member of staff as a row names them: by address, else by number, else by name. `since` is when they were first heard of."""

    email: str | None
    number: str | None
    name: str
    since: datetime

    @property
    def key(self) -> str:
        """By what they are known again."""
        return f"mail:{normal(self.email)}" if self.email else f"no:{self.number}" if self.number else f"name:{self.name}"


def past_authors(source: str, wanted: Iterable[Author]) -> tuple[dict[str, int], list[str]]:
    """The accounts of these authors by key, and which were made now; a handful of statements however many, in the open transaction.

    The address of somebody who works here leads to that account. Everybody else becomes a disabled agent with a name and nothing more: without an
    address nobody can ask for a password or a link, and nobody who comes later finds their address taken. A customer is never turned into staff.
    """
    first: dict[str, Author] = {}
    for each in wanted:
        first.setdefault(each.key, each)
    if not first:
        return {}, []
    addresses = {normal(each.email): key for key, each in first.items() if each.email}
    query = select(Person.email, Person.id).where(Person.email.in_(addresses), Person.role.in_(STAFF))
    found = {addresses[email]: person_id for email, person_id in db.session.execute(query)} if addresses else {}
    known = select(StaffReference.reference, StaffReference.person_id).where(StaffReference.source == source, StaffReference.reference.in_(set(first) - set(found)))
    found.update(db.session.execute(known).all())
    fresh = [each for key, each in first.items() if key not in found]
    if fresh:
        at = now()
        rows = [{"role": AGENT, "name": each.name, "locale": "en", "active": False, "disabled_at": at, "created_at": each.since} for each in fresh]
        ids = db.session.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), rows)
        made = dict(zip([each.key for each in fresh], ids, strict=True))
        db.session.execute(insert(StaffReference), [{"source": source, "reference": key, "person_id": person_id} for key, person_id in made.items()])
        found.update(made)
    return found, [each.key for each in fresh]
