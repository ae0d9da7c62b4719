"""Guest tracking: the number of an order and the e-mail or postcode that belongs to it give a pass to look at that one order."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from support import limits
from support.database import db, transaction
from support.errors import Invalid
from support.events import record
from support.orders import kinds
from support.orders.finding import squeezed
from support.orders.model import Order
from support.orders.parcels import TrackingEvent
from support.people import sign_ins
from support.people.person import GUEST, normal
from support.people.sign_ins import SignIn

HIDDEN = "•••"


@dataclass(frozen=True)
class Address:
    """Where an order goes, as far as this reader may know it."""

    name: str
    street: str
    postcode: str
    city: str
    country: str
    is_masked: bool


def track(number: str, proof: str, device: str, client: str) -> tuple[SignIn, str]:
    """A guest's pass for one order: its sign-in and token. `proof` is the e-mail or the postcode of the order.

    Counts the try for the order, for the proof and for the client before it looks, so many tries at once do not slip through. A client
    that has none left counts for nobody else: it could shut the owners of all orders out.
    Raises TooMany, or Invalid with one sentence whichever part was wrong.
    """
    number, proof = squeezed(number), normal(proof)
    limits.check("track", f"client {client}")
    limits.hit("track", f"order {number}", f"proof {squeezed(proof)}", f"client {client}")
    order = db.session.scalar(select(Order).where(Order.number == number).options(joinedload(Order.person)))
    how = _proven_by(order, proof)
    if order is None or how is None or order.person is None or not order.person.active:
        raise Invalid({"number": _("We cannot find an order with this number and this e-mail address or postcode. Please check both.")})
    # The client's count stays: else an own order, looked up between guesses, would buy new guesses at other people's.
    limits.clear("track", f"order {number}", f"proof {squeezed(proof)}")
    order_id = order.id
    with transaction() as session:
        order = session.get_one(Order, order_id)
        sign_in, token = sign_ins.begin(order.person, device, scope="order", scope_id=order.id)
        record(kinds.TRACKED, subject=("order", order.id), sign_in_id=sign_in.id, proof=how)
    return sign_in, token


def address_for(person, order: Order) -> Address:
    """A guest knows a number and a postcode, which others may know too: name and street stay hidden until an account proves the person."""
    if person.role != GUEST:
        return Address(order.ship_name, order.ship_street, order.ship_postcode, order.ship_city, order.ship_country, False)
    name = " ".join(word[:1] + HIDDEN for word in order.ship_name.split())
    return Address(name, HIDDEN, order.ship_postcode[:2] + HIDDEN, order.ship_city, order.ship_country, True)


def report_for(person, report: TrackingEvent) -> str:
    """What the carrier said, in its own words for the owner; they may hold names and house numbers, so a guest reads ours."""
    return report.word() if person.role == GUEST else report.text or report.word()


def _proven_by(order: Order | None, proof: str) -> str | None:
    """What the proof is: "email", "postcode" or None. Compares as long for an order that does not exist.

    A customer without an address was brought over from another system and has nobody's word that a visitor is that customer.
    """
    known = order is not None and order.person is not None and order.person.email is not None
    email, postcode = (order.person.email, order.ship_postcode) if known else ("", "")
    by_email = hmac.compare_digest(normal(email).encode(), proof.encode())
    by_postcode = hmac.compare_digest(squeezed(postcode).encode(), squeezed(proof).encode())
    if not proof:
        return None
    return "email" if by_email else "postcode" if by_postcode else None
