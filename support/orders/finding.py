"""Orders as a person may see them: a customer her own, a guest the one of the pass, staff all, everybody else none."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from support.database import db
from support.errors import NotFound
from support.listing import Listing
from support.orders import states
from support.orders.model import Order, OrderLine
from support.orders.parcels import Parcel
from support.people.person import GUEST

# What a row of a list needs, and what a page of one order needs: a fixed number of statements however much there is.
_SUMMARY = (
    selectinload(Order.lines).joinedload(OrderLine.product),
    selectinload(Order.parcels).joinedload(Parcel.contents),
)
_FEW = (joinedload(Order.lines).joinedload(OrderLine.product), _SUMMARY[1])
_WHOLE = (
    joinedload(Order.steps),
    joinedload(Order.invoices),
    selectinload(Order.lines).joinedload(OrderLine.product),
    selectinload(Order.parcels).options(joinedload(Parcel.contents), selectinload(Parcel.tracking)),
)

_WAITING = exists().where(OrderLine.order_id == Order.id, OrderLine.quantity > OrderLine.shipped)
_UNDELIVERED = exists().where(Parcel.order_id == Order.id, Parcel.state != states.DELIVERED)
_ARRIVED = and_(Order.cancelled_at.is_(None), or_(Order.source.is_not(None), and_(~_WAITING, ~_UNDELIVERED)))

FILTERS = {
    "under_way": and_(Order.cancelled_at.is_(None), Order.source.is_(None), _WAITING | _UNDELIVERED),
    "arrived": _ARRIVED,
    "cancelled": Order.cancelled_at.is_not(None),
}

_SORTS = {"placed": Order.placed_at, "number": Order.number, "total": Order.total}
_SEARCHED = [
    Order.number,
    select(func.aggregate_strings(OrderLine.title, " ")).where(OrderLine.order_id == Order.id).correlate(Order).scalar_subquery(),
]


def visible_to(person) -> Select:
    """The orders this person may see. Lists, counts and searches start here."""
    orders = select(Order)
    if person.is_staff:
        return orders
    if person.is_customer:
        return orders.where(Order.person_id == person.id)
    if person.role == GUEST and person.order_id is not None:
        return orders.where(Order.id == person.order_id)
    return orders.where(false())


def list_for(person, args: Mapping) -> Listing:
    """The person's list: newest first, searched by number and title, `show` one of FILTERS; each with all a summary needs."""
    listing = Listing(args, sorts=_SORTS, default="-placed", search=_SEARCHED, per_page=20, filters={"show": FILTERS})
    orders = visible_to(person).options(*_SUMMARY)
    only = FILTERS.get(listing.filters.get("show"))
    return listing.apply(orders if only is None else orders.where(only))


def find(person, number: str) -> Order:
    """One order with everything its page shows. NotFound, the same for absent and for not yours."""
    query = visible_to(person).where(Order.number == squeezed(number)).options(*_WHOLE)
    order = db.session.scalars(query).unique().one_or_none()
    if order is None:
        raise NotFound()
    return order


def find_bare(person, number: str) -> Order:
    """The order alone, to refer to it. NotFound like `find`."""
    order = db.session.scalar(visible_to(person).where(Order.number == squeezed(number)))
    if order is None:
        raise NotFound()
    return order


def find_by_id(person, order_id: int) -> Order:
    """The order by its id, as the person may see it; for live screens and references. NotFound like `find`."""
    order = db.session.scalar(visible_to(person).where(Order.id == order_id))
    if order is None:
        raise NotFound()
    return order


def recent_for(person, customer_id: int, limit: int = 5, also: int | None = None) -> list[Order]:
    """The newest orders of one customer, as the asking person may see them; the order with the id `also` among them, however old."""
    newest = (Order.placed_at.desc(), Order.id.desc())
    query = visible_to(person).where(Order.person_id == customer_id).options(*_FEW)
    found = db.session.scalars(query.order_by((Order.id == also).desc(), *newest).limit(limit)).unique()
    return sorted(found, key=lambda order: (order.placed_at, order.id), reverse=True)


def squeezed(text: str) -> str:
    """Numbers and postcodes are compared without spaces and in capitals: people type "tt-204 817" too."""
    return "".join(text.split()).upper()[:254]
