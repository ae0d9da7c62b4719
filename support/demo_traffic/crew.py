"""Which agents are simulated: those of the demo's cast whom nobody plays at the moment."""
from datetime import timedelta

from sqlalchemy import select

from support.clock import now
from support.database import db
from support.people.cast import POST, SHOP
from support.people.person import Person
from support.people.sign_ins import SignIn

SIMULATED = tuple(f"{key}@{SHOP}" for key in ("tomasz", "jonas", "lena", "priya", "samuel", "mirela"))
PLAYED_BY_PEOPLE = tuple(f"{key}@{POST}" for key in ("maja", "odile", "gero"))
GONE = timedelta(minutes=20)  # a sign-in without a page for so long is somebody who only closed the browser


def simulated() -> list[Person]:
    """The agents to be played now, by name."""
    at = now()
    busy = select(SignIn.person_id).where(SignIn.ended_at.is_(None), SignIn.expires_at > at, SignIn.seen_at > at - GONE)
    query = select(Person).where(Person.email.in_(SIMULATED), Person.active, Person.id.not_in(busy))
    return list(db.session.scalars(query.order_by(Person.name)))


def simulated_ids() -> set[int]:
    return {person.id for person in simulated()}
