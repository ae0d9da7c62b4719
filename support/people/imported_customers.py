"""Customers brought over from another system, found again by what that system calls them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ForeignKey, String, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from support.database import Base, db
from support.people.person import CUSTOMER, Person, normal


class CustomerReference(Base):
    """What another system calls one of our customers."""

    __tablename__ = "customer_reference"

    source: Mapped[str] = mapped_column(String(40), primary_key=True)
    reference: Mapped[str] = mapped_column(String(80), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


Key = tuple[str, str]  # n and a reference, or e and an address


@dataclass(frozen=True)
class Wanted:
    """A customer as a row names them: by the other system's reference, by address, or both. `since` is when they were first heard of."""

    reference: str | None
    email: str | None
    name: str | None
    since: datetime

    @property
    def key(self) -> Key:
        """By what the answer of `brought` is looked up. A reference may look like somebody else's address; it is none."""
        return ("n", self.reference) if self.reference else ("e", normal(self.email or ""))


@dataclass
class Brought:
    """The people by key; which keys were made now; and which may not be customers."""

    ids: dict[Key, int] = field(default_factory=dict)
    made: list[Key] = field(default_factory=list)
    refused: set[Key] = field(default_factory=set)

    def refusal(self, key: Key, email: str | None) -> str | None:
        """Why this one may not be a customer; None for all others."""
        return _("The address %(email)s belongs to a member of staff, who cannot be a customer.", email=email) if key in self.refused else None


def brought(source: str, wanted: Iterable[Wanted]) -> Brought:
    """The customers a batch of rows names, made when they are not known; a handful of statements however many, in the open transaction.

    A known reference wins; else the address leads to the customer who has it. The addresses are not proven by this. An address of
    staff is refused, because staff cannot be customers. Nothing of a known customer changes.
    """
    first: dict[Key, Wanted] = {}
    for each in wanted:
        first.setdefault(each.key, each)
    found = Brought()
    names = [each.reference for each in first.values() if each.reference]
    known = select(CustomerReference.reference, CustomerReference.person_id).where(CustomerReference.source == source, CustomerReference.reference.in_(names))
    found.ids = {("n", reference): person_id for reference, person_id in db.session.execute(known)} if names else {}
    unknown = [each for key, each in first.items() if key not in found.ids]
    by_email = _by_email(unknown)
    found.refused = {each.key for each in unknown if by_email.get(_address(each), (None, CUSTOMER))[1] != CUSTOMER}
    unknown = [each for each in unknown if each.key not in found.refused]
    ids = {email: person_id for email, (person_id, _role) in by_email.items()}
    fresh = _without_twins(each for each in unknown if _address(each) not in ids)
    made = dict(zip([each.key for each in fresh], _make(fresh), strict=True))
    ids.update({_address(each): made[each.key] for each in fresh if each.email})
    found.ids.update({each.key: made.get(each.key) or ids[_address(each)] for each in unknown})
    found.made = list(made)
    references = [{"source": source, "reference": each.reference, "person_id": found.ids[each.key]} for each in unknown if each.reference]
    if references:
        db.session.execute(insert(CustomerReference), references)
    return found


def _by_email(wanted: list[Wanted]) -> dict[str, tuple[int, str]]:
    addresses = {_address(each) for each in wanted if each.email}
    if not addresses:
        return {}
    rows = db.session.execute(select(Person.email, Person.id, Person.role).where(Person.email.in_(addresses)))
    return {email: (person_id, role) for email, person_id, role in rows}


def _without_twins(wanted: Iterable[Wanted]) -> list[Wanted]:
    """Two references with one address are one person."""
    first: dict[Key, Wanted] = {}
    for each in wanted:
        first.setdefault(("e", _address(each)) if each.email else each.key, each)
    return list(first.values())


def _make(wanted: list[Wanted]) -> list[int]:
    if not wanted:
        return []
    rows = [
        {"role": CUSTOMER, "name": each.name or _named(each), "email": _address(each), "locale": "en", "active": True, "created_at": each.since} for each in wanted
    ]
    return list(db.session.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), rows))


def _named(wanted: Wanted) -> str:
    return _("Customer %(number)s", number=wanted.reference) if wanted.reference else wanted.email.partition("@")[0]


def _address(wanted: Wanted) -> str | None:
    return normal(wanted.email) if wanted.email else None
