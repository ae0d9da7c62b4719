"""Staff: made by an administrator or the command, invited by mail, changed, disabled. Used by the administration."""

from flask_babel import gettext as _
from sqlalchemy import select

from support import clock, shop
from support.database import lock, transaction
from support.errors import Invalid, NotAllowed
from support.events import record
from support.people import kinds, links, sign_ins
from support.people.finding import find_staff
from support.people.permissions import demand
from support.people.person import ADMINISTRATOR, STAFF, Person, normal


def make_staff(by, *, name: str, email: str, role: str, phone: str = "", locale: str | None = None) -> Person:
    """Add a member of staff and mail the invitation. `by` is an administrator, or None for the command line."""
    if by is not None:
        demand(by, "administer")
    with transaction() as session:
        _check(session, role, email)
        person = Person(
            role=role, name=name, email=normal(email), phone=phone or None, created_at=clock.now(),
            locale=locale or shop.profile().language,
        )
        session.add(person)
        session.flush()
        record(kinds.STAFF_MADE, subject=("person", person.id), actor=by, role=role)
        links.ask("invite", person=person)
    return person


def has_administrator(session) -> bool:
    """Whether anybody is administrator, also one who has not chosen a password yet or is disabled."""
    return session.scalar(select(Person.id).where(Person.role == ADMINISTRATOR).limit(1)) is not None


def make_first_administrator(name: str, email: str, password_hash: str, locale: str) -> Person:
    """The administrator who set the installation up and chose the password there. Part of a transaction that is open and has made sure there is none."""
    with transaction() as session:
        _check(session, ADMINISTRATOR, email)
        at = clock.now()
        person = Person(role=ADMINISTRATOR, name=name, email=normal(email), password_hash=password_hash, email_proven_at=at, created_at=at, locale=locale)
        session.add(person)
        session.flush()
        record(kinds.STAFF_MADE, subject=("person", person.id), actor=person, role=ADMINISTRATOR)
    return person


def change_staff(by, staff_id: int, *, name: str, email: str, role: str, phone: str = "") -> Person:
    """Change a member of staff. A new role or address ends their sign-ins, so that no open page keeps the old rights."""
    demand(by, "administer")
    with transaction() as session:
        administrators = _administrators(session, by)
        person = _locked(session, by, staff_id)
        _check(session, role, email, person)
        if role != ADMINISTRATOR:
            _keep_one(administrators, person)
        values = {"name": name, "email": normal(email), "role": role, "phone": phone or None}
        changed = [field for field, value in values.items() if getattr(person, field) != value]
        for field in changed:
            setattr(person, field, values[field])
        if "email" in changed:
            person.email_proven_at = None  # nobody has shown yet that the new mailbox is hers
        if {"role", "email"} & set(changed):
            links.void_all(session, person)
            sign_ins.end_all(person, by=by)
        if changed:
            record(kinds.STAFF_CHANGED, subject=("person", person.id), actor=by, fields=changed, role=role)
    return person


def invite(by, staff_id: int) -> links.MailedLink:
    """Mail the invitation again, or a reset to somebody who has a password; the older one stops working."""
    demand(by, "administer")
    with transaction() as session:
        person = _locked(session, by, staff_id)
        if not person.active:
            raise Invalid({"form": _("This person is disabled. Enable the sign-in first.")})
        if not person.email:
            raise Invalid({"email": _("There is no address to mail to. Add one first.")})
        return links.ask("invite" if person.password_hash is None else "staff_reset", person=person)


def disable(by, person_id: int) -> None:
    """Refuse this person everywhere from now on: pages at once, open sockets within seconds."""
    demand(by, "administer")
    with transaction() as session:
        administrators = _administrators(session, by)
        person = lock(session, Person, person_id)
        if person.id == by.id:
            raise Invalid({"form": _("You cannot disable yourself.")})
        _keep_one(administrators, person)
        if person.active:
            person.active, person.disabled_at = False, clock.now()
            links.void_all(session, person)
            record(kinds.DISABLED, subject=("person", person.id), actor=by)
            sign_ins.end_all(person, by=by)


def enable(by, person_id: int) -> None:
    """Let a disabled person sign in again; old sign-ins stay ended."""
    demand(by, "administer")
    with transaction() as session:
        person = lock(session, Person, person_id)
        if not person.active:
            person.active, person.disabled_at = True, None
            record(kinds.ENABLED, subject=("person", person.id), actor=by)


def sign_out_everywhere(by, staff_id: int) -> int:
    """End all sign-ins of a member of staff; how many there were."""
    demand(by, "administer")
    with transaction() as session:
        return sign_ins.end_all(_locked(session, by, staff_id), by=by)


def _locked(session, by, staff_id: int) -> Person:
    return lock(session, Person, find_staff(by, staff_id).id)


def _check(session, role: str, email: str, person: Person | None = None) -> None:
    if role not in STAFF:
        raise Invalid({"role": _("Choose one of the list.")})
    holder = session.scalar(select(Person.id).where(Person.email == normal(email)))
    if holder is not None and (person is None or holder != person.id):
        raise Invalid({"email": _("Somebody else has this address.")})


def _administrators(session, by) -> set[int]:
    """Ids of all active administrators, locked in one order, so that two can neither disable each other nor wait for ever."""
    rows = session.scalars(
        select(Person).where(Person.role == ADMINISTRATOR, Person.active).order_by(Person.id).with_for_update().execution_options(populate_existing=True)
    )
    found = {row.id for row in rows}
    if by.id not in found:
        raise NotAllowed()  # somebody was faster
    return found


def _keep_one(administrators: set[int], person: Person) -> None:
    """Without an administrator nobody could make one."""
    if administrators == {person.id}:
        raise Invalid({"form": _("This is the last administrator. Make another one first.")})
