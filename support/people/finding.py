"""People looked up through the person who asks; absent and forbidden give the same answer."""
from collections.abc import Iterable, Mapping

from sqlalchemy import Select, false, select
from sqlalchemy.exc import IntegrityError

from support import clock
from support.database import db, transaction
from support.errors import NotFound
from support.listing import Listing
from support.people.permissions import demand
from support.people.person import CUSTOMER, STAFF, Person, normal


def visible_to(person) -> Select:
    """The customers this person may see: all of them for staff, only themselves for customers."""
    customers = select(Person).where(Person.role == CUSTOMER)
    if person.is_staff:
        return customers
    return customers.where(Person.id == person.id) if person.is_customer else customers.where(false())


def find_customer(person, customer_id: int) -> Person:
    """One customer; NotFound when absent or not to be seen."""
    found = db.session.scalar(visible_to(person).where(Person.id == customer_id))
    if found is None:
        raise NotFound()
    return found


def find_staff(person, staff_id: int) -> Person:
    """One member of staff, for staff."""
    found = db.session.scalar(select(Person).where(Person.id == staff_id, Person.role.in_(STAFF))) if person.is_staff else None
    if found is None:
        raise NotFound()
    return found


def staff_list(person, args: Mapping) -> Listing:
    """All staff with search, sort and pages, for administrators. Filters: role, state (active, disabled)."""
    demand(person, "administer")
    sorts = {"name": Person.name, "email": Person.email, "role": Person.role, "since": Person.created_at}
    filters = {"role": STAFF, "state": ("active", "disabled")}
    listing = Listing(args, sorts=sorts, default="name", search=[Person.name, Person.email], filters=filters)
    statement = select(Person).where(Person.role.in_(STAFF))
    if "role" in listing.filters:
        statement = statement.where(Person.role == listing.filters["role"])
    if "state" in listing.filters:
        statement = statement.where(Person.active == (listing.filters["state"] == "active"))
    return listing.apply(statement)


def active_staff(*roles: str) -> list[Person]:
    """Everybody who works here now, by name; for choices such as “assign to”. For code that has checked the asker."""
    return list(db.session.scalars(select(Person).where(Person.role.in_(roles or STAFF), Person.active).order_by(Person.name, Person.id)))


def by_ids(ids: Iterable[int | None]) -> dict[int, Person]:
    """People by id in one statement, for names beside things the reader was already allowed to see."""
    wanted = {number for number in ids if number is not None}
    if not wanted:
        return {}
    return {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(wanted)))}


def by_email(email: str) -> Person | None:
    """Whose address this is. Only for use cases that answer the same for known and unknown."""
    return db.session.scalar(select(Person).where(Person.email == normal(email)))


def guest_customer(email: str, name: str, locale: str = "en") -> Person:
    """The customer with this address, made when there is none; nothing of an existing one changes.

    The address is not proven by this: whoever typed it gets a pass for what they opened, never the person's account.
    Raises NotFound for the address of staff, who cannot be customers.
    """
    with transaction() as session:
        person = by_email(email) or _made(session, Person(role=CUSTOMER, name=name, email=normal(email), locale=locale, created_at=clock.now()))
        if person.is_staff:
            raise NotFound()
    return person


def _made(session, person: Person) -> Person:
    """The new person, or the one another request made with the same address a moment ago."""
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError:
        return by_email(person.email)
    return person
