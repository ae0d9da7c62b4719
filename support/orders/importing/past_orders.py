"""The orders a batch of lines names: found, checked, begun."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import bindparam, insert, select, update

from support.database import db
from support.importing import Wrong
from support.orders.importing.past_lines import Line
from support.orders.model import Order
from support.people import Wanted

TABLE = Order.__table__


@dataclass(slots=True)
class PastOrder:
    """An order of the batch: stored before (then it has an `id`), or begun by its `first` line."""

    number: str
    source: str | None
    currency: str
    id: int | None = None
    person_id: int | None = None
    cancelled: bool = False
    first: Line | None = None
    grows: Decimal = Decimal(0)


def stored(numbers: Iterable[str]) -> dict[str, PastOrder]:
    """The orders with these numbers that are here already, whoever they are from."""
    columns = (Order.number, Order.source, Order.currency, Order.id, Order.person_id, Order.cancelled_at.is_not(None))
    rows = db.session.execute(select(*columns).where(Order.number.in_(set(numbers))))
    return {row[0]: PastOrder(*row) for row in rows}


def begun(line: Line, source: str, currency: str) -> PastOrder:
    """A new order with its first line. Raises Wrong."""
    if not re.fullmatch("[A-Z]{3}", currency):
        raise Wrong(_("“%(currency)s” is no currency: three letters such as EUR.", currency=currency))
    return PastOrder(line.number, source, currency, first=line)


def demand_fits(order: PastOrder, line: Line, source: str, currency: str) -> None:
    """Raise Wrong when the line cannot be one of this order."""
    if order.source != source:
        raise Wrong(_("There is an order %(number)s already that does not come from this source.", number=order.number))
    if order.currency != currency:
        raise Wrong(_("Order %(number)s is in %(have)s, this line in %(line)s.", number=order.number, have=order.currency, line=currency))
    if order.first is not None and (who := customer_of(line)) and who.key != getattr(customer_of(order.first), "key", None):
        raise Wrong(_("Order %(number)s belongs to another customer.", number=order.number))


def customer_of(line: Line) -> Wanted | None:
    """Whom the line names; None for a guest."""
    values = line.row.values
    reference, email = values.get("customer"), values.get("customer_email")
    return Wanted(reference, email, values.get("customer_name"), line.at) if reference or email else None


def make(fresh: list[PastOrder], credit_prefix: str) -> list[dict]:
    """Store the new orders with what their lines amount to; returns their rows."""
    rows = [_row(order, credit_prefix) for order in fresh]
    if rows:
        ids = db.session.scalars(insert(Order).returning(Order.id, sort_by_parameter_order=True), rows)
        for order, order_id in zip(fresh, ids, strict=True):
            order.id, order.grows = order_id, Decimal(0)
    return rows


def _row(order: PastOrder, credit_prefix: str) -> dict:
    values = order.first.row.values
    return {
        "number": order.number, "person_id": order.person_id, "source": order.source, "placed_at": order.first.at, "currency": order.currency,
        "credit": values.get("credit", bool(credit_prefix) and order.number.startswith(credit_prefix)), "total": order.grows,
        "ship_name": values.get("name", ""), "ship_street": values.get("street", ""), "ship_postcode": values.get("postcode", ""),
        "ship_city": values.get("city", ""), "ship_country": values.get("country", ""), "cancelled_at": values.get("cancelled_at"),
    }


def grow(orders: Iterable[PastOrder]) -> None:
    """Add to stored orders what came to them."""
    rows = [{"key": order.id, "by": order.grows} for order in orders if order.grows]
    if rows:
        db.session.connection().execute(update(TABLE).where(TABLE.c.id == bindparam("key")).values(total=TABLE.c.total + bindparam("by")), rows)


def cancel(lines: Iterable[Line], orders: dict[str, PastOrder]) -> set[int]:
    """Note cancellations of stored orders that were not known yet; returns the lines that say so."""
    cancelled = {line.number: line for line in lines if "cancelled_at" in line.row.values and not orders[line.number].cancelled and orders[line.number].first is None}
    rows = [{"key": orders[number].id, "at": line.row["cancelled_at"]} for number, line in cancelled.items()]
    if rows:
        db.session.connection().execute(update(TABLE).where(TABLE.c.id == bindparam("key")).values(cancelled_at=bindparam("at", type_=TABLE.c.cancelled_at.type)), rows)
    return {line.at_line for line in cancelled.values()}
