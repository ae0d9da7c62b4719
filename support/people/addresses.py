"""The address book of a customer. One address at most is the default."""
from babel import Locale
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import ForeignKey, String, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from support.database import Base, db, lock, transaction
from support.errors import Invalid, NotFound
from support.events import record
from support.people import kinds
from support.people.person import Person

MOST = 50
FIELDS = ("label", "name", "street", "postcode", "city", "country")


class Address(Base):
    """Where something can be sent."""

    __tablename__ = "address"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    label: Mapped[str] = mapped_column(String(60), default="")
    name: Mapped[str] = mapped_column(String(200))
    street: Mapped[str] = mapped_column(String(200))
    postcode: Mapped[str] = mapped_column(String(20))
    city: Mapped[str] = mapped_column(String(120))
    country: Mapped[str] = mapped_column(String(2))
    is_default: Mapped[bool] = mapped_column(default=False)


def addresses(person) -> list[Address]:
    """The book, the default first."""
    return list(db.session.scalars(select(Address).where(Address.person_id == person.id).order_by(Address.is_default.desc(), Address.id)))


def find_address(person, address_id: int) -> Address:
    """One of the person's own; NotFound for absent and foreign ones."""
    found = db.session.scalar(select(Address).where(Address.id == address_id, Address.person_id == person.id))
    if found is None:
        raise NotFound()
    return found


def add_address(person, *, is_default: bool = False, **values) -> Address:
    """Add one; the first becomes the default."""
    with transaction() as session:
        lock(session, Person, person.id)
        count = session.scalar(select(func.count()).select_from(Address).where(Address.person_id == person.id))
        if count >= MOST:
            raise Invalid({"street": _("The address book is full. Delete an address first.")})
        address = Address(person_id=person.id, is_default=False, **{name: values[name] for name in FIELDS})
        session.add(address)
        session.flush()
        if is_default or count == 0:
            _make_default(session, address)
        _recorded(person)
    return address


def change_address(person, address_id: int, *, is_default: bool = False, **values) -> Address:
    """Change one of the person's own."""
    with transaction() as session:
        lock(session, Person, person.id)
        address = find_address(person, address_id)
        for name in FIELDS:
            setattr(address, name, values[name])
        if is_default:
            _make_default(session, address)
        _recorded(person)
    return address


def delete_address(person, address_id: int) -> None:
    """Delete one; if it was the default, the oldest of the rest becomes it. Orders keep their own copy."""
    with transaction() as session:
        lock(session, Person, person.id)
        address = find_address(person, address_id)
        session.delete(address)
        session.flush()
        rest = addresses(person)
        if address.is_default and rest:
            _make_default(session, rest[0])
        _recorded(person)


def countries() -> list[tuple[str, str]]:
    """Code and name of every country in the reader's language, by name."""
    names = (get_locale() or Locale("en")).territories
    return sorted(((code, name) for code, name in names.items() if len(code) == 2 and code not in ("ZZ", "EU", "EZ", "UN", "XA", "XB", "QO")), key=lambda pair: pair[1])


def _make_default(session, address: Address) -> None:
    session.execute(update(Address).where(Address.person_id == address.person_id).values(is_default=Address.id == address.id))
    session.refresh(address)


def _recorded(person) -> None:
    record(kinds.PROFILE_CHANGED, subject=("person", person.id), actor=person, fields=["address"])
